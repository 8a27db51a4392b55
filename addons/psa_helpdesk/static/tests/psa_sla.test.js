import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { allowTranslations, defineModels, fields, models, mountView, mountWithCleanup } from "@web/../tests/web_test_helpers";

import { PsaSlaBadge } from "@psa_helpdesk/psa_sla/psa_sla_badge";
import { SLA_LOOKS, slaSentence, slaText, spellStretch } from "@psa_helpdesk/psa_sla/sla_text";

defineMailModels();

const { DateTime } = luxon;
const MINUTE = 60 * 1000;
const NOW = DateTime.fromISO("2026-03-02T10:00:00");

class Clock extends models.Model {
    _name = "clock";

    kind = fields.Char();
    cycle = fields.Integer();
    bars = fields.Json();

    _records = [
        {
            id: 1,
            kind: "resolution",
            cycle: 2,
            bars: {
                start: "2026-03-02 08:00:00",
                promised: "2026-03-02 12:00:00",
                end: "2026-03-02 12:00:00",
                reality: [
                    { kind: "worked", start: "2026-03-02 08:00:00", end: "2026-03-02 09:00:00" },
                    { kind: "waited", start: "2026-03-02 09:00:00", end: "2026-03-02 10:30:00" },
                    { kind: "late", start: "2026-03-02 10:30:00", end: "2026-03-02 11:00:00" },
                ],
            },
        },
    ];
}

class Ticket extends models.Model {
    _name = "ticket";

    clock_ids = fields.One2many({ relation: "clock" });

    name = fields.Char();
    psa_sla_due_at = fields.Datetime();
    psa_sla_state = fields.Char();
    psa_sla_kind = fields.Char();
    psa_sla_left_minutes = fields.Integer();
    psa_sla_hint = fields.Char();

    _records = [
        {
            id: 1,
            name: "Runs",
            psa_sla_due_at: "2026-03-02 12:10:30",
            psa_sla_state: "running",
            psa_sla_kind: "response",
            psa_sla_left_minutes: 130,
            psa_sla_hint: "Premier, Critical: First response within 4:00, 24x7",
        },
        { id: 2, name: "Waits", psa_sla_state: "paused", psa_sla_kind: "resolution", psa_sla_left_minutes: 130 },
        { id: 3, name: "Late", psa_sla_due_at: "2026-03-02 09:47:30", psa_sla_state: "overdue", psa_sla_kind: "resolution" },
        { id: 4, name: "Kept", psa_sla_state: "met" },
        { id: 5, name: "Failed", psa_sla_state: "missed", psa_sla_left_minutes: -12 },
        { id: 6, name: "Free", psa_sla_state: "none", clock_ids: [1] },
    ];
}
defineModels([Clock, Ticket]);

test("stretches of time are said in two units, rounded down", () => {
    const said = [0, 59, 60, 130, 1439, 1440, 1501].map((minutes) => spellStretch(minutes * MINUTE));
    expect(said).toEqual(["0m", "59m", "1h 0m", "2h 10m", "23h 59m", "1d", "1d 1h"]);
    expect(spellStretch(9 * MINUTE + 5999, { seconds: true })).toBe("9m 05s");
    expect(spellStretch(10 * MINUTE, { seconds: true })).toBe("10m");
});

test("the badge says what the server says, and never that a deadline has passed", () => {
    allowTranslations();
    const say = (state, minutes, leftMinutes = 0) =>
        slaText(state, { due: NOW.plus({ minutes }), leftMinutes, now: NOW });
    expect(say("running", 130)).toBe("2h 10m");
    expect(say("running", 47 * 60 + 30)).toBe("Wed 09:30");
    expect(say("running", 8 * 24 * 60)).toBe("Tue 10 Mar, 10:00");
    expect(slaText("no_hours", { due: false, leftMinutes: 0, now: NOW })).toBe("No working hours");
    expect(say("at_risk", 9.5)).toBe("9m 30s");
    expect(say("at_risk", 0)).toBe("due now");
    expect(say("running", -5)).toBe("due now");
    expect(say("overdue", -12)).toBe("-12m");
    expect(slaText("paused", { due: false, leftMinutes: 130, now: NOW })).toBe("Paused, 2h 10m left");
    expect(slaText("met", { due: false, leftMinutes: 0, now: NOW })).toBe("Met");
    expect(slaText("missed", { due: false, leftMinutes: -12, now: NOW })).toBe("Missed by 12m");
    expect(slaText("missed", { due: false, leftMinutes: 5, now: NOW })).toBe("Missed");
    expect(slaText("none", { due: false, leftMinutes: 0, now: NOW })).toBe("");
    expect(slaText(false, { due: false, leftMinutes: 0, now: NOW })).toBe("");
});

