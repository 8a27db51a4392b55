import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** Calls that nobody has set out for: one that leaves the day now was moved or taken away. */
const MOVABLE = ["planned", "confirmed"];

/** "10:00", with the day where it is another one than today. */
export function sayMoment(text, now) {
    const moment = deserializeDateTime(text);
    return moment.toFormat(moment.hasSame(now, "day") ? "HH:mm" : "ccc HH:mm");
}

/** "10:00 – 11:00", with the day where it is another one than today. */
export function sayTimes(card, now) {
    return `${sayMoment(card.start, now)} – ${deserializeDateTime(card.stop).toFormat("HH:mm")}`;
}

/** All service calls of a day, whatever section they stand in. */
export function callsOf(day) {
    return Object.values(day.sections)
        .flat()
        .filter((card) => card.kind === "call");
}

/** One's own tickets of a day; those nearby belong to others. */
function ownTicketsOf(day) {
    return Object.values(day.sections)
        .flat()
        .filter((card) => card.kind === "ticket" && card.is_mine);
}

/** Ids of all tickets that a day shows, on cards of their own and on those of service calls. */
export function ticketIdsOf(day) {
    const cards = Object.values(day.sections).flat();
    return new Set(cards.flatMap((card) => (card.tickets || []).map((ticket) => ticket.id)));
}

/**
 * What happened to the service calls between two readings, and which tickets have come, in sentences.
 *
 * @returns {{ key: string, text: string }[]}
 */
export function tellChanges(before, after, now) {
    const old = new Map(callsOf(before).map((card) => [card.key, card]));
    const told = [];
    for (const card of callsOf(after)) {
        const was = old.get(card.key);
        old.delete(card.key);
        const facts = { when: sayMoment(card.start, now), customer: card.customer, name: card.changed_by };
        if (!was) {
            told.push({ key: card.key, text: _t("New service call: %(when)s, %(customer)s", facts) });
        } else if (was.start !== card.start) {
            facts.old = sayMoment(was.start, now);
            told.push({ key: card.key, text: _t("%(old)s moved to %(when)s by %(name)s, %(customer)s", facts) });
        }
    }
    for (const card of old.values()) {
        if (MOVABLE.includes(card.state)) {
            const facts = { when: sayMoment(card.start, now), customer: card.customer };
            told.push({ key: card.key, text: _t("No longer on your day: %(when)s, %(customer)s", facts) });
        }
    }
    const known = new Set(ownTicketsOf(before).map((card) => card.key));
    for (const card of ownTicketsOf(after).filter(({ key }) => !known.has(key))) {
        const facts = { number: card.number, title: card.title, customer: card.customer };
        told.push({ key: card.key, text: _t("Yours now: %(number)s %(title)s, %(customer)s", facts) });
    }
    return told;
}

/** The actions of a card in their order: the first is what comes next, the others stand beside it. */
export function actionsFor(card, day, entries) {
    return entries.filter((action) => action.isShown(card, day));
}
