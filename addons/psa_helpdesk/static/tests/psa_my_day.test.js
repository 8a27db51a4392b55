import { after, expect, test } from "@odoo/hoot";
import { Component, xml } from "@odoo/owl";
import { click, edit, queryAllTexts, queryFirst, queryText, waitFor } from "@odoo/hoot-dom";
import { animationFrame, mockDate, mockTimeZone, runAllTimers } from "@odoo/hoot-mock";
import { startBusService } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { LIVE_TYPE } from "@psa_crm/psa_live/psa_live";
import { allowTranslations, getService, MockServer, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { WebClient } from "@web/webclient/webclient";

import { readDraft } from "@psa_helpdesk/psa_my_day/lost_line";
import { actionsFor, sayTimes, tellChanges } from "@psa_helpdesk/psa_my_day/my_day_text";
import { finishSectionsRegistry } from "@psa_helpdesk/psa_my_day/psa_finish_sheet";
import { myDayHeadsRegistry, myDayActionsRegistry } from "@psa_helpdesk/psa_my_day/psa_my_day";

defineMailModels();

const NOW = luxon.DateTime.fromISO("2026-03-02T08:00:00Z");
const CALL = {
    key: "call-1", kind: "call", id: 1, number: "V000001", title: "Harbor Dental", customer: "Harbor Dental",
    text: "Printer", start: "2026-03-02 09:00:00", stop: "2026-03-02 10:00:00", estimate: 60, place: "on_site",
    place_word: "On site", address: "1 Elm Street", map_url: "https://maps.example.com/?q=1+Elm+Street",
    phone: "+1 (212) 555-0100", travel: 20, instructions: "", state: "planned", state_word: "Planned",
    step: "leave", changed_by: "Eva", arrived: false,
    tickets: [{ id: 7, number: "T000007", name: "Printer", is_open: true }],
}; // prettier-ignore
const TICKET = {
    key: "ticket-7", kind: "ticket", id: 7, number: "T000007", title: "Printer", customer: "Harbor Dental", text: "Field",
    phone: "", due: false, sla_state: "none", sla_left: 0, priority: "3", priority_word: "Critical", estimate: 90,
    distance: 0, is_timed: false, is_mine: true, assignee: "Joe",
    tickets: [{ id: 7, number: "T000007", name: "Printer", is_open: true }],
}; // prettier-ignore
const dayOf = (sections, values = {}) => ({
    sections: { now: [], next: [], today: [], nearby: [], later: [], ...sections },
    near_id: false,
    left_out: 0,
    waiting: 0,
    is_lead: false,
    ...values,
});

/** The addons of the suite above this one add to the screen; here it stands alone. */
function withoutOthers() {
    const own = new Set(["leave", "begin", "arrive", "finish", "take", "close", "open"]);
    for (const [category, kept] of [[finishSectionsRegistry, new Set(["psa_checklist"])], [myDayHeadsRegistry, new Set()], [myDayActionsRegistry, own]]) {
        patchWithCleanup(category, {
            getAll: () => category.getEntries().filter(([key]) => kept.has(key)).map(([, value]) => value),
        });
    }
}

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

async function mountDay(day) {
    mockTimeZone(+0);
    mockDate("2026-03-02 08:00:00");
    withoutOthers();
    const state = { day };
    onRpc("psa.my.day", "get_day", () => state.day);
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "psa_my_day" });
    await animationFrame();
    return state;
}

