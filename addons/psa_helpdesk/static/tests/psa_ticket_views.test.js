import { expect, test } from "@odoo/hoot";
import {
    click,
    contains,
    defineMailModels,
    openFormView,
    patchUiSize,
    registerArchs,
    SIZES,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Ticket extends models.Model {
    _name = "ticket";

    name = fields.Char();
    stage = fields.Selection({ selection: [["new", "New"], ["done", "Done"]] });

    _records = [
        { id: 1, name: "Printer is jammed", stage: "new" },
        { id: 2, name: "Toner is empty", stage: "done" },
    ];
}

defineMailModels();
defineModels([Ticket]);

const KANBAN = `
    <kanban js_class="psa_ticket_kanban" default_group_by="stage">
        <templates><t t-name="card"><field name="name"/></t></templates>
    </kanban>`;

test("tickets stand in columns on a desk", async () => {
    await mountView({ type: "kanban", resModel: "ticket", arch: KANBAN });
    expect(".o_kanban_group").toHaveCount(2);
});

test("tickets are one stack on a phone", async () => {
    await patchUiSize({ size: SIZES.SM });
    await mountView({ type: "kanban", resModel: "ticket", arch: KANBAN });
    expect(".o_kanban_group").toHaveCount(0);
    expect(".o_kanban_record:not(.o_kanban_ghost)").toHaveCount(2);
});

const form = (jsClass) => `<form ${jsClass}><sheet><field name="name"/></sheet><chatter/></form>`;

for (const [size, jsClass, place, count] of [
    ["XL", 'js_class="psa_ticket_form"', "beside the sheet", 1],
    ["XXL", 'js_class="psa_ticket_form"', "beside the sheet", 1],
    ["LG", 'js_class="psa_ticket_form"', "below the sheet", 0],
    ["XL", "", "below the sheet in a form of the host", 0],
]) {
    test(`the conversation is ${place} at ${size}`, async () => {
        const pyEnv = await startServer();
        const partnerId = pyEnv["res.partner"].create({ name: "Mia" });
        await patchUiSize({ size: SIZES[size] });
        await start();
        registerArchs({ "res.partner,false,form": form(jsClass) });
        await openFormView("res.partner", partnerId);
        await contains(".o-mail-Form-chatter");
        await contains(".o-mail-Form-chatter.o-aside", { count });
    });
}

const PHONE_FORM = `
    <form js_class="psa_ticket_form">
        <sheet>
            <field name="name"/>
            <field name="phone" invisible="1"/>
            <widget name="psa_show_conversation"/>
        </sheet>
        <chatter/>
    </form>`;

async function openOn(size) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({ name: "Mia" });
    await patchUiSize({ size: SIZES[size] });
    await start();
    registerArchs({ "res.partner,false,form": PHONE_FORM });
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Chatter");
}

test("the conversation has the words of the desk", async () => {
    await openOn("XL");
    await contains("button.o-mail-Chatter-sendMessage", { text: "Reply" });
    await contains("button.o-mail-Chatter-logNote", { text: "Internal note" });
    await contains(".psa_ticket_bar", { count: 0 });
});

test("a phone replies and notes from a bar", async () => {
    await openOn("SM");
    await contains(".psa_ticket_bar button", { text: "Reply" });
    await contains(".psa_ticket_bar button", { text: "Internal note", count: 0 });
    await contains(".psa_ticket_bar a", { count: 0 }); // nobody to call
    await click(".psa_ticket_bar button", { text: "Reply" });
    await contains(".o-mail-Composer");
    await click(".psa_ticket_more");
    await click(".psa_ticket_more_note", { text: "Internal note" });
    await contains("button.o-mail-Chatter-logNote.active");
    await click(".psa_ticket_more");
    await click(".psa_ticket_more_note", { text: "Internal note" });
    await contains(".o-mail-Composer"); // stays open: pressing it once more says nothing else
});
