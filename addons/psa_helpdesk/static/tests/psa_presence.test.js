import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import "@psa_helpdesk/psa_presence/psa_presence";

class Ticket extends models.Model {
    _name = "helpdesk.ticket";

    name = fields.Char();

    _records = [{ id: 1, name: "Printer is jammed" }];
}

defineMailModels();
defineModels([Ticket]);

const ANNA = { id: 2, name: "Anna", is_typing: false, left: 80 };
const ARCH = `<form class="psa_ticket_form"><widget name="psa_presence"/><field name="name"/></form>`;

async function openForm() {
    mockDate("2026-03-02 08:00:00");
    const told = [];
    let people = [ANNA];
    onRpc("helpdesk.ticket", "psa_be_present", ({ args }) => {
        told.push(args[1]);
        if (people === null) {
            throw new Error("no line");
        }
        return people;
    });
    onRpc("helpdesk.ticket", "psa_leave", () => true);
    await mountView({ type: "form", resModel: "helpdesk.ticket", resId: 1, arch: ARCH });
    await animationFrame();
    return { told, say: (some) => (people = some) };
}

test("others are shown with their names, and who is writing", async () => {
    const { say } = await openForm();
    expect(".psa_presence").toHaveText("Also here: Anna");
    expect(".psa_presence img").toHaveCount(1);
    expect(".psa_presence").toHaveAttribute("aria-live", "polite");
    say([{ ...ANNA, is_typing: true }]);
    await advanceTime(30001);
    await animationFrame();
    expect(".psa_presence").toHaveText("Also here: Anna (writing)");
});

test("who is not heard of any more goes, also while one's own line is down", async () => {
    const { say } = await openForm();
    say(null);
    await advanceTime(79000);
    await animationFrame();
    expect(".psa_presence img").toHaveCount(1);
    await advanceTime(2000);
    await animationFrame();
    expect(".psa_presence img").toHaveCount(0);
});

test("writing is told once when it begins and once after a pause", async () => {
    const { told } = await openForm();
    expect(told).toEqual([false]);
    await contains(".o_field_widget[name=name] input").edit("Printer burns", { confirm: false });
    expect(told).toEqual([false, true]);
    await advanceTime(10001);
    expect(told).toEqual([false, true, false]);
});
