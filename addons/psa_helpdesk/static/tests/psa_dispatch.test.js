import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst, resize } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, getService, MockServer, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

import {
    capacityWithin,
    dayWindow,
    laneAt,
    minutesWithin,
    placeIn,
    rememberLast,
    snap,
    spellMinutes,
    timeAt,
    withGaps,
} from "@psa_helpdesk/psa_dispatch/board_time";
import "@psa_helpdesk/psa_dispatch/psa_dispatch_board";

defineMailModels();

const { DateTime } = luxon;
const at = (text) => DateTime.fromISO(`2026-03-02T${text}`);
const span = (start, stop) => ({ start: at(start), stop: at(stop) });
const DAY = { start: at("00:00"), stop: at("00:00").plus({ days: 1 }) };

test("a day shows 07 to 19, and more where a call lies outside", () => {
    const shown = (spans, all) => {
        const { start, stop } = dayWindow(at("00:00"), spans, all);
        return [start.toFormat("HH:mm"), stop.toFormat("d HH:mm")];
    };
    expect(shown([])).toEqual(["07:00", "2 19:00"]);
    expect(shown([span("05:30", "06:00")])).toEqual(["05:00", "2 19:00"]);
    expect(shown([span("19:00", "20:15")])).toEqual(["07:00", "2 21:00"]);
    expect(shown([span("18:00", "19:00")])).toEqual(["07:00", "2 19:00"]);
    expect(shown([], true)).toEqual(["00:00", "3 00:00"]);
});

test("what is asked for each block is found once, and again only for other calls", () => {
    const asked = [];
    const find = rememberLast((...args) => asked.push(args));
    const [some, others] = [[], []];
    expect([find("day", some), find("day", some), find("day", others), find("day", some), find("day")]).toEqual([
        1, 1, 2, 3, 4,
    ]);
    expect(asked).toHaveLength(4);
});

test("a call is drawn where its time is, cut at the edges", () => {
    const window = { start: at("07:00"), stop: at("19:00") };
    expect(placeIn(span("10:00", "13:00"), window)).toEqual({ left: 25, width: 25 });
    expect(placeIn(span("06:00", "10:00"), window)).toEqual({ left: 0, width: 25 });
    expect(placeIn(span("20:00", "21:00"), window)).toBe(null);
});

test("a point of a lane is a quarter of an hour, from the other side where people read so", () => {
    const window = { start: at("07:00"), stop: at("19:00") };
    const rect = { left: 100, right: 820, width: 720 };
    expect(timeAt(280, rect, window).toFormat("HH:mm")).toBe("10:00");
    expect(timeAt(287, rect, window).toFormat("HH:mm")).toBe("10:00");
    expect(timeAt(288, rect, window).toFormat("HH:mm")).toBe("10:15");
    expect(timeAt(640, rect, window, true).toFormat("HH:mm")).toBe("10:00");
    expect(timeAt(-50, rect, window).toFormat("HH:mm")).toBe("07:00");
    expect(snap(at("10:53")).toFormat("HH:mm")).toBe("11:00");
});

test("a lane is found by its rectangle", () => {
    const lane = (top) => ({ getBoundingClientRect: () => ({ left: 0, right: 100, top, bottom: top + 50 }) });
    const lanes = [lane(0), lane(60)];
    expect(laneAt(10, 70, lanes)).toBe(lanes[1]);
    expect(laneAt(10, 55, lanes)).toBe(null);
});

test("booked time counts once, and leave is no capacity", () => {
    expect(minutesWithin([span("09:00", "10:00"), span("09:30", "11:00")], DAY)).toBe(120);
    expect(capacityWithin([span("09:00", "17:00")], [span("15:00", "20:00")], DAY)).toBe(360);
    expect(spellMinutes(330)).toBe("5:30");
});

