import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate, mockTimeZone, runAllTimers } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { allowTranslations, getMockEnv, getService, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";

import { readDraft } from "@psa_helpdesk/psa_my_day/lost_line";
import { actionsFor } from "@psa_helpdesk/psa_my_day/my_day_text";
import { myDayActionsRegistry } from "@psa_helpdesk/psa_my_day/psa_my_day";
import { readQuantity } from "@psa_timesheet_billing/psa_my_day/psa_finish_parts";
import { firstMinutes, PsaFinishTime } from "@psa_timesheet_billing/psa_my_day/psa_finish_time";
import { PsaMyDayTime } from "@psa_timesheet_billing/psa_my_day/psa_my_day_time";
import { describePresses } from "@psa_timesheet_billing/psa_timer/psa_timer_service";

describe.current.tags("headless");
defineMailModels();

const { DateTime } = luxon;
const TIME = { entered: 320, expected: 480, missing: null, running_ticket_id: false };
const TICKET = {
    kind: "ticket", id: 7, number: "T000007", title: "Printer", customer: "Harbor Dental", is_mine: true, is_timed: false,
    assignee: "Joe", entered: 0, tickets: [{ id: 7, number: "T000007", name: "Printer", is_open: true }],
}; // prettier-ignore

test("a sheet begins with the minutes since the timer was started", () => {
    const now = DateTime.fromISO("2026-03-02T10:30:50");
    const since = (text) => firstMinutes(DateTime.fromISO(text), now);
    expect(firstMinutes(undefined, now)).toBe(0);
    expect(since("2026-03-02T09:00:10")).toBe(90);
    expect(since("2026-03-02T10:30:10")).toBe(1);
    expect(since("2026-03-01T10:30:59")).toBe(0, { message: "forgotten since yesterday" });
});

test("a quantity is a number above zero with two places at most, with point or comma", () => {
    expect(["2", " 1.5 ", "1,25"].map(readQuantity)).toEqual([2, 1.5, 1.25]);
    for (const text of ["", "0", "-1", "1.234", "two", "1e3", "1 2"]) {
        expect(readQuantity(text)).toBe(NaN, { message: text });
    }
});

test("presses tell how long ago they were, by the clock of the device", () => {
    const presses = [
        { token: "a", deed: "start", at: 1000, ticketId: 7 },
        { token: "b", deed: "stop", at: 61000 },
    ];
    expect(describePresses(presses, 121000)).toEqual([
        { token: "a", deed: "start", age: 120, ticket_id: 7 },
        { token: "b", deed: "stop", age: 60, ticket_id: false },
    ]);
    expect(describePresses([{ token: "a", deed: "stop", at: 5000 }], 1000)[0].age).toBe(0);
});

test("start, stop, close: the next step of a ticket is its one button", () => {
    allowTranslations();
    const labels = (values, time = TIME) =>
        actionsFor({ ...TICKET, ...values }, { time }, myDayActionsRegistry.getAll()).map(({ label }) => String(label));
    expect(labels({})[0]).toBe("Start");
    expect(labels({ is_timed: true })).toEqual(["Stop"]);
    expect(labels({ entered: 20 })[0]).toBe("Close");
    expect(labels({ is_mine: false, assignee: "Nina" })).toEqual([]);
    expect(labels({}, null)).toEqual(["Close"], { message: "who may not enter time has no timer" });
});

/** Let calls of the methods in `lost` fail as they do without a line. */
function cutLine(lost, tell = () => {}) {
    const original = rpc._rpc;
    patchWithCleanup(rpc, {
        _rpc(url, params, settings) {
            if (lost.has(params?.method)) {
                tell(params);
                return Promise.reject(new ConnectionLostError(url));
            }
            return original(url, params, settings);
        },
    });
}

async function mountHead(time, values) {
    mockTimeZone(+0);
    mockDate("2026-03-02 10:00:00");
    onRpc("lazy_session_info", () => ({ psa_timer: { running: false } }));
    const screen = { reload: () => expect.step("reload") };
    await mountWithCleanup(PsaMyDayTime, { props: { day: { time }, screen }, ...values });
    getMockEnv().bus.trigger("WEB_CLIENT_READY");
    await animationFrame();
}

test("the head says what is entered and what is missing", async () => {
    const missing = { minutes: 75, date: "2026-03-01", day: "Sunday", is_yesterday: true };
    await mountHead({ ...TIME, missing });
    expect(queryText(".psa_entered")).toBe("Entered today: 5:20 of 8:00");
    expect(queryText(".psa_missing")).toBe("Yesterday: 1:15 missing");
});

test("the head names the day on a Monday, and nothing where nothing is missing", async () => {
    await mountHead({ ...TIME, missing: { minutes: 75, date: "2026-02-27", day: "Friday", is_yesterday: false } });
    expect(queryText(".psa_missing")).toBe("Friday: 1:15 missing");
});

test("whoever is no employee hands in a sheet without time and reads why", async () => {
    onRpc("lazy_session_info", () => ({ psa_timer: { running: false } }));
    const problem = "You are no employee of Brightwater IT.";
    onRpc("psa.my.day", "get_sheet", () => ({ may_log: false, problem, work_types: [], work_type_id: false }));
    const sheet = { ticketId: 7, values: { minutes: 20 }, card: TICKET, addCheck: () => {} };
    await mountWithCleanup(PsaFinishTime, { props: { sheet, keep: () => {} } });
    expect(queryText(".psa_no_time")).toBe(problem);
    expect("#psa_finish_minutes").toHaveCount(0);
    expect(sheet.values).not.toInclude("minutes");
});

test("timer buttons pressed without a line wait with their time and are sent in order", async () => {
    const lost = new Set(["action_start", "action_press_late"]);
    cutLine(lost);
    onRpc("psa.timer", "action_press_late", ({ args: [presses] }) => {
        expect.step(presses.map(({ deed, age, ticket_id }) => `${deed} ${age} ${ticket_id}`).join(", "));
        return { running: false, problems: ["Nothing to stop"] };
    });
    await mountHead(TIME);
    const timer = getService("psa_timer");
    await timer.start(7, { number: "T000007", name: "Printer", customer: "Harbor Dental" });
    expect(timer.state.running.ticket_id).toBe(7);
    await animationFrame();
    expect(queryText(".psa_timer_waiting")).toInclude("Timer buttons kept on this phone: 1");
    await advanceTime(60000);
    await timer.stop();
    expect(timer.state.running).toBe(null);
    expect(readDraft("timer").length).toBe(2);
    lost.clear();
    await advanceTime(30000);
    await animationFrame();
    await click(".psa_timer_waiting .btn");
    await runAllTimers();
    await animationFrame();
    expect.verifySteps(["start 90 7, stop 30 false", "reload"]);
    expect(readDraft("timer")).toBe(null);
    expect(".psa_timer_waiting").toHaveCount(0);
});

test("the texts of the head are not cut", async () => {
    await mountHead({ ...TIME, expected: 0 });
    expect(queryAllTexts(".psa_entered")).toEqual(["Entered today: 5:20"]);
});
