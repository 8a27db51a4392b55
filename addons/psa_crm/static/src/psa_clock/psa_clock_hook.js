import { onMounted, onWillUnmount, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * The page's clock for a component: reading `now` renders the component again at each tick.
 *
 * @param {() => (luxon.DateTime|boolean|null|undefined|false)} [getDeadline] the moment the component counts to,
 *   or `true` while it counts every second; decides how fast the clock ticks
 * @returns {{ now: luxon.DateTime }}
 */
export function usePsaClock(getDeadline = () => null) {
    const clock = useService("psa_clock");
    let release;
    onMounted(() => {
        release = clock.watch(() => {
            const deadline = getDeadline();
            return deadline?.toMillis ? deadline.toMillis() : deadline;
        });
    });
    onWillUnmount(() => release?.());
    return useState(clock.state);
}
