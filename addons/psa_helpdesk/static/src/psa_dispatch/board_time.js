const { DateTime } = luxon;

export const STEP_MINUTES = 15;
const FIRST_HOUR = 7;
const LAST_HOUR = 19;
const MINUTE = 60 * 1000;

/**
 * The hours that a day of the board shows: 07 to 19, more where a call lies outside, all of them where asked for.
 *
 * @param {luxon.DateTime} day
 * @param {{ start: luxon.DateTime, stop: luxon.DateTime }[]} spans
 * @param {boolean} allHours
 * @returns {{ start: luxon.DateTime, stop: luxon.DateTime }}
 */
export function dayWindow(day, spans = [], allHours = false) {
    const midnight = day.startOf("day");
    const next = midnight.plus({ days: 1 });
    if (allHours) {
        return { start: midnight, stop: next };
    }
    let start = midnight.set({ hour: FIRST_HOUR });
    let stop = midnight.set({ hour: LAST_HOUR });
    for (const span of spans) {
        if (span.start < next && span.stop > midnight) {
            start = DateTime.max(midnight, DateTime.min(start, span.start.startOf("hour")));
            const end = span.stop.startOf("hour");
            stop = DateTime.min(next, DateTime.max(stop, +end === +span.stop ? end : end.plus({ hours: 1 })));
        }
    }
    return { start, stop };
}

/** Where a span lies in a window, in percent of its width; null where it lies outside. */
export function placeIn(span, window) {
    const whole = window.stop - window.start;
    const start = DateTime.max(span.start, window.start);
    const stop = DateTime.min(span.stop, window.stop);
    if (stop <= start) {
        return null;
    }
    return { left: ((start - window.start) / whole) * 100, width: ((stop - start) / whole) * 100 };
}

/** The instant below a point of a lane, at a step of a quarter of an hour, inside the window. */
export function timeAt(x, rect, window, isRtl = false) {
    const share = Math.min(1, Math.max(0, (isRtl ? rect.right - x : x - rect.left) / rect.width));
    return snap(window.start.plus((window.stop - window.start) * share));
}

/** The nearest quarter of an hour. */
export function snap(moment) {
    const step = STEP_MINUTES * MINUTE;
    const midnight = moment.startOf("day");
    return midnight.plus(Math.round((moment - midnight) / step) * step);
}

/** The lane under a point, found by rectangles: while something is dragged the page answers to no other question. */
export function laneAt(x, y, lanes) {
    return (
        [...lanes].find((lane) => {
            const rect = lane.getBoundingClientRect();
            return x >= rect.left && x <= rect.right && y >= rect.top && y <= rect.bottom;
        }) || null
    );
}

/** Minutes of spans inside a window; what overlaps counts once. */
export function minutesWithin(spans, window) {
    const inside = spans
        .map((span) => [Math.max(+span.start, +window.start), Math.min(+span.stop, +window.stop)])
        .filter(([start, stop]) => stop > start)
        .sort((a, b) => a[0] - b[0]);
    let [total, reached] = [0, -Infinity];
    for (const [start, stop] of inside) {
        total += Math.max(0, stop - Math.max(start, reached));
        reached = Math.max(reached, stop);
    }
    return Math.round(total / MINUTE);
}

/** Working minutes less leave. */
export function capacityWithin(work, leaves, window) {
    const free = minutesWithin(work, window);
    const taken = leaves.flatMap((leave) =>
        work.map((span) => ({ start: DateTime.max(span.start, leave.start), stop: DateTime.min(span.stop, leave.stop) }))
    );
    return free - minutesWithin(taken, window);
}

/** "5:30" */
export function spellMinutes(minutes) {
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The calls of a day and what is free between them inside the working hours, in order: the list of a phone. */
export function withGaps(calls, work, window) {
    const rows = calls.map((call) => ({ ...call, isCall: true }));
    for (const span of work) {
        let start = DateTime.max(span.start, window.start);
        const end = DateTime.min(span.stop, window.stop);
        for (const call of [...calls].sort((a, b) => a.start - b.start)) {
            if (call.start > start && call.start < end) {
                rows.push({ isCall: false, start, stop: call.start });
            }
            if (call.stop > start) {
                start = call.stop;
            }
        }
        if (start < end) {
            rows.push({ isCall: false, start, stop: end });
        }
    }
    return rows.filter((row) => row.stop > row.start).sort((a, b) => a.start - b.start);
}

/** `compute`, which is asked again only when an argument is another one than the last time. */
export function rememberLast(compute) {
    let known = null;
    let result;
    return (...args) => {
        if (!known || args.length !== known.length || args.some((arg, index) => arg !== known[index])) {
            [known, result] = [args, compute(...args)];
        }
        return result;
    };
}
