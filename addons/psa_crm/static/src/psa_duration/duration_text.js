/**
 * Reading and writing a span of work as people type it: pure functions, the twin of logic/duration_text.py.
 * Both are tested with the table in static/tests/duration_cases.js.
 */

/** A number without a unit is hours up to here; above it nobody can tell hours from minutes. */
export const BARE_HOURS_LIMIT = 12;
/** One hundred thousand hours: what is longer is a slip of the keyboard. */
export const MAX_MINUTES = 6000000;

const HOUR = "(?:h|std\\.?|hr|hrs|hours?)";
const MINUTE = "(?:m|min|mins|minutes?)\\.?";
const NUMBER = "[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+";

const CLOCK = /^([0-9]*):([0-9]{2})$/;
const HOURS_AND_MINUTES = new RegExp(`^([0-9]+) *${HOUR} *([0-9]{1,2}) *(?:${MINUTE})?$`);
const HOURS = new RegExp(`^(${NUMBER}) *${HOUR}$`);
const MINUTES = new RegExp(`^([0-9]+) *${MINUTE}$`);
const BARE = new RegExp(`^(${NUMBER})$`);

/** The text is no span of time; `code` is "empty", "unreadable", "minutes" or "too_long". */
export class DurationProblem extends Error {
    constructor(code) {
        super(code);
        this.code = code;
    }
}

/** @returns {number} hours as typed ("1,5") in whole minutes, halves of a minute up */
function wholeMinutes(number, factor) {
    // Through text, so that 0.025 * 60 is one and a half and not a hair less.
    const minutes = Number((Number(number.replace(",", ".")) * factor).toFixed(6));
    if (minutes > MAX_MINUTES) {
        throw new DurationProblem("too_long");
    }
    return Math.round(minutes);
}

/** @returns {number} minutes of a text that says its units */
function readWithUnits(words) {
    let found = CLOCK.exec(words) || HOURS_AND_MINUTES.exec(words);
    if (found) {
        if (Number(found[2]) > 59) {
            throw new DurationProblem("minutes");
        }
        return wholeMinutes(String(Number(found[1] || "0") * 60 + Number(found[2])), 1);
    }
    if ((found = HOURS.exec(words))) {
        return wholeMinutes(found[1], 60);
    }
    if ((found = MINUTES.exec(words))) {
        return wholeMinutes(found[1], 1);
    }
    throw new DurationProblem("unreadable");
}

/**
 * Read "1:30", "1h30", "1h 30m", "90m", "1.5" or "1,5" (all ninety minutes), a minus sign in front allowed.
 *
 * @param {string} text
 * @returns {{minutes: number} | {asMinutes: number, asHours: number}} the second form is a bare number above
 *   twelve: whoever typed it must choose
 * @throws {DurationProblem}
 */
export function readDuration(text) {
    let words = text.trim().toLowerCase();
    if (!words) {
        throw new DurationProblem("empty");
    }
    const sign = "-\u2212".includes(words[0]) ? -1 : 1;
    if (sign < 0) {
        words = words.slice(1).trimStart();
    }
    // "|| 0" turns the -0 of an empty correction into 0.
    const signed = (minutes) => sign * minutes || 0;
    const bare = BARE.exec(words);
    if (!bare) {
        return { minutes: signed(readWithUnits(words)) };
    }
    const asHours = wholeMinutes(bare[1], 60);
    if (Number(bare[1].replace(",", ".")) > BARE_HOURS_LIMIT) {
        return { asMinutes: signed(wholeMinutes(bare[1], 1)), asHours: signed(asHours) };
    }
    return { minutes: signed(asHours) };
}

/** @returns {string} ninety minutes as "1:30", for tables */
export function formatDuration(minutes) {
    const size = Math.abs(minutes || 0);
    return `${minutes < 0 ? "-" : ""}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
}

/** @returns {string} ninety minutes as "1 h 30 min", for sentences */
export function spellDuration(minutes) {
    const size = Math.abs(minutes || 0);
    const [hours, rest] = [Math.floor(size / 60), size % 60];
    const parts = hours ? [`${hours} h`] : [];
    if (rest || !hours) {
        parts.push(`${rest} min`);
    }
    return (minutes < 0 ? "-" : "") + parts.join(" ");
}
