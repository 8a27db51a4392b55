"""What axe-core says of the desk's screens in a browser, as the people they are for, at a desk and on a phone.

Inside our own components nothing may be wrong (WCAG 2 A and AA). What the web client draws by itself around them is
Odoo's; there only what is known to be wrong with Odoo's own screens may be wrong.
"""

from importlib import resources

import pytest
from harness import database, running

from tools.places import LOGS
from tools.shots import camera, read_list

# Pictures of tools/shots.toml, by what the screen is drawn with.
OWN = ("service-home", "my-day", "my-day-finish", "my-day-team", "dispatch-board")
NATIVE = (
    "tickets",
    "ticket-form",
    "sla-history",
    "workflow-rule",
    "workflow-action",
    "service-call",
    "queues",
)
WIDTHS = {1280, 390}
# The roots of our components. On a native form or card `psa_` is only a name for a style.
OURS = ", ".join(
    (
        ".psa_my_day_action", ".psa_finish_sheet", ".psa_dispatch_action", ".psa_service_home", ".psa_sla_strip",
        ".psa_sla_badge", ".psa_sla_bars", ".psa_presence", ".psa_ticket_bar", ".psa_rule_events", ".psa_insert_value",
        ".psa_composer_send", ".psa_reply_colleagues", ".psa_note_readers",
    )
)  # fmt: skip
# Odoo's fields that stand inside of them.
HOSTS_FIELDS = ".o_field_many2many_avatar_user, .o_field_many2one_avatar_user"
# What Odoo 19 itself has wrong, seen on its own screens (contacts, tasks, calendar) without anything of ours.
HOSTS_OWN = {
    "aria-allowed-attr": "avatars of people, the pager of a form",
    "aria-command-name": "the label of a search facet",
    "aria-prohibited-attr": "avatars in the chatter",
    "aria-required-children": "the menu of applications",
    "aria-required-parent": "the menu of applications",
    "aria-roles": "the icon of a search facet",
    "autocomplete-valid": "selections that can be searched",
    "button-name": "buttons with an icon alone: search, view switcher, optional columns",
    "color-contrast": "muted texts, pills, faded rows",
    "html-has-lang": "the page of the web client",
    "image-alt": "avatars",
    "label": "boxes to select rows",
    "link-name": "the menu on a phone",
    "list": "tracked values in the chatter",
    "meta-viewport": "the page of the web client",
    "role-img-alt": "avatars and icons",
    "scrollable-region-focusable": "tabs and columns that scroll",
    "select-name": "the editor of conditions",
}
ASK = """
async ({ ours, fields }) => {
    const found = await axe.run(document, {
        runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
        resultTypes: ["violations"],
    });
    return found.violations.flatMap((violation) =>
        violation.nodes.map((node) => {
            const element = document.querySelector(node.target.flat().join(" "));
            return { rule: violation.id, html: node.html.slice(0, 200), ours: Boolean(element?.closest(ours)) && !element.closest(fields) };
        })
    );
}
"""


@pytest.fixture(scope="module")
def findings(demo_world):
    """{(name of the screen, width): what is wrong with it}"""
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
    shots = {shot.name: shot for shot in read_list()}
    wanted = [shots[name] for name in (*OWN, *NATIVE)]
    found = {}
    with database(demo_world.name) as name, running(name) as server, camera(server.url, LOGS) as lens:
        for shot in wanted:
            for width in sorted(WIDTHS & set(shot.widths)):
                with lens.shown(shot, width) as page:
                    page.evaluate(axe)
                    found[shot.name, width] = page.evaluate(ASK, {"ours": OURS, "fields": HOSTS_FIELDS})
    return found


def test_our_own_components_have_no_finding(findings):
    wrong = {
        (*screen, entry["rule"], entry["html"])
        for screen, entries in findings.items()
        for entry in entries
        if entry["ours"]
    }
    assert not wrong, "\n".join(map(str, sorted(wrong)))


def test_native_screens_have_only_what_the_hosts_have(findings):
    new = {
        (*screen, entry["rule"], entry["html"])
        for screen, entries in findings.items()
        for entry in entries
        if not entry["ours"] and entry["rule"] not in HOSTS_OWN
    }
    assert not new, "\n".join(map(str, sorted(new)))
