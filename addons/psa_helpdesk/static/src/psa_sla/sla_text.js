import { _t } from "@web/core/l10n/translation";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS_BELOW = 10 * MINUTE;

export const SLA_LOOKS = {
    running: { tone: "psa_sla_running", icon: "fa-clock-o" },
    at_risk: { tone: "text-bg-warning", icon: "fa-hourglass-half" },
    overdue: { tone: "text-bg-danger", icon: "fa-exclamation-circle" },
    paused: { tone: "text-bg-secondary", icon: "fa-pause" },
    met: { tone: "text-bg-success", icon: "fa-check" },
    missed: { tone: "psa_sla_missed", icon: "fa-times" },
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
    return left < DAY ? spellStretch(left, { seconds: true }) : due.toFormat("ccc HH:mm");
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
            return due ? `-${spellStretch(Math.max(0, now.toMillis() - due.toMillis()))}` : _t("Overdue");
        case "paused":
            return _t("Paused, %s left", stretch);
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
    if (["running", "at_risk", "paused"].includes(state)) {
        parts.push(_t("%s of working time left", spellStretch(Math.max(0, leftMinutes) * MINUTE)));
    }
    if (hint) {
        parts.push(hint);
    }
    return parts.join(" · ");
}