test("what happened to the calls is told once and in words", () => {
    allowTranslations();
    mockTimeZone(+0);
    const before = dayOf({ next: [CALL] });
    const moved = { ...CALL, start: "2026-03-02 11:00:00", stop: "2026-03-02 12:00:00" };
    const tell = (after) => tellChanges(before, dayOf(after), NOW).map(({ text }) => String(text));
    expect(tell({ next: [CALL] })).toEqual([]);
    expect(tell({ now: [{ ...CALL, state: "on_the_way" }] })).toEqual([]);
    expect(tell({ next: [moved] })).toEqual(["09:00 moved to 11:00 by Eva, Harbor Dental"]);
    expect(tell({ later: [{ ...CALL, start: "2026-03-03 09:00:00" }] })).toEqual([
        "09:00 moved to Tue 09:00 by Eva, Harbor Dental",
    ]);
    expect(tell({ next: [CALL, { ...moved, key: "call-2" }] })).toEqual(["New service call: 11:00, Harbor Dental"]);
    expect(tell({})).toEqual(["No longer on your day: 09:00, Harbor Dental"]);
    expect(tell({ next: [CALL], today: [TICKET], nearby: [{ ...TICKET, key: "ticket-8", is_mine: false }] })).toEqual([
        "Yours now: T000007 Printer, Harbor Dental",
    ]);
    const there = dayOf({ now: [{ ...CALL, state: "on_site" }] });
    expect(tellChanges(there, dayOf({}), NOW)).toEqual([], { message: "finished by oneself" });
});

test("times carry their day where it is another one", () => {
    mockTimeZone(+0);
    expect(sayTimes(CALL, NOW)).toBe("09:00 – 10:00");
    expect(sayTimes(CALL, NOW.plus({ days: 1 }))).toBe("Mon 09:00 – 10:00");
});

test("a card has one action at each step", () => {
    allowTranslations();
    withoutOthers();
    const first = (values, card = CALL) => actionsFor({ ...card, ...values }, dayOf({}), myDayActionsRegistry.getAll())[0]?.label?.toString();
    expect(first({ step: "leave" })).toBe("Start");
    expect(first({ step: "arrive", state: "on_the_way" })).toBe("Arrive");
    expect(first({ step: "arrive", place: "remote" })).toBe("Start");
    expect(first({ step: "finish" })).toBe("Finish");
    expect(first({ step: "" })).toBe(undefined);
    expect(first({}, TICKET)).toBe("Close");
    expect(first({ assignee: "", is_mine: false }, TICKET)).toBe("Take it");
    expect(first({ assignee: "Nina", is_mine: false }, TICKET)).toBe(undefined);
    expect(first({}, { kind: "task", tickets: [] })).toBe("Open");
});

test("sections in order, with a map, a phone and one button", async () => {
    await mountDay(dayOf({ next: [CALL], today: [TICKET], later: [{ ...CALL, key: "call-9" }] }, { left_out: 3 }));
    expect(queryAllTexts("h2").map((text) => text.split("\n")[0].trim())).toEqual(["Next", "Today", "Later this week"]);
    expect(queryText(".psa_section_next .psa_card_text .fw-bold")).toMatch(/^09:00 – 10:00\s*Harbor Dental$/);
    expect(".psa_section_next .psa_navigate").toHaveAttribute("href", CALL.map_url);
    expect(".psa_section_next .psa_phone").toHaveAttribute("href", "tel:+12125550100");
    expect(".psa_section_next .psa_primary").toHaveText("Start");
    expect(".psa_section_later .psa_day_card").toHaveCount(0, { message: "folded" });
    await click(".psa_section_later .psa_fold");
    await animationFrame();
    expect(".psa_section_later .psa_day_card").toHaveCount(1);
    expect(queryText(".psa_my_day_page")).toInclude("3 more of yours wait or are due later");
});

test("a call that a colleague moves slides in and is said", async () => {
    const state = await mountDay(dayOf({ next: [CALL] }));
    state.day = dayOf({ next: [{ ...CALL, start: "2026-03-02 11:00:00", stop: "2026-03-02 12:00:00" }] });
    getService("bus_service").trigger?.("BUS:RECONNECT");
    await runAllTimers();
    await animationFrame();
    expect(".o_notification_content").toHaveText("09:00 moved to 11:00 by Eva, Harbor Dental");
});

