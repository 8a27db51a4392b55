import { expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import "@psa_crm/psa_reason/psa_reason_field";

class Dialog extends models.Model {
    _name = "dialog";

    reason = fields.Char();
    is_done = fields.Boolean();

    _records = [{ id: 1, reason: "", is_done: false }];
}

class Reason extends models.Model {
    _name = "psa.reason";
}

defineMailModels();
defineModels([Dialog, Reason]);

const ARCH = `
    <form>
        <field name="is_done"/>
        <field name="reason" widget="psa_reason" readonly="is_done" options="{'kind': 'cancel_call'}"/>
    </form>`;

test("a reason used before is one tap, and can be changed before it is saved", async () => {
    onRpc("get_recent", ({ args }) => {
        expect.step(args[0]);
        return ["The part is late", "Customer is ill"];
    });
    onRpc("web_save", ({ args }) => expect.step(args[1].reason));
    await mountView({ type: "form", resModel: "dialog", resId: 1, arch: ARCH });
    expect(".psa_reason_chips button").toHaveCount(2);
    await contains(".psa_reason_chips button:first").click();
    expect(".o_field_widget[name=reason] input").toHaveValue("The part is late");
    await contains(".o_field_widget[name=reason] input").edit("The part is late again");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["cancel_call", "The part is late again"]);
});

test("without earlier reasons, and where nothing can be written, there are no chips", async () => {
    onRpc("get_recent", () => []);
    await mountView({ type: "form", resModel: "dialog", resId: 1, arch: ARCH });
    expect(".psa_reason_chips").toHaveCount(0);
    expect(".o_field_widget[name=reason] input").toHaveCount(1);
});

test("a field that is only read has none", async () => {
    Dialog._records[0].is_done = true;
    onRpc("get_recent", () => ["The part is late"]);
    await mountView({ type: "form", resModel: "dialog", resId: 1, arch: ARCH });
    expect(".psa_reason_chips").toHaveCount(0);
});
