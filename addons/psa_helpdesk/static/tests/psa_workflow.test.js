import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { groupEvents } from "@psa_helpdesk/psa_workflow/psa_rule_event_field";
import "@psa_helpdesk/psa_workflow/psa_notice_text_field";

class Action extends models.Model {
    _name = "psa.workflow.action";

    event = fields.Selection({ selection: [["created", "Is created"], ["idle", "Idle"], ["own", "Of an addon"]] });
    subject = fields.Char();
    places = fields.Json();

    _records = [
        {
            id: 1,
            event: "created",
            subject: "Look at ",
            places: [
                { name: "number", label: "Number" },
                { name: "due", label: "Due" },
            ],
        },
    ];
}

defineMailModels();
defineModels([Action]);

test("every event stands under one heading, also one that nobody knows", () => {
    const groups = groupEvents([["created", "a"], ["idle", "b"], ["own", "c"]]);
    expect(groups.map((group) => group.items.map(([event]) => event))).toEqual([["created", "own"], [], [], ["idle"]]);
});

test("an event is chosen from its heading", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1].event));
    await mountView({
        type: "form",
        resModel: "psa.workflow.action",
        resId: 1,
        arch: `<form><field name="event" widget="psa_rule_event"/></form>`,
    });
    expect("legend").toHaveCount(4);
    expect("[data-value=created]").toBeChecked();
    await contains("[data-value=idle]").click();
    await contains(".o_form_button_save").click();
    expect.verifySteps(["idle"]);
});

test("a value of the ticket is put where the cursor was, and saved", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1].subject));
    await mountView({
        type: "form",
        resModel: "psa.workflow.action",
        resId: 1,
        arch: `<form><field name="subject" widget="psa_notice_text" options="{'line_breaks': False}"/></form>`,
    });
    await contains(".psa_insert_value").click();
    expect(".o-dropdown-item").toHaveCount(2);
    await contains(".o-dropdown-item:contains(Number)").click();
    await animationFrame();
    expect("textarea").toHaveValue("Look at {{number}}");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["Look at {{number}}"]);
});

test("where a rule is only read its event is a word", async () => {
    await mountView({
        type: "form",
        resModel: "psa.workflow.action",
        resId: 1,
        arch: `<form><field name="event" widget="psa_rule_event" readonly="1"/></form>`,
    });
    expect(".o_field_widget[name=event]").toHaveText("Is created");
    expect("input").toHaveCount(0);
});
