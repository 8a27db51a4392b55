import { describe, expect, test } from "@odoo/hoot";
import { queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";
import { FAST_MS, nextTickDelay, serverOffset, SLOW_MS } from "@psa_crm/psa_clock/psa_clock_service";

describe.current.tags("headless");
defineMailModels();

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

test("the clock is slow unless somebody needs seconds", () => {
    expect(nextTickDelay([], 0)).toBe(SLOW_MS);
    expect(nextTickDelay([null, false, undefined], 0)).toBe(SLOW_MS);
    expect(nextTickDelay([null, true], 0)).toBe(FAST_MS);
    expect(nextTickDelay([60 * MINUTE], 0)).toBe(SLOW_MS);
    expect(nextTickDelay([60 * MINUTE, 9 * MINUTE], 0)).toBe(FAST_MS);
    expect(nextTickDelay([-9 * MINUTE], 0)).toBe(FAST_MS);
    expect(nextTickDelay([-11 * MINUTE], 0)).toBe(SLOW_MS);
    expect(nextTickDelay([10 * MINUTE + 5000], 0)).toBe(5001);
});

test("the server's clock wins over the browser's", () => {
    const page = { timeOrigin: 1000000, getEntriesByType: () => [{ responseStart: 250 }] };
    expect(serverOffset(1060250, page)).toBe(60000);
    expect(serverOffset(undefined, page)).toBe(0);
    expect(serverOffset(1060250, { getEntriesByType: () => [] })).toBe(0);
});

test("a component is drawn again at each tick, at its own pace", async () => {
    mockDate("2026-11-02 10:00:00");
    class Countdown extends Component {
        static props = ["deadline"];
        static template = xml`<b t-out="text"/>`;
        setup() {
            this.clock = usePsaClock(() => this.props.deadline);
        }
        get text() {
            return Math.round(this.props.deadline.diff(this.clock.now).as("seconds"));
        }
    }
    await mountWithCleanup(Countdown, { props: { deadline: DateTime.now().plus({ minutes: 10, seconds: 30 }) } });
    const shown = () => Number(queryText("b"));
    const first = shown();
    expect(first).toBeWithin(625, 630);
    await advanceTime(10000);
    await animationFrame();
    expect(shown()).toBe(first, { message: "far from the deadline the clock rests for half a minute" });
    await advanceTime(21000);
    await animationFrame();
    const near = shown();
    expect(near).toBeWithin(590, 600);
    await advanceTime(1100);
    await animationFrame();
    expect(shown()).toBeLessThan(near);
});
