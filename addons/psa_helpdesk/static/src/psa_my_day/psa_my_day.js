import { Component, onMounted, onWillStart, onWillUnmount, status, useExternalListener, useState } from "@odoo/owl";
import { formatDuration } from "@psa_crm/psa_duration/duration_text";
import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";
import { LIVE_TYPE } from "@psa_crm/psa_live/psa_live";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { PsaSlaBadge } from "../psa_sla/psa_sla_badge";
import { readDraft, usePsaLine } from "./lost_line";
import { actionsFor, sayMoment, sayTimes, tellChanges, ticketIdsOf } from "./my_day_text";
import { PsaFinishSheet } from "./psa_finish_sheet";

const RELOAD_MS = 300;
const FRESH_MS = 2000;

/**
 * What can be done with a card: { label, icon, isShown(card, day), run(card, screen) }, in the order of their sequence.
 * The first that is shown is the one button of the card. Other addons add theirs.
 */
export const myDayActionsRegistry = registry.category("psa_my_day_actions");
/** Components on top of the day, with the prop `day`. */
export const myDayHeadsRegistry = registry.category("psa_my_day_heads");

/** Technician: what must I do next? And whoever leads the team: who does what today? */
export class PsaMyDay extends Component {
    static template = "psa_helpdesk.PsaMyDay";
    static components = { Layout, PsaSlaBadge };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.clock = usePsaClock();
        const { line, state } = usePsaLine(() => this.reload());
        this.line = line;
        this.lineState = state;
        this.state = useState({
            day: null,
            team: null,
            tab: "mine",
            busy: "",
            fresh: [],
            isLaterOpen: false,
            said: "",
        });
        this.reloadSoon = debounce(() => this.reload(true), RELOAD_MS);
        onWillStart(() => this.load());
        const followTickets = (message) => this.followTickets(message);
        onMounted(() => {
            this.bus.subscribe("psa_my_day/changed", this.reloadSoon);
            this.bus.subscribe(LIVE_TYPE, followTickets);
        });
        onWillUnmount(() => {
            this.bus.unsubscribe("psa_my_day/changed", this.reloadSoon);
            this.bus.unsubscribe(LIVE_TYPE, followTickets);
            this.reloadSoon.cancel();
            browser.clearTimeout(this.freshTimer);
        });
        useBus(this.bus, "BUS:RECONNECT", () => this.reloadSoon());
        // A phone that comes out of the pocket shows the day as it is now.
        useExternalListener(document, "visibilitychange", () => document.hidden || this.reloadSoon());
    }

    // Reading

    async load() {
        try {
            this.state.day = await this.orm.call("psa.my.day", "get_day", []);
            this.line.worked();
        } catch (error) {
            if (!this.line.failed(error)) {
                throw error;
            }
        }
    }

    /** Read again. @param {boolean} isNews whether others may have changed something, so that it is told */
    async reload(isNews = false) {
        const before = this.state.day;
        await this.load();
        if (this.state.tab === "team") {
            await this.loadTeam();
        }
        if (isNews && before && this.state.day) {
            this.tell(tellChanges(before, this.state.day, this.clock.now));
        }
    }

    /** A ticket of this day changed, or has become one of it; those of the colleagues are none of our business. */
    async followTickets({ model, ids, is_cut: isCut }) {
        if (model !== "helpdesk.ticket" || document.hidden || !this.state.day) {
            return;
        }
        const shown = ticketIdsOf(this.state.day);
        const mine = [["id", "in", ids], ["user_id", "=", user.userId]];
        if (
            isCut ||
            ids.some((id) => shown.has(id)) ||
            (await this.orm.silent.searchCount("helpdesk.ticket", mine, { limit: 1 }))
        ) {
            this.reloadSoon();
        }
    }

    async loadTeam() {
        this.state.team = await this.orm.call("psa.my.day", "get_team", []);
    }

    async showTab(tab) {
        if (tab === "team" && !this.state.team) {
            await this.loadTeam();
        }
        this.state.tab = tab;
    }

    /** New and moved calls slide in, and are said. */
    tell(changes) {
        for (const { text } of changes) {
            this.notification.add(text, { type: "info" });
        }
        this.state.said = changes.map(({ text }) => text).join(". ");
        this.state.fresh = changes.map(({ key }) => key);
        browser.clearTimeout(this.freshTimer);
        this.freshTimer = browser.setTimeout(() => (this.state.fresh = []), FRESH_MS);
    }

    // What is shown

    get heads() {
        return myDayHeadsRegistry.getAll();
    }

    get sections() {
        const names = {
            now: _t("Now"),
            next: _t("Next"),
            today: _t("Today"),
            nearby: _t("Nearby"),
            later: _t("Later this week"),
        };
        return Object.entries(names)
            .map(([name, title]) => ({ name, title, cards: this.state.day.sections[name] || [] }))
            .filter(({ cards }) => cards.length);
    }

    get isEmpty() {
        const { now, next, today } = this.state.day.sections;
        return ![now, next, today].some((cards) => cards?.length);
    }

    actions(card) {
        return actionsFor(card, this.state.day, myDayActionsRegistry.getAll());
    }

    hasDraft(card) {
        return Boolean(readDraft(card.key));
    }

    sayWhen(card) {
        if (card.kind === "call") {
            return sayTimes(card, this.clock.now);
        }
        return card.due ? _t("due %s", sayMoment(card.due, this.clock.now)) : "";
    }

    sayEstimate(card) {
        return card.estimate ? _t("Estimate %s", formatDuration(card.estimate)) : "";
    }

    sayTravel(card) {
        return _t("Travel: %s min", card.travel);
    }

    sayDistance(card) {
        return _t("%s km", card.distance);
    }

    sayWaiting() {
        return _t("Take the next ticket of your queues (%s waiting)", this.state.day.waiting);
    }

    sayLeftOut() {
        return _t("%s more of yours wait or are due later", this.state.day.left_out);
    }

    sayPlanned(row) {
        return _t("%(planned)s of %(capacity)s planned", {
            planned: formatDuration(row.planned),
            capacity: formatDuration(row.capacity),
        });
    }

    due(card) {
        return card.due && deserializeDateTime(card.due);
    }

    phoneLink(card) {
        return `tel:${card.phone.replace(/[^+0-9]/g, "")}`;
    }

    // Doing

    /** Run an action of a card once, whatever the thumb does. */
    async run(action, card) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = card.key;
        try {
            await action.run(card, this);
        } catch (error) {
            if (!this.line.failed(error)) {
                throw error;
            }
        } finally {
            this.state.busy = "";
        }
    }

    /** Press a button of a record, and read again; what it opens may take the place of this screen. */
    async press(model, method, id) {
        const next = await this.orm.call(model, method, [[id]]);
        return next ? this.action.doAction(next, { onClose: () => this.reload() }) : this.reload();
    }

    openSheet(card, isClosing = false) {
        // Closed without saving, the text stays: the card says so at once.
        const onClose = () => status(this) !== "destroyed" && this.render(true);
        this.dialog.add(PsaFinishSheet, { card, isClosing, onDone: () => this.reload() }, { onClose });
    }

    open(card) {
        const models = { call: "psa.service.call", ticket: "helpdesk.ticket", task: "project.task" };
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: models[card.kind],
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    openMine() {
        return this.action.doAction("psa_helpdesk.psa_ticket_action");
    }

    openNearby() {
        return this.press("psa.service.call", "action_open_nearby", this.state.day.near_id);
    }

    async takeNext() {
        const number = await this.orm.call("psa.my.day", "take_next", []);
        const said = number ? _t("%s is yours", number) : _t("A colleague was faster: no ticket waits any more.");
        this.notification.add(said, { type: number ? "success" : "info" });
        await this.reload();
    }
}

