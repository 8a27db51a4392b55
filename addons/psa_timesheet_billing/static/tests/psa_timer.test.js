import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getMockEnv, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { PsaTimerMenu } from "@psa_timesheet_billing/psa_timer/psa_timer_menu";
import { formatElapsed, isLong } from "@psa_timesheet_billing/psa_timer/psa_timer_service";

describe.current.tags("headless");
defineMailModels();

const { DateTime } = luxon;
const RUNNING = {
    id: 1,
    ticket_id: 7,
    number: "T000007",
    name: "Printer is jammed",
    customer: "Harbor Dental",
    started_at: "2026-11-02 09:00:40",
    cover: "Gold support: 6:20 of 10:00 left",
};

/** Mount the menu in a page whose lazy session tells `value` of the timer. */
async function mountTimer(value) {
    onRpc("lazy_session_info", () => (value === undefined ? {} : { psa_timer: value }));
    onRpc("psa.timer", "search_read", () => [
        { id: 3, ticket_id: [8, "[T000008] Router"] },
        { id: 2, ticket_id: [8, "[T000008] Router"] },
        { id: 1, ticket_id: [7, "[T000007] Printer is jammed"] },
    ]);
    await mountWithCleanup(PsaTimerMenu);
    getMockEnv().bus.trigger("WEB_CLIENT_READY");
    await animationFrame();
}

test("elapsed time is cut to the minute, as the entry will be", () => {
    const start = DateTime.fromISO("2026-11-02T09:00:40");
    const after = (seconds) => start.plus({ seconds });
    expect(formatElapsed(start, after(59))).toBe("0:00");
    expect(formatElapsed(start, after(60))).toBe("0:01");
    expect(formatElapsed(start, after(3905))).toBe("1:05");
    expect(formatElapsed(start, after(3905), true)).toBe("1:05:05");
    expect(formatElapsed(start, after(-5), true)).toBe("0:00:00");
});

test("more than ten hours in one go is a long time", () => {
    const start = DateTime.fromISO("2026-11-02T09:00:00");
    expect(isLong(start, start.plus({ hours: 10 }))).toBe(false);
    expect(isLong(start, start.plus({ hours: 10, minutes: 1 }))).toBe(true);
});

test("a timer that was forgotten asks before it is logged", async () => {
    mockDate("2026-11-03 08:00:40", 0);
    onRpc("psa.timer", "action_stop", () => {
        expect.step("stop");
        return false;
    });
    await mountTimer({ running: RUNNING });
    await click(".o_psa_timer");
    await animationFrame();
    await click(".o_psa_timer_panel .btn-primary");
    await animationFrame();
    expect.verifySteps([]);
    expect(".modal-body").toHaveText(/23:00 on T000007 will be logged/);
    await click(".modal .btn-primary");
    await animationFrame();
    expect.verifySteps(["stop"]);
});

test("who logs no time has no timer", async () => {
    await mountTimer(undefined);
    expect(".o_psa_timer").toHaveCount(0);
});

test("an idle timer offers the last tickets, each once", async () => {
    await mountTimer({ running: false });
    expect(".o_psa_timer_elapsed").toHaveCount(0);
    await click(".o_psa_timer");
    await animationFrame();
    expect(queryAllTexts(".o_psa_timer_panel .text-truncate")).toEqual([
        "[T000008] Router",
        "[T000007] Printer is jammed",
    ]);
});

test("a running timer ticks, and says on what", async () => {
    mockDate("2026-11-02 10:05:40", 0);
    await mountTimer({ running: RUNNING });
    expect(queryText(".o_psa_timer_elapsed")).toBe("1:05");
    expect(".o_psa_timer").toHaveAttribute("aria-label", "Timer on T000007");
    await advanceTime(61 * 1000);
    await animationFrame();
    expect(queryText(".o_psa_timer_elapsed")).toBe("1:06");
    await click(".o_psa_timer");
    await animationFrame();
    expect(queryText(".o_psa_timer_panel [role=timer]")).toMatch(/^1:06:\d\d$/);
    expect(".o_psa_timer_panel").toHaveText(/Harbor Dental\nGold support: 6:20 of 10:00 left/);
    expect(queryAllTexts(".o_psa_timer_panel .text-truncate")).toEqual(["[T000008] Router"]);
});

test("starting on another ticket says what was stopped", async () => {
    onRpc("psa.timer", "action_start", ({ args }) => {
        expect.step(`start ${args[0]}`);
        return { ...RUNNING, ticket_id: 8, number: "T000008", stopped: "T000007" };
    });
    await mountTimer({ running: RUNNING });
    await click(".o_psa_timer");
    await animationFrame();
    await click(".o_psa_timer_panel .text-truncate");
    await animationFrame();
    expect.verifySteps(["start 8"]);
    expect(".o_psa_timer").toHaveAttribute("aria-label", "Timer on T000008");
});
