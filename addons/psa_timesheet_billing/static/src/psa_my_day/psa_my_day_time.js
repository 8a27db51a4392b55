import { Component, useState } from "@odoo/owl";
import { formatDuration } from "@psa_crm/psa_duration/duration_text";
import { myDayActionsRegistry, myDayHeadsRegistry } from "@psa_helpdesk/psa_my_day/psa_my_day";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** How much time is entered today, what is missing of the last working day, and what waits for a line. */
export class PsaMyDayTime extends Component {
    static template = "psa_timesheet_billing.PsaMyDayTime";
    static props = { day: Object, screen: Object };

    setup() {
        this.timer = useService("psa_timer");
        this.timerState = useState(this.timer.state);
        this.action = useService("action");
    }

    get time() {
        return this.props.day.time;
    }

    get entered() {
        const facts = { entered: formatDuration(this.time.entered), expected: formatDuration(this.time.expected) };
        return this.time.expected
            ? _t("Entered today: %(entered)s of %(expected)s", facts)
            : _t("Entered today: %(entered)s", facts);
    }

    get percent() {
        const { entered, expected } = this.time;
        return expected ? Math.min(100, Math.round((100 * entered) / expected)) : 0;
    }

    get missing() {
        const { minutes, day, is_yesterday } = this.time.missing;
        const facts = { missing: formatDuration(minutes), day };
        return is_yesterday
            ? _t("Yesterday: %(missing)s missing", facts)
            : _t("%(day)s: %(missing)s missing", facts);
    }

    get waiting() {
        return _t("Timer buttons kept on this phone: %s", this.timerState.waiting);
    }

    openTime() {
        return this.action.doAction("psa_timesheet_billing.psa_time_action");
    }

    async send() {
        if (await this.timer.send()) {
            await this.props.screen.reload();
        }
    }
}

myDayHeadsRegistry.add("time", PsaMyDayTime, { sequence: 10 });

const timerOf = (screen) => screen.env.services.psa_timer;

/** Start the timer on a ticket of a card; without a line it counts from now on, by the clock of the phone. */
async function start(card, screen, ticket = card) {
    await timerOf(screen).start(ticket.id, { number: ticket.number, name: ticket.title || ticket.name, customer: card.customer });
    await screen.reload();
}

const isTimed = (card, day) => card.tickets.some((ticket) => ticket.id === day.time?.running_ticket_id);
const isMine = (card, day) => Boolean(day.time) && card.kind === "ticket" && card.is_mine && !card.is_timed;

myDayActionsRegistry
    .add(
        "timer_stop",
        {
            label: _t("Stop"),
            icon: "fa-stop",
            isShown: (card) => card.kind === "ticket" && card.is_timed,
            run: (card, screen) => screen.openSheet(card),
        },
        { sequence: 15 }
    )
    .add(
        "timer_start",
        {
            label: _t("Start"),
            icon: "fa-play",
            isShown: (card, day) => isMine(card, day) && !card.entered,
            run: start,
        },
        { sequence: 50 }
    )
    .add(
        "timer_start_call",
        {
            label: _t("Start timer"),
            icon: "fa-play",
            isShown: (card, day) =>
                Boolean(day.time) && card.step === "finish" && !isTimed(card, day) && card.tickets.some((ticket) => ticket.is_open),
            run: (card, screen) =>
                start(
                    card,
                    screen,
                    card.tickets.find((ticket) => ticket.is_open)
                ),
        },
        { sequence: 60 }
    )
    .add(
        "timer_again",
        {
            label: _t("Start again"),
            icon: "fa-play",
            isShown: (card, day) => isMine(card, day) && card.entered > 0,
            run: start,
        },
        { sequence: 95 }
    )
    .add(
        "enter_time",
        {
            label: _t("Enter time"),
            icon: "fa-clock-o",
            isShown: isMine,
            run: (card, screen) => screen.openSheet(card),
        },
        { sequence: 97 }
    );
