import { _t } from "@web/core/l10n/translation";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS_BELOW = 10 * MINUTE;

// Pairs of the theme that are read on each other; the loud ones are for what somebody must act on.
export const SLA_LOOKS = {
    running: { tone: "bg-info-subtle text-info-emphasis", icon: "fa-clock-o" },
    at_risk: { tone: "text-bg-warning", icon: "fa-hourglass-half" },
    overdue: { tone: "psa_sla_late", icon: "fa-exclamation-circle" },
    paused: { tone: "bg-secondary-subtle text-secondary-emphasis", icon: "fa-pause" },
    no_hours: { tone: "bg-secondary-subtle text-secondary-emphasis", icon: "fa-moon-o" },
    met: { tone: "bg-success-subtle text-success-emphasis", icon: "fa-check" },
    missed: { tone: "psa_sla_missed text-danger-emphasis", icon: "fa-times" },
};

/**
 * A stretch of time in two units, rounded down: "2h 10m", "38m", "9m 05s", "1d 2h".
 *
 * @param {number} milliseconds 0 or more
 * @param {{ seconds?: boolean }} [options] whether the last ten minutes show seconds
 * @returns {string}
 */
export function spellStretch(milliseconds, { seconds = false } = {}) {
    if (seconds && milliseconds < SECONDS_BELOW) {
        const rest = Math.floor((milliseconds % MINUTE) / SECOND);
        return `${Math.floor(milliseconds / MINUTE)}m ${String(rest).padStart(2, "0")}s`;
    }
    const [days, hours, minutes] = [
        Math.floor(milliseconds / DAY),
        Math.floor((milliseconds % DAY) / HOUR),
        Math.floor((milliseconds % HOUR) / MINUTE),
    ];
    if (days) {
        return hours ? `${days}d ${hours}h` : `${days}d`;
    }
    return hours ? `${hours}h ${minutes}m` : `${minutes}m`;
}

/** The time to a deadline by the wall clock; a day or more away it is a moment, not a stretch. */
function spellCountdown(due, now) {
    const left = due.toMillis() - now.toMillis();
    if (left <= 0) {
        // Only the server decides that a deadline has passed.
        return _t("due now");
    }
    if (left < DAY) {
        return spellStretch(left, { seconds: true });
    }
    // A weekday alone would be read as the next one.
    return due.toFormat(left < 6 * DAY ? "ccc HH:mm" : "ccc d MMM, HH:mm");
}

/**
 * What the badge says.
 *
 * @param {string} state as the server says
 * @param {{ due: luxon.DateTime|false, leftMinutes: number, now: luxon.DateTime }} facts `leftMinutes` of working time
 * @returns {string} empty where there is nothing to show
 */
export function slaText(state, { due, leftMinutes, now }) {
    const stretch = spellStretch(Math.abs(leftMinutes) * MINUTE);
    switch (state) {
        case "running":
        case "at_risk":
            return due ? spellCountdown(due, now) : "";
        case "overdue":
            return due ? `-${spellStretch(Math.max(0, now.toMillis() - due.toMillis()))}` : _t("Late");
        case "paused":
            return _t("Paused, %s left", stretch);
        case "no_hours":
            return _t("No working hours");
        case "met":
            return _t("Met");
        case "missed":
            return leftMinutes < 0 ? _t("Missed by %s", stretch) : _t("Missed");
    }
    return "";
}

/**
 * The whole sentence, for the tooltip and for whoever hears the screen.
 *
 * @param {string} text of the badge
 * @param {{ state: string, target: string, due: luxon.DateTime|false, leftMinutes: number, hint: string|false }} facts
 * @returns {string}
 */
export function slaSentence(text, { state, target, due, leftMinutes, hint }) {
    const parts = [target ? `${target}: ${text}` : text];
    if (due) {
        parts.push(_t("due %s", due.toLocaleString(luxon.DateTime.DATETIME_MED)));
    }
    if (leftMinutes !== null && ["running", "at_risk", "paused"].includes(state)) {
        parts.push(_t("%s of working time left", spellStretch(Math.max(0, leftMinutes) * MINUTE)));
    }
    if (hint) {
        parts.push(hint);
    }
    return parts.join(" · ");
}
