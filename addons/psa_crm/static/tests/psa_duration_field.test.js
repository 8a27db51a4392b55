import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { clickSave, contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Work extends models.Model {
    _name = "work";

    minutes = fields.Integer();

    _records = [{ id: 1, minutes: 50 }];
}

defineMailModels();
defineModels([Work]);

const FORM = `<form><field name="minutes" widget="psa_duration"/></form>`;
const INPUT = ".o_field_psa_duration[name=minutes] input";

test("minutes are shown and saved as a clock duration", async () => {
    onRpc("work", "web_save", ({ args }) => expect.step(args[1].minutes));
    await mountView({ type: "form", resModel: "work", resId: 1, arch: FORM });
    expect(INPUT).toHaveValue("0:50");
    await contains(INPUT).edit("1h 30m");
    expect(INPUT).toHaveValue("1:30");
    await clickSave();
    expect.verifySteps([90]);
});

test("a bare number above twelve asks what is meant", async () => {
    onRpc("work", "web_save", ({ args }) => expect.step(args[1].minutes));
    await mountView({ type: "form", resModel: "work", resId: 1, arch: FORM });
    await contains(INPUT).edit("90");
    expect(".o_field_psa_duration").toHaveClass("o_field_invalid");
    expect(".o_popover [role=alert]").toHaveText(/90 minutes or 90 hours/);
    await contains(".o_popover button:contains(1 h 30 min)").click();
    expect(INPUT).toHaveValue("1:30");
    expect(".o_field_psa_duration").not.toHaveClass("o_field_invalid");
    await clickSave();
    expect.verifySteps([90]);
});

test("what cannot be read stays in the field and says why", async () => {
    await mountView({ type: "form", resModel: "work", resId: 1, arch: FORM });
    await contains(INPUT).edit("1:75");
    expect(INPUT).toHaveValue("1:75");
    expect(".o_popover [role=alert]").toHaveText(/60 minutes/);
    expect(".o_field_psa_duration").toHaveClass("o_field_invalid");
    expect(".o_form_button_save").not.toBeEnabled();
});

test("a list shows minutes readonly and edits them in place", async () => {
    onRpc("work", "web_save", ({ args }) => expect.step(args[1].minutes));
    await mountView({
        type: "list",
        resModel: "work",
        arch: `<list editable="bottom"><field name="minutes" widget="psa_duration"/></list>`,
    });
    expect(".o_data_cell").toHaveText("0:50");
    await contains(".o_data_cell").click();
    await contains(".o_data_cell input").edit("2,25");
    await contains(".o_list_view .o_control_panel").click();
    expect(".o_data_cell").toHaveText("2:15");
    expect.verifySteps([135]);
});
