import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
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

/** The one timer of this user, the same in every tab and on every device. */
export const psaTimerService = {
    dependencies: ["action", "bus_service", "lazy_session", "notification", "orm"],
    start(env, { action, bus_service: bus, lazy_session: lazySession, notification, orm }) {
        const state = reactive({ isAllowed: false, running: null });

        lazySession.getValue("psa_timer", (value) => {
            if (value) {
                state.isAllowed = true;
                state.running = readTimer(value.running);
            }
        });
        bus.subscribe("psa_timer/changed", async () => {
            state.running = readTimer(await orm.call("psa.timer", "get_running"));
        });

        /** Show the records behind the page as they are now. */
        async function reload() {
            await action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
        }

        return {
            state,
            async start(ticketId) {
                const started = await orm.call("psa.timer", "action_start", [ticketId]);
                state.running = readTimer(started);
                if (started.stopped) {
                    notification.add(_t("Stopped the timer on %s first.", started.stopped), { type: "info" });
                }
                await reload();
            },
            async stop() {
                const next = await orm.call("psa.timer", "action_stop");
                state.running = null;
                if (next) {
                    await action.doAction(next, { onClose: reload });
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
