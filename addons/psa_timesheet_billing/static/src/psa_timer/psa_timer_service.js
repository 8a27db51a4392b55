import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { dropDraft, keepDraft, makeToken, readDraft } from "@psa_helpdesk/psa_my_day/lost_line";
import { reactive } from "@odoo/owl";

/** What the server tells of a running timer, with its start as a moment; null without one. */
export function readTimer(running) {
    return running ? { ...running, startedAt: deserializeDateTime(running.started_at) } : null;
}

/**
 * How long a timer has been running, cut to the minute as the entry will be: "0:00", "1:05".
 *
 * @param {luxon.DateTime} startedAt
 * @param {luxon.DateTime} now
 * @param {boolean} [withSeconds]
 */
export function formatElapsed(startedAt, now, withSeconds = false) {
    const seconds = Math.max(0, Math.floor((now.toMillis() - startedAt.toMillis()) / 1000));
    const pad = (number) => String(number).padStart(2, "0");
    const text = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}`;
    return withSeconds ? `${text}:${pad(seconds % 60)}` : text;
}

const LONG_HOURS = 10;

/** Whether a timer has been running for longer than anybody works in one go. */
export function isLong(startedAt, now) {
    return now.diff(startedAt, "hours").hours > LONG_HOURS;
}

/** Where presses wait that were made without a line. */
const WAITING = "timer";

/**
 * What the server is told of presses that waited: how long ago each was, by the clock of this device at both ends.
 *
 * @param {{ token: string, deed: string, at: number, ticketId?: number }[]} presses
 * @param {number} now milliseconds
 */
export function describePresses(presses, now) {
    return presses.map(({ token, deed, at, ticketId }) => ({
        token,
        deed,
        age: Math.max(0, Math.round((now - at) / 1000)),
        ticket_id: ticketId || false,
    }));
}

/** The one timer of this user, the same in every tab and on every device. */
export const psaTimerService = {
    dependencies: ["action", "bus_service", "lazy_session", "notification", "orm", "psa_line"],
    start(env, { action, bus_service: bus, lazy_session: lazySession, notification, orm, psa_line: line }) {
        const state = reactive({ isAllowed: false, running: null, waiting: (readDraft(WAITING) || []).length });

        lazySession.getValue("psa_timer", (value) => {
            if (value) {
                state.isAllowed = true;
                state.running = readTimer(value.running);
            }
        });
        bus.subscribe("psa_timer/changed", async () => {
            state.running = readTimer(await orm.call("psa.timer", "get_running"));
        });
        line.onBack(() => send());
        if (state.waiting) {
            browser.setTimeout(send, 0); // of an earlier visit
        }

        /** Show the records behind the page as they are now. */
        async function reload() {
            await action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
        }

        /** Keep a press with the time of this device, to be sent when the line is back. */
        function wait(press) {
            const presses = [...(readDraft(WAITING) || []), { ...press, token: makeToken(), at: Date.now() }];
            keepDraft(WAITING, presses);
            state.waiting = presses.length;
            notification.add(_t("No connection: kept on this phone with its time, and sent later."), { type: "warning" });
        }

        /** Send what waits, in its order; what the server did already it leaves out. */
        async function send() {
            const presses = readDraft(WAITING) || [];
            if (!presses.length) {
                return true;
            }
            try {
                const args = [describePresses(presses, Date.now())];
                const { running, problems } = await orm.silent.call("psa.timer", "action_press_late", args);
                line.worked();
                const sent = new Set(presses.map(({ token }) => token));
                const rest = (readDraft(WAITING) || []).filter(({ token }) => !sent.has(token));
                if (rest.length) {
                    keepDraft(WAITING, rest);
                } else {
                    dropDraft(WAITING);
                }
                state.waiting = rest.length;
                state.running = readTimer(running);
                for (const problem of problems) {
                    notification.add(problem, { type: "warning", sticky: true });
                }
                return true;
            } catch (error) {
                if (!line.failed(error)) {
                    throw error;
                }
                return false;
            }
        }

        /**
         * Call the server, or keep the press where there is no line. What waits goes first, so that the order is right.
         *
         * @returns {Promise<{ answer: any } | null>} null where it waits
         */
        async function press(method, args, late) {
            if (await send()) {
                try {
                    const answer = await orm.call("psa.timer", method, args);
                    line.worked();
                    return { answer };
                } catch (error) {
                    if (!line.failed(error)) {
                        throw error;
                    }
                }
            }
            wait(late);
            return null;
        }

        return {
            state,
            send,
            /**
             * @param {number} ticketId
             * @param {Object} [card] what is known of the ticket where there is no line; without it the page is reloaded
             */
            async start(ticketId, card) {
                const done = await press("action_start", [ticketId], { deed: "start", ticketId });
                if (!done) {
                    const known = { id: 0, ticket_id: ticketId, number: "", name: "", customer: "", cover: "", ...card };
                    state.running = { ...known, startedAt: luxon.DateTime.now() };
                    return;
                }
                state.running = readTimer(done.answer);
                if (done.answer.stopped) {
                    notification.add(_t("Stopped the timer on %s first.", done.answer.stopped), { type: "info" });
                }
                if (!card) {
                    await reload();
                }
            },
            async stop() {
                const done = await press("action_stop", [], { deed: "stop" });
                state.running = null;
                if (done?.answer) {
                    await action.doAction(done.answer, { onClose: reload });
                }
            },
            async discard() {
                await orm.call("psa.timer", "action_discard");
                state.running = null;
                await reload();
            },
            async openTicket() {
                await action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "helpdesk.ticket",
                    res_id: state.running.ticket_id,
                    views: [[false, "form"]],
                });
            },
        };
    },
};

registry.category("services").add("psa_timer", psaTimerService);