test("the list of a phone has the calls and what is free between them", () => {
    const rows = withGaps([span("10:00", "11:00"), span("13:00", "14:00")], [span("09:00", "17:00")], DAY);
    expect(rows.map((row) => [row.isCall, row.start.toFormat("HH"), row.stop.toFormat("HH")])).toEqual([
        [false, "09", "10"],
        [true, "10", "11"],
        [false, "11", "13"],
        [true, "13", "14"],
        [false, "14", "17"],
    ]);
    expect(withGaps([], [], DAY)).toEqual([]);
});

const CALL = {
    id: 7,
    number: "V000007",
    customer: "Harbor Dental",
    title: "Printer",
    tickets: [{ id: 4, number: "T000004" }],
    technician_ids: [1],
    start: "2026-03-02 10:00:00",
    stop: "2026-03-02 11:00:00",
    state: "planned",
    state_word: "Planned",
    can_plan: true,
    has_contact: true,
    customer_zone: "America/New_York",
};
const TICKET = {
    id: 3,
    number: "T000003",
    name: "No network",
    customer: "Cobalt Freight",
    queue: "Field",
    skills: ["Networks"],
    assignee: "",
    due: false,
    sla_state: "none",
    sla_left: 0,
    priority: "1",
};

const SELECTION = { id: 5, name: "North", technician_ids: [2] };

async function mountBoard({ refuses = 0, call = {}, worked = [], duties = [], selections = [] } = {}) {
    mockTimeZone(0);
    mockDate("2026-03-02 08:00:00");
    const sent = [];
    let refused = 0;
    const row = (id, name) => ({
        id,
        name,
        queues: ["Field"],
        skills: id === 1 ? [{ name: "Networks", level: "Expert" }] : [],
        open_tickets: 2,
        work: [["2026-03-02 09:00:00", "2026-03-02 17:00:00"]],
        leaves: [["2026-03-02 15:00:00", "2026-03-02 17:00:00", "away"]],
        busy: [],
    });
    onRpc("psa.service.call", "psa_board_read", () => ({
        technicians: [row(1, "Joe"), row(2, "Nina")],
        calls: [{ ...CALL, ...call }],
        tickets: [TICKET],
        ticket_total: 1,
        worked,
        on_call: duties,
        selections,
    }));
    onRpc("psa.service.call", "psa_board_suggest", () => [
        { technician_id: 2, technician: "Nina", start: "2026-03-02 09:00:00", reasons: "works in Field" },
    ]);
    for (const method of ["psa_board_book", "psa_board_move"]) {
        onRpc("psa.service.call", method, ({ args }) => {
            sent.push([method, ...args]);
            return refused++ < refuses ? { conflicts: ["Joe is on V000001."] } : { call: 7 };
        });
    }
    onRpc("psa.service.call", "psa_board_drag", ({ args }) => {
        expect.step(args);
        return true;
    });
    for (const method of ["psa_board_unbook", "psa_board_settle", "action_tell_customer"]) {
        onRpc("psa.service.call", method, ({ args }) => {
            sent.push([method, ...args]);
            return true;
        });
    }
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "psa_dispatch_board" });
    return sent;
}

test.tags("desktop");
test("a ticket dropped on a lane is booked for that technician, and taken back", async () => {
    const sent = await mountBoard();
    const drag = contains(".psa_ticket_card");
    await drag.dragAndDrop(".psa_lane[data-technician-id='2']", { position: { x: 0, y: 10 }, relative: true });
    expect(sent).toHaveLength(1);
    const [method, ticketId, technicianId, start, minutes, reason] = sent[0];
    expect([method, ticketId, technicianId, minutes, reason]).toEqual(["psa_board_book", 3, 2, 60, null]);
    expect(start).toBe("2026-03-02 07:00:00");
    expect(".psa_done_card").toHaveText(/V000007 Harbor Dental booked: Nina/);
    await contains(".psa_undo").click();
    expect(sent.slice(1)).toEqual([
        ["psa_board_unbook", [7], true],
        ["psa_board_settle", [7], true],
    ]);
    expect(".psa_done_card").toHaveCount(0);
    expect.verifySteps([
        ["ticket", 3, true],
        ["ticket", 3, false],
    ]);
});