registry.category("actions").add("psa_my_day", PsaMyDay);

myDayActionsRegistry
    .add(
        "leave",
        {
            label: _t("Start"),
            icon: "fa-car",
            isShown: (card) => card.step === "leave",
            run: (card, screen) => screen.press("psa.service.call", "action_leave", card.id),
        },
        { sequence: 10 }
    )
    .add(
        // Nobody sets out for work that is done from the desk.
        "begin",
        {
            label: _t("Start"),
            icon: "fa-play",
            isShown: (card) => card.step === "arrive" && card.state !== "on_the_way",
            run: (card, screen) => screen.press("psa.service.call", "action_arrive", card.id),
        },
        { sequence: 18 }
    )
    .add(
        "arrive",
        {
            label: _t("Arrive"),
            icon: "fa-map-marker",
            isShown: (card) => card.step === "arrive" && card.state === "on_the_way",
            run: (card, screen) => screen.press("psa.service.call", "action_arrive", card.id),
        },
        { sequence: 20 }
    )
    .add(
        "finish",
        {
            label: _t("Finish"),
            icon: "fa-flag-checkered",
            isShown: (card) => card.step === "finish",
            run: (card, screen) => screen.openSheet(card),
        },
        { sequence: 30 }
    )
    .add(
        "take",
        {
            label: _t("Take it"),
            icon: "fa-hand-paper-o",
            isShown: (card) => card.kind === "ticket" && !card.assignee,
            run: (card, screen) => screen.press("helpdesk.ticket", "action_take", card.id),
        },
        { sequence: 40 }
    )
    .add(
        "close",
        {
            label: _t("Close"),
            icon: "fa-check",
            isShown: (card) => card.kind === "ticket" && card.is_mine && !card.is_timed,
            run: (card, screen) => screen.openSheet(card, true),
        },
        { sequence: 90 }
    )
    .add(
        "open",
        {
            label: _t("Open"),
            icon: "fa-arrow-right",
            isShown: (card) => card.kind === "task",
            run: (card, screen) => screen.open(card),
        },
        { sequence: 100 }
    );
