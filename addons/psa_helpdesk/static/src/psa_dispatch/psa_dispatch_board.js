import { Component, markRaw, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { makeDraggableHook } from "@web/core/utils/draggable_hook_builder_owl";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";

import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";
import { PsaLivePill, usePsaLive } from "@psa_crm/psa_live/psa_live";
import { PsaSlaBadge } from "../psa_sla/psa_sla_badge";
import { spellTheirTime } from "../psa_their_time/their_time";
import {
    capacityWithin,
    dayWindow,
    laneAt,
    minutesWithin,
    placeIn,
    rememberLast,
    snap,
    spellMinutes,
    STEP_MINUTES,
    timeAt,
    withGaps,
} from "./board_time";
import { PsaBlockMenu } from "./psa_block_menu";
import { PsaAssignDialog, PsaConflictDialog, PsaSelectionDialog } from "./psa_dispatch_dialogs";

const MODEL = "psa.service.call";
const UNDO_MS = 8000;
const QUEUE_KEY = "psa_dispatch_queue";
const SELECTIONS = "psa.board.selection";
const SELECTION_KEY = "psa_dispatch_selection";
const DRAGGED_TYPE = "psa_dispatch_board/dragged";
// Whoever drags for longer has lost the line.
const DRAGGED_MS = 60000;

const useBoardDraggable = makeDraggableHook({
    name: "usePsaBoardDraggable",
    onWillStartDrag: ({ ctx }) => pick(ctx.current, "element"),
    onDragStart: ({ ctx }) => pick(ctx.current, "element", "elementRect", "initialPosition"),
    onDrag: ({ ctx }) => ({ ...pick(ctx.current, "element"), ...ctx.pointer }),
    onDragEnd: ({ ctx }) => pick(ctx.current, "element"),
    onDrop: ({ ctx }) => ({ ...pick(ctx.current, "element"), ...ctx.pointer }),
});

const span = ([start, stop, label]) => ({
    start: deserializeDateTime(start),
    stop: deserializeDateTime(stop),
    label,
});

/** Dispatcher: who can go where, and when? Tickets on the left, a row for each technician on the right. */
export class PsaDispatchBoard extends Component {
    static template = "psa_helpdesk.PsaDispatchBoard";
    static components = { Layout, PsaLivePill, PsaSlaBadge };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.clock = usePsaClock();
        this.root = useRef("root");
        // Who comes from a queue sees that queue; its own choice is remembered.
        const { psa_mode: mode, psa_queue: queue } = this.props.action.context || {};
        this.state = useState({
            day: this.clock.now.startOf("day"),
            mode: mode || "day",
            allHours: false,
            search: "",
            queue: queue || browser.localStorage.getItem(QUEUE_KEY) || "",
            skill: "",
            selections: [],
            selectionId: Number(browser.localStorage.getItem(SELECTION_KEY)) || 0,
            chosenIds: null,
            isListOpen: true,
            tab: "calls",
            technicianId: false,
            ticketId: false,
            technicians: [],
            calls: [],
            tickets: [],
            ticketTotal: 0,
            ghost: null,
            dragged: markRaw({}),
            card: null,
            said: "",
        });
        this.isDragging = false;
        // Asked for each block, and found by looking at all of them.
        this.findWindow = rememberLast(dayWindow);
        this.live = usePsaLive({
            models: () => [MODEL, "helpdesk.ticket"],
            reload: () => this.load(),
            isBusy: () => this.isDragging,
        });
        onWillStart(() => this.load());
        onWillUnmount(() => this.settleCard());
        this.menu = usePopover(PsaBlockMenu, {
            useBottomSheet: this.env.isSmall,
            position: "bottom-start",
            arrow: false,
            onClose: () => {
                this.menuTarget.focus(); // keys go on where they were
                this.live.settleSoon();
            },
        });
        this.setupDrag();
        this.setupDragged();
    }

    setupDrag() {
        useBoardDraggable({
            ref: this.root,
            elements: ".psa_draggable",
            cursor: "grabbing",
            enable: () => !this.env.isSmall,
            onDragStart: ({ element, elementRect, initialPosition }) => {
                this.isDragging = true;
                this.sayDragged(element, true);
                // A block keeps its beginning as far from the pointer as it was grabbed; a ticket begins at the pointer.
                const edge = localization.direction === "rtl" ? elementRect.right : elementRect.left;
                this.grabbed = element.dataset.callId ? initialPosition.x - edge : 0;
            },
            onDrag: ({ x, y }) => this.showGhost(x, y),
            onDrop: ({ element, x, y }) => this.drop(element, x, y),
            onDragEnd: ({ element }) => {
                this.isDragging = false;
                this.sayDragged(element, false);
                this.state.ghost = null;
                this.live.settleSoon();
            },
        });
    }

    /** What another dispatcher holds has an outline and the name, until it is dropped. */
    setupDragged() {
        const bus = useService("bus_service");
        const hear = (news) => this.hearDragged(news);
        this.draggedTimers = {};
        onMounted(() => bus.subscribe(DRAGGED_TYPE, hear));
        onWillUnmount(() => {
            bus.unsubscribe(DRAGGED_TYPE, hear);
            Object.values(this.draggedTimers).forEach((timer) => browser.clearTimeout(timer));
        });
    }

    sayDragged(element, isDragged) {
        const { callId, ticketId } = element.dataset;
        const args = [callId ? "call" : "ticket", Number(callId || ticketId), isDragged];
        // Without a line the others see no outline; the drop itself says what is wrong.
        this.orm.silent.call(MODEL, "psa_board_drag", args).catch(() => {});
    }

    hearDragged(news) {
        if (news.user_id === user.userId) {
            return;
        }
        const key = `${news.kind}-${news.id}`;
        const dragged = { ...this.state.dragged };
        delete dragged[key];
        browser.clearTimeout(this.draggedTimers[key]);
        if (news.is_dragged) {
            dragged[key] = news.name;
            const gone = { ...news, is_dragged: false };
            this.draggedTimers[key] = browser.setTimeout(() => this.hearDragged(gone), DRAGGED_MS);
        }
        this.state.dragged = markRaw(dragged);
    }

    holderOf(kind, record) {
        return this.state.dragged[`${kind}-${record.id}`];
    }

    // Reading

    get range() {
        const start = this.state.mode === "week" ? this.state.day.startOf("week") : this.state.day;
        return { start, stop: start.plus({ days: this.state.mode === "week" ? 7 : 1 }) };
    }

    async load() {
        const { start, stop } = this.range;
        const asked = (this.asked = {});
        const data = await this.orm.call(MODEL, "psa_board_read", [serializeDateTime(start), serializeDateTime(stop)]);
        if (asked !== this.asked) {
            return; // another day was asked for meanwhile
        }
        // Raw: what was read is replaced as a whole, and watching each moment of hundreds of blocks takes seconds.
        this.state.technicians = markRaw(
            data.technicians.map((row) => ({
                ...row,
                work: row.work.map(span),
                leaves: row.leaves.map(span),
                busy: row.busy.map(span),
                worked: data.worked.filter(([id]) => id === row.id).map(([, ...part]) => span(part)),
                duties: data.on_call.filter(([id]) => id === row.id).map(([, ...part]) => span(part)),
            }))
        );
        this.state.selections = markRaw(data.selections);
        this.state.calls = markRaw(data.calls.map((call) => ({ ...call, ...span([call.start, call.stop]) })));
        this.state.tickets = markRaw(
            data.tickets.map((ticket) => ({ ...ticket, due: ticket.due && deserializeDateTime(ticket.due) }))
        );
        this.state.ticketTotal = data.ticket_total;
        if (!this.state.technicians.some((row) => row.id === this.state.technicianId)) {
            // A phone shows one of them: who has something to do.
            const { technicians } = this.state;
            const first = technicians.find((row) => this.callsOf(row).length) || technicians[0];
            this.state.technicianId = first?.id || false;
        }
    }

    // What is shown

    get queues() {
        return [...new Set(this.state.technicians.flatMap((row) => row.queues))].sort();
    }

    get skills() {
        const { technicians, tickets } = this.state;
        const known = technicians.flatMap((row) => row.skills.map((skill) => skill.name));
        return [...new Set([...known, ...tickets.flatMap((ticket) => ticket.skills)])].sort();
    }

    get selection() {
        return this.state.selections.find((each) => each.id === this.state.selectionId);
    }

    /** The technicians chosen to be seen, null: all of them. */
    get chosenIds() {
        return this.selection?.technician_ids || this.state.chosenIds;
    }

    get rows() {
        const { queue, skill } = this.state;
        const chosen = this.chosenIds;
        return this.state.technicians.filter(
            (row) =>
                (!queue || row.queues.includes(queue)) &&
                (!skill || row.skills.some((each) => each.name === skill)) &&
                (!chosen || chosen.includes(row.id))
        );
    }

    get cards() {
        const wanted = this.state.search.trim().toLowerCase();
        return this.state.tickets.filter(
            (ticket) =>
                (!this.state.queue || ticket.queue === this.state.queue) &&
                (!this.state.skill || ticket.skills.includes(this.state.skill)) &&
                (!wanted || `${ticket.number} ${ticket.name} ${ticket.customer}`.toLowerCase().includes(wanted))
        );
    }

    get window() {
        return this.findWindow(this.state.day, this.state.calls, this.state.allHours);
    }

    get hours() {
        const { start, stop } = this.window;
        const count = Math.round((stop - start) / 3600000);
        return [...Array(count).keys()].map((index) => start.plus({ hours: index }));
    }

    get days() {
        const { start } = this.range;
        return [...Array(this.state.mode === "week" ? 7 : 1).keys()].map((index) => start.plus({ days: index }));
    }

    get title() {
        return this.state.mode === "week"
            ? _t("Week %(week)s, from %(day)s", {
                  week: this.state.day.weekNumber,
                  day: this.range.start.toLocaleString(luxon.DateTime.DATE_MED),
              })
            : this.state.day.toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }

    get nowStyle() {
        const { start, stop } = this.window;
        const { now } = this.clock;
        if (now < start || now > stop) {
            return false;
        }
        return `inset-inline-start: ${((now - start) / (stop - start)) * 100}%`;
    }

    style(part) {
        const place = placeIn(part, this.window);
        return place ? `inset-inline-start: ${place.left}%; width: ${place.width}%` : "display: none";
    }

    callsOf(row, day = this.state.day) {
        const stop = day.plus({ days: 1 });
        return this.state.calls.filter(
            (call) => call.technician_ids.includes(row.id) && call.start < stop && call.stop > day
        );
    }

    loadOf(row, day = this.state.day) {
        const window = { start: day.startOf("day"), stop: day.startOf("day").plus({ days: 1 }) };
        const booked = minutesWithin(this.callsOf(row, window.start), window);
        const capacity = capacityWithin(row.work, row.leaves, window);
        return {
            booked,
            capacity,
            words: _t("%(booked)s of %(capacity)s", {
                booked: spellMinutes(booked),
                capacity: spellMinutes(capacity),
            }),
            percent: capacity ? Math.min(100, Math.round((booked / capacity) * 100)) : booked ? 100 : 0,
            isOver: booked > capacity,
        };
    }

    /** "Networks, Printers" in the row, with the levels behind it; the queues where no skills are known. */
    sayAbilities(row, isLong = false) {
        const skills = row.skills.map((skill) =>
            isLong && skill.level ? _t("%(skill)s (%(level)s)", { skill: skill.name, level: skill.level }) : skill.name
        );
        const parts = isLong ? [...row.queues, ...skills] : skills.length ? skills : row.queues;
        return parts.join(", ");
    }

    /** When a technician is on call in the days shown, "" for who is not. */
    sayDuties(row) {
        const { start, stop } = this.range;
        return row.duties
            .filter((duty) => duty.start < stop && duty.stop > start)
            .map((duty) =>
                _t("On call %(start)s to %(stop)s: %(step)s", {
                    start: duty.start.toFormat("ccc HH:mm"),
                    stop: duty.stop.toFormat("ccc HH:mm"),
                    step: duty.label,
                })
            )
            .join(", ");
    }

    sayWorked(part) {
        return _t("Worked %(start)s to %(stop)s", {
            start: part.start.toFormat("HH:mm"),
            stop: part.stop.toFormat("HH:mm"),
        });
    }

    get phoneRow() {
        return this.state.technicians.find((technician) => technician.id === this.state.technicianId);
    }

    get phoneRows() {
        const row = this.phoneRow;
        if (!row) {
            return [];
        }
        const day = { start: this.state.day, stop: this.state.day.plus({ days: 1 }) };
        return withGaps(this.callsOf(row), row.work, day);
    }

    sayTimes(part) {
        return `${part.start.toFormat("HH:mm")} – ${part.stop.toFormat("HH:mm")}`;
    }

    /** What the customer's clock shows when the call begins, nothing where it is the same time there. */
    sayTheirTime(call) {
        const time = spellTheirTime(call.start, call.customer_zone);
        return time && _t("their %(time)s", { time });
    }

    sayCall(call, row) {
        return _t("%(call)s %(customer)s, %(start)s to %(stop)s, %(technician)s, %(stage)s", {
            call: call.number,
            customer: call.customer,
            start: call.start.toFormat("HH:mm"),
            stop: call.stop.toFormat("HH:mm"),
            technician: row.name,
            stage: call.state_word,
        });
    }

    /** All that a block has no room for. */
    sayBlock(call, row) {
        return [this.sayCall(call, row), this.sayTheirTime(call), call.title].filter(Boolean).join(" · ");
    }

    /** The look of a block: dashed while it is only planned, solid when it is confirmed. */
    look(call) {
        return {
            planned: "psa_block_planned bg-info-subtle text-info-emphasis",
            confirmed: "bg-info-subtle text-info-emphasis",
            on_the_way: "text-bg-info",
            on_site: "text-bg-info",
            done: "bg-success-subtle text-success-emphasis",
            absent: "bg-warning-subtle text-warning-emphasis",
        }[call.state];
    }

    // Going about

    async show(values) {
        Object.assign(this.state, values);
        await this.load();
    }

    step(count) {
        return this.show({ day: this.state.day.plus({ days: this.state.mode === "week" ? 7 * count : count }) });
    }

    today() {
        return this.show({ day: this.clock.now.startOf("day") });
    }

    onQueueChange(ev) {
        this.state.queue = ev.target.value;
        browser.localStorage.setItem(QUEUE_KEY, ev.target.value);
    }

    onTechnicianChange(ev) {
        this.state.technicianId = Number(ev.target.value);
    }

    onSelectionChange(ev) {
        const { value } = ev.target;
        if (value === "choose") {
            ev.target.value = this.selectionValue;
            return this.chooseTechnicians();
        }
        return this.choose(Number(value) || 0);
    }

    get selectionValue() {
        return String(this.selection?.id || (this.state.chosenIds ? "chosen" : ""));
    }

    choose(selectionId, chosenIds = null) {
        Object.assign(this.state, { selectionId, chosenIds });
        browser.localStorage.setItem(SELECTION_KEY, selectionId || "");
    }

    chooseTechnicians() {
        const { selection } = this;
        this.dialog.add(PsaSelectionDialog, {
            technicians: this.state.technicians.map((row) => pick(row, "id", "name")),
            ids: this.chosenIds || this.state.technicians.map((row) => row.id),
            name: selection?.name || "",
            show: (name, ids) => this.keepSelection(name, ids),
            remove: selection && (() => this.removeSelection(selection)),
        });
    }

    /** Show these technicians, and keep them for another time where they have a name. */
    async keepSelection(name, ids) {
        if (!name) {
            return this.choose(0, ids);
        }
        const values = { name, technician_ids: [[6, 0, ids]] };
        const known = this.state.selections.find((each) => each.name === name);
        const [id] = known
            ? (await this.orm.write(SELECTIONS, [known.id], values)) && [known.id]
            : await this.orm.create(SELECTIONS, [values]);
        await this.load();
        return this.choose(id);
    }

    async removeSelection(selection) {
        await this.orm.unlink(SELECTIONS, [selection.id]);
        this.choose(0);
        return this.load();
    }

    openCall(call) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: call.id,
            views: [[false, "form"]],
        });
    }

    openTicket(ticket) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    // Dragging

    /** The technician and time under the pointer, or null. */
    aim(x, y) {
        const lane = laneAt(x, y, this.root.el.querySelectorAll(".psa_lane"));
        if (!lane) {
            return null;
        }
        const technicianId = Number(lane.dataset.technicianId);
        if (lane.dataset.day) {
            return { technicianId, day: luxon.DateTime.fromISO(lane.dataset.day) };
        }
        const isRtl = localization.direction === "rtl";
        const start = timeAt(x - this.grabbed, lane.getBoundingClientRect(), this.window, isRtl);
        return { technicianId, start };
    }

    showGhost(x, y) {
        const aim = this.aim(x, y);
        this.state.ghost = aim?.start ? { ...aim, words: aim.start.toFormat("HH:mm") } : null;
    }

    drop(element, x, y) {
        const aim = this.aim(x, y);
        if (!aim) {
            return;
        }
        const { ticketId, callId, technicianId } = element.dataset;
        const ticket = this.state.tickets.find((each) => each.id === Number(ticketId));
        const call = this.state.calls.find((each) => each.id === Number(callId));
        if (aim.day) {
            const start = call ? aim.day.set(pick(call.start, "hour", "minute")) : aim.day.set({ hour: 9 });
            this.ask(ticket, call, { technicianId: aim.technicianId, start, old: Number(technicianId) });
        } else if (ticket) {
            this.book(ticket, { technicianId: aim.technicianId, start: aim.start, minutes: 60 });
        } else if (call) {
            this.move(call, Number(technicianId), { ...aim, minutes: (call.stop - call.start) / 60000 });
        }
    }

    // Without dragging

    /** Ask who and when; `old` is the technician from whose row a call is taken. */
    ask(ticket, call, { technicianId, start, old }) {
        this.dialog.add(PsaAssignDialog, {
            title: ticket ? `${ticket.number} ${ticket.name}` : `${call.number} ${call.customer}`,
            technicians: this.state.technicians.map((row) => pick(row, "id", "name")),
            technicianId: technicianId || undefined,
            ticketId: ticket?.id,
            start,
            minutes: call ? (call.stop - call.start) / 60000 : 60,
            confirmLabel: ticket ? _t("Book service call") : _t("Move service call"),
            confirm: (plan) => (ticket ? this.book(ticket, plan) : this.move(call, old, plan)),
        });
    }

    assign(ticket) {
        this.state.ticketId = ticket.id;
        const now = this.clock.now;
        const isToday = this.state.day.hasSame(now, "day");
        const start = isToday ? snap(now.plus({ minutes: STEP_MINUTES })) : this.state.day.set({ hour: 9 });
        this.ask(ticket, null, { start, technicianId: this.env.isSmall && this.state.technicianId });
    }

    // The menu of a block

    openMenu(target, call, row) {
        this.menuTarget = target;
        this.menu.open(target, {
            label: this.sayCall(call, row),
            entries: this.entriesOf(call, row),
            close: () => this.menu.close(), // the sheet of a phone gives none
        });
    }

    /** What can be done with a call: who may not plan it opens it. */
    entriesOf(call, row) {
        const entries = [
            { label: _t("Open service call"), run: () => this.openCall(call) },
            ...call.tickets.map((ticket) => ({
                label: _t("Open ticket %(ticket)s", { ticket: ticket.number }),
                run: () => this.openTicket(ticket),
            })),
        ];
        if (call.can_plan) {
            entries.push(
                { label: _t("Change time or technician"), run: () => this.reassign(call, row) },
                { label: _t("Cancel with a reason"), run: () => this.cancel(call) }
            );
        }
        return entries;
    }

    async cancel(call) {
        const action = await this.orm.call(MODEL, "action_cancel", [[call.id]]);
        await this.action.doAction({ ...action, views: [[false, "form"]] }, { onClose: () => this.load() });
    }

    /** A finger has no right button, and no keys: it gets the menu. */
    onBlockClick(ev, call, row) {
        return ev.pointerType === "touch" ? this.openMenu(ev.currentTarget, call, row) : this.openCall(call);
    }

    reassign(call, row) {
        if (call.can_plan) {
            this.ask(null, call, { technicianId: row.id, old: row.id, start: call.start });
        }
    }

    suggest() {
        const ticket = this.cards.find((each) => each.id === this.state.ticketId);
        return ticket && this.assign(ticket);
    }

    onCardKeydown(ev, ticket) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.assign(ticket);
        }
    }

    /** Shift and arrows: a quarter of an hour, or a row, the twin of each drag. Shift+F10: the menu. */
    onBlockKeydown(ev, call, row) {
        if (ev.key === "ContextMenu" || (ev.shiftKey && ev.key === "F10")) {
            ev.preventDefault();
            this.openMenu(ev.currentTarget, call, row);
            return;
        }
        if (!ev.shiftKey || !ev.key.startsWith("Arrow") || !call.can_plan) {
            return;
        }
        ev.preventDefault();
        const minutes = (call.stop - call.start) / 60000;
        if (["ArrowLeft", "ArrowRight"].includes(ev.key)) {
            const forward = localization.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
            const shift = ev.key === forward ? STEP_MINUTES : -STEP_MINUTES;
            this.move(call, row.id, { technicianId: row.id, start: call.start.plus({ minutes: shift }), minutes });
            return;
        }
        const index = this.rows.findIndex((each) => each.id === row.id) + (ev.key === "ArrowDown" ? 1 : -1);
        const target = this.rows[index];
        if (target) {
            this.move(call, row.id, { technicianId: target.id, start: call.start, minutes });
        }
    }

    // Booking

    async book(ticket, plan, reason = null) {
        const args = [ticket.id, plan.technicianId, serializeDateTime(plan.start), plan.minutes, reason];
        const answer = await this.orm.call(MODEL, "psa_board_book", args);
        if (answer.conflicts) {
            return this.settle(answer.conflicts, (why) => this.book(ticket, plan, why));
        }
        await this.load();
        const undo = () => this.orm.call(MODEL, "psa_board_unbook", [[answer.call], !ticket.assignee]);
        this.tell(answer.call, plan, (facts) => _t("%(call)s booked: %(technician)s, %(when)s, %(duration)s", facts), undo);
    }

    async move(call, old, plan, reason = null) {
        const before = { technicianId: old, start: call.start, minutes: (call.stop - call.start) / 60000 };
        const send = (from, to, why) =>
            this.orm.call(MODEL, "psa_board_move", [
                [call.id], from, to.technicianId, serializeDateTime(to.start), to.minutes, why,
            ]); // prettier-ignore
        if (old === plan.technicianId && +call.start === +plan.start && before.minutes === plan.minutes) {
            return;
        }
        const answer = await send(old, plan, reason);
        if (answer.conflicts) {
            return this.settle(answer.conflicts, (why) => this.move(call, old, plan, why));
        }
        await this.load();
        const undo = () => send(plan.technicianId, before, _t("Taken back"));
        this.tell(call.id, plan, (facts) => _t("%(call)s moved: %(technician)s, %(when)s, %(duration)s", facts), undo);
        this.focus(call.id, plan.technicianId);
    }

    settle(conflicts, confirm) {
        this.say(conflicts.join(" "));
        this.dialog.add(PsaConflictDialog, { conflicts, confirm });
    }

    /**
     * The card at the side: what was done, who shall hear of it, and for eight seconds the way back. The server holds
     * back what it has to tell until the card is gone; moving one call about is told once.
     */
    tell(callId, plan, phrase, undo) {
        const call = this.state.calls.find((each) => each.id === callId);
        const row = this.state.technicians.find((each) => each.id === plan.technicianId);
        const words = phrase({
            call: call ? `${call.number} ${call.customer}` : "",
            technician: row?.name || "",
            when: plan.start.toFormat("ccc d MMM HH:mm"),
            duration: spellMinutes(plan.minutes),
        });
        const before = this.state.card;
        const isSame = before?.callId === callId;
        if (before && !isSame) {
            this.settleCard();
        }
        const tellsTechnician = isSame ? before.tellsTechnician : true;
        this.state.card = { callId, words, undo, canTell: Boolean(call?.has_contact), isTold: false, tellsTechnician };
        this.say(words);
        browser.clearTimeout(this.cardTimer);
        this.cardTimer = browser.setTimeout(() => this.settleCard(), UNDO_MS);
    }

    /** The card goes, and what the server held back is told. */
    settleCard() {
        const { card } = this.state;
        browser.clearTimeout(this.cardTimer);
        this.state.card = null;
        return card && this.settleCall(card);
    }

    settleCall({ callId, tellsTechnician }) {
        return this.orm.silent.call(MODEL, "psa_board_settle", [[callId], tellsTechnician]);
    }

    async undo() {
        const { card } = this.state;
        browser.clearTimeout(this.cardTimer);
        this.state.card = null;
        await card.undo();
        await this.settleCall(card);
        this.say(_t("Taken back"));
        await this.load();
    }

    async tellCustomer() {
        const { card } = this.state;
        card.isTold = true;
        await this.orm.call(MODEL, "action_tell_customer", [[card.callId]]);
    }

    say(words) {
        this.state.said = words;
    }

    focus(callId, technicianId) {
        browser.requestAnimationFrame(() =>
            this.root.el
                ?.querySelector(`.psa_block[data-call-id="${callId}"][data-technician-id="${technicianId}"]`)
                ?.focus()
        );
    }
}

registry.category("actions").add("psa_dispatch_board", PsaDispatchBoard);