/** Somebody else changes tickets, and the bus says which. */
async function hearOf(ids) {
    const heard = Promise.withResolvers();
    const hear = () => heard.resolve();
    getService("bus_service").subscribe(LIVE_TYPE, hear);
    MockServer.env["bus.bus"]._sendone("broadcast", LIVE_TYPE, { model: "helpdesk.ticket", ids, is_cut: false });
    await heard.promise;
    getService("bus_service").unsubscribe(LIVE_TYPE, hear);
    await animationFrame(); // whose they are is asked first
    await runAllTimers();
    await animationFrame();
}

test("a ticket that somebody gives me comes by itself and is said; those of colleagues cost nothing", async () => {
    const state = await mountDay(dayOf({}));
    await startBusService();
    let mine = 0;
    onRpc("helpdesk.ticket", "search_count", () => mine);
    state.day = dayOf({ today: [TICKET] });
    await hearOf([7]);
    expect(".psa_day_card").toHaveCount(0, { message: "it is not mine" });
    mine = 1;
    await hearOf([7]);
    expect(".psa_day_card").toHaveCount(1);
    expect(".o_notification_content").toHaveText("Yours now: T000007 Printer, Harbor Dental");
    mine = 0;
    state.day = dayOf({ today: [{ ...TICKET, priority_word: "Low", title: "Scanner" }] });
    await hearOf([7]);
    expect(queryText(".psa_day_card")).toInclude("Scanner", { message: "it stands here: read again, whosever it is" });
});

test("what opens another page takes the place of the day without an error", async () => {
    await mountDay(dayOf({ nearby: [{ ...TICKET, is_mine: false }] }, { near_id: 1 }));
    onRpc("psa.service.call", "action_open_nearby", () => ({ type: "ir.actions.client", tag: "psa_test_page" }));
    class Page extends Component {
        static template = xml`<div class="psa_test_page"/>`;
        static props = ["*"];
    }
    registry.category("actions").add("psa_test_page", Page);
    after(() => registry.category("actions").remove("psa_test_page"));
    await click(".psa_section_nearby h2 .btn-link");
    await runAllTimers();
    await animationFrame();
    expect(".psa_test_page").toHaveCount(1);
    expect(".o_error_dialog").toHaveCount(0);
});

test("text that is kept when a sheet is closed is said on its card at once", async () => {
    await mountDay(dayOf({ today: [TICKET] }));
    await click(".psa_section_today .psa_primary");
    await animationFrame();
    await click("#psa_finish_summary");
    await edit("Roller changed");
    await runAllTimers();
    await click(".modal-footer .btn-secondary, .psa_finish_sheet ~ footer .btn-secondary");
    await runAllTimers();
    await animationFrame();
    expect(queryText(".psa_section_today .psa_day_card")).toInclude("Text kept");
});

test("nothing planned offers the next ticket of the queues", async () => {
    const state = await mountDay(dayOf({}, { waiting: 3 }));
    onRpc("psa.my.day", "take_next", () => {
        expect.step("take_next");
        state.day = dayOf({ today: [TICKET] });
        return "T000007";
    });
    expect(".psa_day_empty").toHaveText("Nothing planned.");
    expect(queryText(".psa_take_next")).toBe("Take the next ticket of your queues (3 waiting)");
    await click(".psa_take_next");
    await animationFrame();
    expect.verifySteps(["take_next"]);
    expect(".psa_section_today .psa_day_card").toHaveCount(1);
});

test("the checklist of a call is ticked in its finish sheet", async () => {
    const checklist = [
        { id: 1, name: "Clean rollers", is_done: true },
        { id: 2, name: "Print test page", is_done: false },
        { id: 3, name: "Change toner", is_done: false },
    ];
    await mountDay(dayOf({ now: [{ ...CALL, state: "on_site", step: "finish", checklist }] }));
    onRpc("psa.my.day", "finish", ({ args: [, , values] }) => {
        expect.step(values.ticked);
        return { is_repeated: false, is_closed: false, next: false };
    });
    await click(".psa_primary");
    await animationFrame();
    expect("#psa_finish_line_1").toBeChecked();
    expect("#psa_finish_line_1").not.toBeEnabled();
    for (const id of [2, 3, 3]) {
        await click(`#psa_finish_line_${id}`);
        await animationFrame();
    }
    expect("#psa_finish_line_2").toBeChecked();
    expect("#psa_finish_line_3").not.toBeChecked();
    expect(readDraft("call-1").values.ticked).toEqual([2]);
    await click(".psa_finish_save");
    await animationFrame();
    expect.verifySteps([[2]]);
});