test.tags("desktop");
test("a block dropped on another lane goes there and keeps its length", async () => {
    const sent = await mountBoard();
    const lane = queryFirst(".psa_lane[data-technician-id='2']").getBoundingClientRect();
    const block = queryFirst(".psa_block").getBoundingClientRect();
    // Grabbed in its middle, dropped an hour (a twelfth of the lane) to the right.
    const x = block.left - lane.left + block.width / 2 + lane.width / 12;
    await contains(".psa_block").dragAndDrop(".psa_lane[data-technician-id='2']", { position: { x, y: 20 }, relative: true });
    expect(sent).toEqual([["psa_board_move", [7], 1, 2, "2026-03-02 11:00:00", 60, null]]);
    expect.verifySteps([
        ["call", 7, true],
        ["call", 7, false],
    ]);
});

test.tags("desktop");
test("the way back is offered for eight seconds", async () => {
    const sent = await mountBoard();
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    expect(".psa_done_card").toHaveText(/V000007 Harbor Dental moved: Joe, Mon 2 Mar 10:15, 1:00/);
    expect(".psa_undo").toHaveCount(1);
    await advanceTime(7900);
    expect(".psa_undo").toHaveCount(1);
    expect(sent).toHaveLength(1);
    await advanceTime(200);
    await animationFrame();
    expect(".psa_undo").toHaveCount(0);
    expect(sent[1]).toEqual(["psa_board_settle", [7], true]);
});

test.tags("desktop");
test("the technician is told unless switched off, once for what is moved about", async () => {
    const sent = await mountBoard();
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    expect("#psa_tell_technician").toBeChecked();
    await contains("#psa_tell_technician").uncheck();
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    expect("#psa_tell_technician").not.toBeChecked();
    await contains(".psa_done_card button:contains(Close)").click();
    expect(sent.map(([method]) => method)).toEqual(["psa_board_move", "psa_board_move", "psa_board_settle"]);
    expect(sent[2]).toEqual(["psa_board_settle", [7], false]);
});

test.tags("desktop");
test("who leaves the board tells what was held back", async () => {
    const sent = await mountBoard();
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    await getService("action").doAction({ type: "ir.actions.client", tag: "psa_dispatch_board" });
    expect(sent[1]).toEqual(["psa_board_settle", [7], true]);
});

const ALL_ENTRIES = ["Open service call", "Open ticket T000004", "Change time or technician", "Cancel with a reason"];

test.tags("desktop");
test("a block has a menu, by mouse and by keys", async () => {
    await mountBoard();
    await contains(".psa_block").click({ button: 2 });
    expect(queryAllTexts(".psa_block_menu [role='menuitem']")).toEqual(ALL_ENTRIES);
    await contains("[role='menuitem']:contains(Change time)").click();
    expect("#psa_assign_minutes").toHaveValue(60);
    await contains(".modal .btn-secondary:contains(Cancel)").click();
    queryFirst(".psa_block").focus();
    await press(["Shift", "F10"]);
    await animationFrame();
    expect("[role='menuitem']:first").toBeFocused();
    await press("ArrowDown");
    expect("[role='menuitem']:contains(Open ticket)").toBeFocused();
    await press("ArrowUp");
    await press("ArrowUp");
    expect("[role='menuitem']:contains(Cancel with)").toBeFocused();
    await press("Escape");
    await animationFrame();
    expect(".psa_block_menu").toHaveCount(0);
    expect(".psa_block").toBeFocused();
});

