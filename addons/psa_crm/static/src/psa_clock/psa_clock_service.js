import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

const { DateTime } = luxon;

export const FAST_MS = 1000;
export const SLOW_MS = 30 * 1000;
export const NEAR_MS = 10 * 60 * 1000;

/**
 * How long until the clock must tick again.
 *
 * @param {(number|boolean|null|undefined)[]} wishes one per watcher: a deadline (milliseconds since the epoch),
 *   `true` for "every second" (a running timer), anything empty for "no hurry"
 * @param {number} now milliseconds since the epoch
 * @returns {number} milliseconds
 */
export function nextTickDelay(wishes, now) {
    let delay = SLOW_MS;
    for (const wish of wishes) {
        if (wish === true) {
            return FAST_MS;
        }
        if (typeof wish !== "number") {
            continue;
        }
        const distance = Math.abs(wish - now);
        if (distance < NEAR_MS) {
            return FAST_MS;
        }
        if (wish > now) {
            // Wake up just when the last ten minutes begin, not up to half a minute late.
            delay = Math.min(delay, distance - NEAR_MS + 1);
        }
    }
    return Math.max(delay, 1);
}

/**
 * Difference between the server's clock and this browser's, in milliseconds.
 * The server stamped its moment into the page, which is when the first byte of the page left it.
 *
 * @param {number|undefined} serverNow
 * @param {Performance} performance
 * @returns {number}
 */
export function serverOffset(serverNow, performance) {
    const [navigation] = performance?.getEntriesByType?.("navigation") || [];
    if (!serverNow || !navigation?.responseStart) {
        return 0;
    }
    return Math.round(serverNow - (performance.timeOrigin + navigation.responseStart));
}

/**
 * One clock for the whole page: one reactive `state.now`, one timer, silent while the page is hidden.
 *
 * A component uses it through `usePsaClock`; what is not a component calls `watch`.
 */
export const psaClockService = {
    start() {
        const offset = serverOffset(session.psa_server_now, browser.performance);
        const read = () => DateTime.now().plus(offset);
        const state = reactive({ now: read() });
        const watchers = new Set();
        let timer = null;

        function schedule() {
            browser.clearTimeout(timer);
            timer = null;
            if (watchers.size && !document.hidden) {
                const wishes = [...watchers].map((wish) => wish());
                timer = browser.setTimeout(tick, nextTickDelay(wishes, state.now.toMillis()));
            }
        }
        function tick() {
            state.now = read();
            schedule();
        }
        document.addEventListener("visibilitychange", () => (document.hidden ? schedule() : tick()));

        return {
            state,
            /** The present moment by the server's clock, also between two ticks. */
            read,
            /**
             * Keep the clock ticking for somebody.
             *
             * @param {() => (number|boolean|null|undefined)} wish asked at each tick, see `nextTickDelay`
             * @returns {() => void} call it when nobody looks any more
             */
            watch(wish = () => null) {
                watchers.add(wish);
                if (read() - state.now >= FAST_MS) {
                    state.now = read();
                }
                schedule();
                return () => {
                    watchers.delete(wish);
                    schedule();
                };
            },
        };
    },
};

registry.category("services").add("psa_clock", psaClockService);
