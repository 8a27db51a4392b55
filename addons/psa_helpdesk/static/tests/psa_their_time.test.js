import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { spellTheirTime } from "@psa_helpdesk/psa_their_time/their_time";
import "@psa_helpdesk/psa_their_time/psa_their_time_field";

const { DateTime } = luxon;

class Visit extends models.Model {
    _name = "visit";

    start_at = fields.Datetime();
    zone = fields.Char();

    _records = [
        { id: 1, start_at: "2026-03-02 13:00:00", zone: "America/New_York" },
        { id: 2, start_at: "2026-03-02 13:00:00", zone: "Europe/Vienna" },
        { id: 3, start_at: "2026-03-02 13:00:00", zone: false },
    ];
}

defineMailModels();
defineModels([Visit]);

test("their clock is told where it shows something else, with the day where that differs", () => {
    const moment = DateTime.fromISO("2026-03-02T14:00", { zone: "Europe/Berlin" });
    expect(spellTheirTime(moment, "America/New_York")).toBe("08:00");
    expect(spellTheirTime(moment, "Europe/Vienna")).toBe("");
    expect(spellTheirTime(moment, "Pacific/Auckland")).toBe("Tue 02:00");
    expect(spellTheirTime(moment, "Nowhere/Land")).toBe("");
    expect(spellTheirTime(moment, false)).toBe("");
    // Some weeks of the year the clocks are nearer: one has summer time, the other not yet.
    const march = DateTime.fromISO("2026-03-16T14:00", { zone: "Europe/Berlin" });
    expect(spellTheirTime(march, "America/New_York")).toBe("09:00");
});

const ARCH = `
    <form>
        <field name="start_at"/>
        <field name="zone" widget="psa_their_time" options="{'at': 'start_at'}"/>
    </form>`;

test("beside a moment stands that of the customer", async () => {
    mockTimeZone("Europe/Berlin");
    await mountView({ type: "form", resModel: "visit", resId: 1, arch: ARCH });
    expect(".psa_their_time").toHaveText("their 08:00");
    expect(".psa_their_time").toHaveAttribute("title", "America/New_York");
});

test("nothing is said where it is the same time there, or nobody knows", async () => {
    mockTimeZone("Europe/Berlin");
    for (const resId of [2, 3]) {
        await mountView({ type: "form", resModel: "visit", resId, arch: ARCH });
        expect(".psa_their_time").toHaveCount(0);
    }
});

test("the clock there goes on while the form is open", async () => {
    mockDate("2026-03-02 12:59:30", 0);
    await mountView({
        type: "form",
        resModel: "visit",
        resId: 1,
        arch: `<form><field name="zone" widget="psa_their_time"/></form>`,
    });
    expect(".psa_their_time").toHaveText("It is 07:59 there");
    await advanceTime(60000);
    await animationFrame();
    expect(".psa_their_time").toHaveText("It is 08:00 there");
});