test.tags("desktop");
test("the menu asks for the reason to cancel, and opens the ticket", async () => {
    onRpc("psa.service.call", "action_cancel", () => ({
        type: "ir.actions.act_window",
        res_model: "psa.service.call.cancel",
        target: "new",
    }));
    const asked = [];
    await mountBoard();
    patchWithCleanup(getService("action"), { doAction: async (action) => asked.push(action) });
    await contains(".psa_block").click({ button: 2 });
    await contains("[role='menuitem']:contains(Cancel with)").click();
    await contains(".psa_block").click({ button: 2 });
    await contains("[role='menuitem']:contains(Open ticket)").click();
    expect(asked.map((action) => [action.res_model, action.res_id, action.views])).toEqual([
        ["psa.service.call.cancel", undefined, [[false, "form"]]],
        ["helpdesk.ticket", 4, [[false, "form"]]],
    ]);
});

test.tags("desktop");
test("who may not plan a call only opens it", async () => {
    await mountBoard({ call: { can_plan: false } });
    await contains(".psa_block").click({ button: 2 });
    expect(queryAllTexts("[role='menuitem']")).toEqual(ALL_ENTRIES.slice(0, 2));
});

test.tags("desktop");
test("rows show skills, queues where there are none, duties and what was worked", async () => {
    await mountBoard({
        worked: [[1, "2026-03-02 09:00:00", "2026-03-02 09:45:00"]],
        duties: [
            [2, "2026-03-02 18:00:00", "2026-03-03 08:00:00", "First"],
            [1, "2026-03-04 18:00:00", "2026-03-05 08:00:00", "First"],
        ],
    });
    expect(queryAllTexts(".psa_abilities")).toEqual(["Networks", "Field"]);
    expect(".psa_abilities:first").toHaveAttribute("title", "Field, Networks (Expert)");
    expect(".psa_on_call").toHaveCount(1);
    expect(".psa_on_call").toHaveAttribute("aria-label", "On call Mon 18:00 to Tue 08:00: First");
    expect(".psa_worked").toHaveAttribute("aria-label", "Worked 09:00 to 09:45");
});

test.tags("desktop");
test("tickets and rows are narrowed by queue and skill", async () => {
    await mountBoard();
    await contains("select[aria-label='Skill']").select("Networks");
    expect(queryAllTexts(".psa_name .fw-bold")).toEqual(["Joe"]);
    expect(".psa_ticket_card").toHaveCount(1);
    await contains("select[aria-label='Skill']").select("");
    await contains("select[aria-label='Queue']").select("Field");
    expect(".psa_ticket_card").toHaveCount(1);
    expect(".psa_name .fw-bold").toHaveCount(2);
});

test.tags("desktop");
test("technicians are chosen, kept under a name and chosen again", async () => {
    const selections = [];
    onRpc("psa.board.selection", "create", ({ args: [[values]] }) => {
        expect.step(values);
        selections.push(SELECTION);
        return [5];
    });
    onRpc("psa.board.selection", "unlink", ({ args }) => {
        expect.step(args);
        selections.pop();
        return true;
    });
    await mountBoard({ selections });
    await contains(".psa_selection").select("choose");
    await contains("#psa_choose_1").uncheck();
    await contains("#psa_selection_name").edit("North", { confirm: false });
    await contains(".psa_selection_show").click();
    expect.verifySteps([{ name: "North", technician_ids: [[6, 0, [2]]] }]);
    expect(queryAllTexts(".psa_name .fw-bold")).toEqual(["Nina"]);
    expect(".psa_selection").toHaveValue("5");
    await contains(".psa_selection").select("");
    expect(".psa_name .fw-bold").toHaveCount(2);
    await contains(".psa_selection").select("5");
    expect(queryAllTexts(".psa_name .fw-bold")).toEqual(["Nina"]);
    await contains(".psa_selection").select("choose");
    await contains("button:contains(Delete selection)").click();
    expect.verifySteps([[[5]]]);
    expect(".psa_name .fw-bold").toHaveCount(2);
});

