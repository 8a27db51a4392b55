"""The dispatch board with 30 technicians of 20 service calls each: from the answer of the server to the picture.

What a browser does with an answer cannot be compared with anything of the host, so this figure is in seconds. The board
goes to the next, empty day and back; what counts is the way back, when each block of the day is new.
"""

from __future__ import annotations

import statistics
from datetime import datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from bench.harness import ROUNDS, Context, Figure
from tools.places import LOGS
from tools.progress import Fail
from tools.shots import Shot, camera

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from odoo.api import Environment

TECHNICIANS, CALLS = 30, 20
# Back to back from eight to six, which the board shows without scrolling
FIRST, LENGTH = time(8), timedelta(minutes=30)
LOGIN = "bench_dispatcher"
BOUND = 0.5
# The answer's end is the browser's own mark. Two frames after the last block is there, it has been painted.
TURN = """
async ({ button, blocks }) => {
    const frame = () => new Promise(requestAnimationFrame);
    const answers = () => performance.getEntriesByType("resource").filter((entry) => entry.name.includes("psa_board_read"));
    performance.clearResourceTimings();
    document.querySelector(`.psa_dispatch_action button[aria-label="${button}"]`).click();
    while (!answers().length || document.querySelectorAll(".psa_block").length !== blocks) {
        await frame();
    }
    await frame();
    await frame();
    return (performance.now() - answers().at(-1).responseEnd) / 1000;
}
"""


def run(ctx: Context) -> Figure:
    """Median seconds from the answer to the painted board."""
    with ctx.database() as name:
        with ctx.env(name) as env:
            _fill(env)
            env.cr.commit()
        with ctx.server(name, workers=2) as server, camera(server.url, LOGS) as lens:
            shot = Shot(name="board", login=LOGIN, path="/odoo/dispatch", wait=".psa_block", widths=[1280])
            with lens.shown(shot, 1280) as page:
                seconds = [_turn(page) for _round in range(ROUNDS + 1)][1:]
    taken = statistics.median(seconds)
    return Figure.at_most(
        "board_paint",
        taken,
        BOUND,
        unit="s",
        detail=f"{TECHNICIANS} technicians x {CALLS} service calls in Chromium, from the answer to the second frame "
        f"after, slowest {max(seconds):.2f} s",
    )


def _turn(page: Page) -> float:
    """Go to the empty day and back; return the seconds of the way back."""
    page.evaluate(TURN, {"button": "Forward", "blocks": 0})
    taken: float = page.evaluate(TURN, {"button": "Back", "blocks": TECHNICIANS * CALLS})
    rows = page.locator(".psa_lane").count()
    if rows != TECHNICIANS:
        raise Fail(f"the board has {rows} rows")
    return taken


def _fill(env: Environment) -> None:
    """A dispatcher, the technicians of one queue, and their service calls of today."""
    from odoo.addons.psa_helpdesk.own_word import OWN_WORD

    def group(name: str) -> list:
        return [(4, env.ref(f"psa_helpdesk.psa_helpdesk_group_{name}").id)]

    users = env["res.users"].with_context(no_reset_password=True)
    users.create(
        {
            "name": "Dispatcher",
            "login": LOGIN,
            "password": LOGIN,
            "tz": "UTC",
            "group_ids": group("dispatcher"),
        }
    )
    technicians = users.create(
        [
            {"name": f"Technician {number:02d}", "login": f"bench_{number}", "group_ids": group("technician")}
            for number in range(TECHNICIANS)
        ]
    )
    team = env.ref("psa_helpdesk.psa_queue_service_desk")
    team.user_ids = [(6, 0, technicians.ids)]
    customers = env["res.partner"].create(
        [{"name": f"Customer {number} of the bench", "is_company": True} for number in range(TECHNICIANS)]
    )
    tickets = env["helpdesk.ticket"].create(
        [
            {"name": "Printer is out of paper", "description": "-", "team_id": team.id, "partner_id": one.id}
            for one in customers
        ]
    )
    begin = datetime.combine(datetime.now(timezone.utc).date(), FIRST)
    env["psa.service.call"].with_context(psa_silent=OWN_WORD).create(
        [
            {
                "ticket_ids": [(6, 0, ticket.ids)],
                "technician_id": technician.id,
                "start_at": begin + number * LENGTH,
                "stop_at": begin + (number + 1) * LENGTH,
                "place": "remote",
                "override_reason": "bench",
            }
            for technician, ticket in zip(technicians, tickets, strict=True)
            for number in range(CALLS)
        ]
    )