test("the sentence adds the target, the deadline, the working time and the reason", () => {
    allowTranslations();
    const facts = { state: "running", target: "First response", due: NOW, leftMinutes: 70, hint: "Premier" };
    expect(slaSentence("2h 10m", facts)).toBe(
        `First response: 2h 10m · due ${NOW.toLocaleString(DateTime.DATETIME_MED)} · 1h 10m of working time left · Premier`
    );
    expect(slaSentence("Met", { state: "met", target: "", due: false, leftMinutes: 0, hint: false })).toBe("Met");
});

test("in a list each ticket shows how it stands, and nothing where nothing was promised", async () => {
    mockDate("2026-03-02 10:00:00", 0);
    await mountView({
        resModel: "ticket",
        type: "list",
        arch: `<list><field name="name"/><field name="psa_sla_due_at" widget="psa_sla"/></list>`,
    });
    expect(queryAllTexts(".o_data_row td[name=psa_sla_due_at]")).toEqual([
        "2h 10m",
        "Paused, 2h 10m left",
        "-12m",
        "Met",
        "Missed by 12m",
        "",
    ]);
    expect(".psa_sla_badge[data-state=overdue]").toHaveClass("psa_sla_late");
    expect(queryFirst(".psa_sla_badge").getAttribute("aria-label")).toMatch(/First response: 2h 10m.*Premier, Critical/);
    expect(".psa_sla_badge[data-state=paused] .fa-pause").toHaveCount(1);
});

test("a badge counts down by the page's clock and asks the server nothing", async () => {
    mockDate("2026-03-02 10:00:00", 0);
    const due = DateTime.now().plus({ minutes: 9, seconds: 30 });
    await mountWithCleanup(PsaSlaBadge, { props: { state: "at_risk", target: "Resolution", due } });
    expect(queryText(".psa_sla_text")).toMatch(/^9m (30|29)s$/);
    await advanceTime(5000);
    await animationFrame();
    expect(queryText(".psa_sla_text")).toMatch(/^9m 2[3-5]s$/);
});

/** The contrast of two colours as the guidelines of the web reckon it (WCAG 2.1, 1.4.3). */
function contrast(one, other) {
    const luminance = (colour) => {
        const [red, green, blue] = colour
            .match(/[\d.]+/g)
            .slice(0, 3)
            .map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

for (const state of Object.keys(SLA_LOOKS)) {
    test(`the badge of the state ${state} can be read`, async () => {
        mockDate("2026-03-02 10:00:00", 0);
        const due = ["running", "at_risk", "overdue"].includes(state) && DateTime.now().plus({ minutes: 30 });
        await mountWithCleanup(PsaSlaBadge, { props: { state, target: "Resolution", due, leftMinutes: 5 } });
        const { color, backgroundColor } = getComputedStyle(queryFirst(".psa_sla_badge"));
        const isOutline = /, 0\)$/.test(backgroundColor);
        expect(contrast(color, isOutline ? "rgb(255, 255, 255)" : backgroundColor)).toBeGreaterThan(4.5);
    });
}

test("promise and reality are two bars on one scale, and a table says the same in words", async () => {
    await mountView({
        type: "form",
        resModel: "ticket",
        resId: 6,
        arch: `<form><field name="clock_ids" widget="psa_sla_bars"/></form>`,
    });
    expect(".psa_sla_bars_clock > .fw-bold").toHaveText("Resolution, reopened 1");
    expect(".psa_sla_bar_promise").toHaveStyle({ width: "100.00%" }, { inline: true });
    expect(".psa_sla_bar_waited").toHaveStyle({ "inset-inline-start": "25.00%", width: "37.50%" }, { inline: true });
    expect(queryAllTexts(".psa_sla_bars_text tbody th")).toEqual(["Promised", "Clock ran", "Waited", "Clock ran, late"]);
    expect(queryAllTexts(".psa_sla_bars_text tbody td:last-child")).toEqual(["4h 0m", "1h 0m", "1h 30m", "30m"]);
});

test("the sentence of a badge is reached by focus", async () => {
    mockDate("2026-03-02 10:00:00", 0);
    await mountView({ type: "list", resModel: "ticket", arch: `<list><field name="psa_sla_due_at" widget="psa_sla"/></list>` });
    expect(".psa_sla_sentence").toHaveCount(0);
    queryFirst(".psa_sla_badge").focus();
    await animationFrame();
    expect(queryText(".psa_sla_sentence")).toInclude("Premier, Critical");
});