test("without a line the text is kept, and sent again with the same mark", async () => {
    await mountDay(dayOf({ now: [{ ...CALL, state: "on_site", step: "finish" }] }));
    const lost = new Set(["finish"]);
    const tokens = [];
    cutLine(lost, ({ args: [token] }) => tokens.push(token));
    onRpc("psa.my.day", "finish", ({ args: [token, ticketId, values] }) => {
        tokens.push(token);
        expect.step(`${ticketId} ${values.call_id} ${values.summary}`);
        return { is_repeated: false, is_closed: false, next: false };
    });
    await click(".psa_primary");
    await animationFrame();
    await click("#psa_finish_summary");
    await edit("Roller changed");
    await click(".psa_finish_save");
    await animationFrame();
    expect(".psa_finish_sheet .psa_lost_line").toHaveCount(1);
    expect(queryText(".psa_finish_sheet .psa_lost_line")).toInclude("No connection - your text is kept on this phone");
    expect(readDraft("call-1").values.summary).toBe("Roller changed");
    // The phone is put away, and taken out again.
    await click(".modal-footer .btn:contains(Not now)");
    await animationFrame();
    expect(queryText(".psa_section_now .psa_day_card")).toInclude("Text kept here");
    await click(".psa_section_now .psa_primary");
    await animationFrame();
    expect("#psa_finish_summary").toHaveValue("Roller changed");
    lost.clear();
    await click(".psa_finish_save");
    await animationFrame();
    expect.verifySteps(["7 1 Roller changed"]);
    expect(tokens.length).toBe(2);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(readDraft("call-1")).toBe(null);
    expect(".modal").toHaveCount(0);
});

test("a sheet that could not be sent is sent when the line is back", async () => {
    await mountDay(dayOf({ today: [TICKET] }));
    const lost = new Set(["finish"]);
    cutLine(lost);
    onRpc("psa.my.day", "finish", () => {
        expect.step("finish");
        return { is_repeated: false, is_closed: true, next: false };
    });
    await click(".psa_primary");
    await animationFrame();
    await click("#psa_finish_summary");
    await edit("Roller changed");
    await click(".psa_finish_save");
    await animationFrame();
    lost.clear();
    await click(".psa_finish_sheet .psa_retry");
    await animationFrame();
    expect.verifySteps(["finish"]);
    expect(".modal").toHaveCount(0);
});

test("what was typed after a lost answer is not lost", async () => {
    await mountDay(dayOf({ today: [TICKET] }));
    const lost = new Set(["finish"]);
    const tokens = [];
    cutLine(lost, ({ args: [token] }) => tokens.push(token));
    onRpc("psa.my.day", "finish", ({ args: [token, , values] }) => {
        expect.step(values.summary);
        return { is_repeated: tokens.includes(token), is_closed: true, next: false };
    });
    await click(".psa_primary");
    await animationFrame();
    await click("#psa_finish_summary");
    await edit("Roller changed");
    await click(".psa_finish_save");
    await animationFrame();
    lost.clear();
    await click("#psa_finish_summary");
    await edit("Roller and belt changed");
    await click(".psa_finish_save");
    await animationFrame();
    expect(queryText(".psa_finish_sheet .alert-danger")).toInclude("had arrived");
    expect("#psa_finish_summary").toHaveValue("Roller and belt changed");
    await click(".psa_finish_save");
    await animationFrame();
    expect.verifySteps(["Roller and belt changed", "Roller and belt changed"]);
    expect(".modal").toHaveCount(0);
});