test.tags("desktop");
test("what another dispatcher holds has a name on it until it is let go", async () => {
    await mountBoard();
    const { env } = MockServer;
    const hear = async (news) => {
        const { promise, resolve } = Promise.withResolvers();
        getService("bus_service").subscribe("psa_dispatch_board/dragged", resolve);
        env["bus.bus"]._sendone("broadcast", "psa_dispatch_board/dragged", news);
        await promise;
        getService("bus_service").unsubscribe("psa_dispatch_board/dragged", resolve);
        await animationFrame();
    };
    const news = { kind: "call", id: 7, user_id: 99, name: "Eva", is_dragged: true };
    await hear(news);
    expect(".psa_block.psa_held_by_other .psa_holder").toHaveText("Eva");
    await hear({ ...news, is_dragged: false });
    expect(".psa_holder").toHaveCount(0);
});

test.tags("desktop");
test("a block says what the customer's clock shows, where that differs", async () => {
    await mountBoard();
    expect(queryFirst(".psa_block").title).toInclude("Planned · their 05:00 · Printer");
});

test.tags("desktop");
test("what speaks against it is listed, and booked only with a reason", async () => {
    const sent = await mountBoard({ refuses: 1 });
    onRpc("psa.reason", "get_recent", ({ args }) => (args[0] === "book_anyway" ? ["Same street"] : []));
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowDown"]);
    await animationFrame();
    expect(queryAllTexts(".modal li")).toEqual(["Joe is on V000001."]);
    expect(".psa_book_anyway").toHaveProperty("disabled", true);
    await contains(".psa_reason_chips button").click();
    expect("#psa_override_reason").toHaveValue("Same street");
    await contains("#psa_override_reason").edit("Same building", { confirm: false });
    await contains(".psa_book_anyway").click();
    expect(sent.map((args) => [args[0], args[3], args.at(-1)])).toEqual([
        ["psa_board_move", 2, null],
        ["psa_board_move", 2, "Same building"],
    ]);
});

test.tags("desktop");
test("by keyboard alone: a block by quarters of an hour and rows, a ticket by its dialog", async () => {
    const sent = await mountBoard();
    queryFirst(".psa_block").focus();
    await press(["Shift", "ArrowRight"]);
    await animationFrame();
    expect(sent[0]).toEqual(["psa_board_move", [7], 1, 1, "2026-03-02 10:15:00", 60, null]);
    await press("ArrowRight");
    await animationFrame();
    expect(sent).toHaveLength(1);
    queryFirst(".psa_ticket_card").focus();
    await press("Enter");
    await animationFrame();
    expect(".psa_proposal").toHaveText(/Nina/);
    await contains(".psa_assign_confirm").click();
    expect(sent[1]).toEqual(["psa_board_book", 3, 2, "2026-03-02 09:00:00", 60, null]);
    expect(".visually-hidden[role='status']").toHaveText(/booked: Nina/);
});

test.tags("desktop");
test("a week shows how full each day is", async () => {
    await mountBoard();
    await contains("button:contains(Week)").click();
    expect(".psa_week_cell").toHaveCount(14);
    expect(".psa_week_cell:first").toHaveText("1:00 of 6:00");
});

test("a phone shows the day of one technician as a list, and the tickets behind a tab", async () => {
    await resize({ width: 390, height: 800 });
    await mountBoard();
    expect(".psa_lane").toHaveCount(0);
    expect(queryAllTexts(".psa_phone_call .fw-bold")).toEqual(["10:00 – 11:00 Harbor Dental"]);
    await contains(".psa_more").click();
    expect(queryAllTexts("[role='menuitem']")).toEqual(ALL_ENTRIES);
    await press("Escape");
    await animationFrame();
    await contains("select[aria-label='Technician']").select("2");
    expect(".psa_phone_call").toHaveCount(0);
    await contains(".nav-link:contains(To schedule)").click();
    expect(".psa_ticket_card").toHaveCount(1);
    expect(".psa_assign").toHaveCount(1);
});