test("a photo that was added after a lost answer is not lost", async () => {
    await mountDay(dayOf({ today: [TICKET] }));
    const lost = new Set(["finish"]);
    const tokens = [];
    cutLine(lost, ({ args: [token] }) => tokens.push(token));
    onRpc("psa.my.day", "finish", ({ args: [token, , values] }) => {
        expect.step(`${values.summary}, photos: ${values.photos.length}`);
        return { is_repeated: tokens.includes(token), is_closed: true, next: false };
    });
    const takePhoto = async (name, color) => {
        const canvas = new OffscreenCanvas(4, 3);
        const paint = canvas.getContext("2d");
        paint.fillStyle = color;
        paint.fillRect(0, 0, 4, 3);
        const chosen = new DataTransfer();
        chosen.items.add(new File([await canvas.convertToBlob()], name, { type: "image/png" }));
        const input = queryFirst("#psa_finish_photos");
        input.files = chosen.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        await waitFor(`.psa_finish_sheet img[alt*="${name}"]`);
    };
    await click(".psa_primary");
    await animationFrame();
    await click("#psa_finish_summary");
    await edit("Roller changed");
    await takePhoto("before.png", "red");
    await click(".psa_finish_save");
    await animationFrame();
    lost.clear();
    await takePhoto("after.png", "blue");
    await click(".psa_finish_save");
    await animationFrame();
    expect(queryText(".psa_finish_sheet .alert-danger")).toInclude("had arrived");
    await click(".psa_finish_save");
    await animationFrame();
    expect.verifySteps(["Roller changed, photos: 2", "Roller changed, photos: 1"]);
    expect(".modal").toHaveCount(0);
});

test("a sheet is saved once, however often it is pressed, and asks for what closing needs", async () => {
    await mountDay(dayOf({ today: [TICKET] }));
    onRpc("psa.my.day", "finish", () => {
        expect.step("finish");
        return { is_repeated: false, is_closed: true, next: false };
    });
    await click(".psa_primary");
    await animationFrame();
    expect("#psa_finish_close").toBeChecked();
    await click(".psa_finish_save");
    await animationFrame();
    expect(queryText(".psa_finish_sheet .alert-danger")).toInclude("Say what was done");
    await click("#psa_finish_summary");
    await edit("Roller changed");
    const save = queryFirst(".psa_finish_save");
    save.click();
    save.click();
    await animationFrame();
    expect.verifySteps(["finish"]);
    expect(".o_notification_content").toHaveText("Saved, ticket closed");
});

test("an absent customer neither signs nor sees it solved", async () => {
    await mountDay(dayOf({ now: [{ ...CALL, state: "on_site", step: "finish" }] }));
    await click(".psa_primary");
    await animationFrame();
    await click("#psa_finish_absent");
    await animationFrame();
    expect(".psa_sign").not.toBeEnabled();
    expect("#psa_finish_close").toHaveCount(0);
});

test("the screen without a line says so, and tries again", async () => {
    await mountDay(dayOf({ next: [CALL] }));
    cutLine(new Set(["action_leave"]));
    await click(".psa_primary");
    await animationFrame();
    expect(".psa_my_day_page .psa_lost_line").toHaveCount(1);
    expect(".psa_section_next .psa_day_card").toHaveCount(1, { message: "what was read stays" });
    await click(".psa_retry");
    await animationFrame();
    expect(".psa_lost_line").toHaveCount(0);
});

test("whoever leads sees the team as one list a person", async () => {
    await mountDay(dayOf({}, { is_lead: true }));
    onRpc("psa.my.day", "get_team", () => ({
        day: "2026-03-02 00:00:00",
        rows: [{ id: 2, name: "Joe", planned: 150, capacity: 480, cards: [CALL, TICKET] }],
    }));
    await click(".psa_team_tab");
    await animationFrame();
    expect(queryText(".psa_team_row h2")).toInclude("2:30 of 8:00 planned");
    const lines = queryAllTexts(".psa_team_card");
    expect(lines[0]).toInclude("09:00 – 10:00");
    expect(lines[1]).toInclude("Critical");
    expect(lines[1]).toInclude("Estimate 1:30");
    expect(registry.category("actions").contains("psa_my_day")).toBe(true);
});
