/**
 * A moment as the clock of somebody else shows it: "08:00", with the day where it is another one there.
 *
 * @param {luxon.DateTime} moment in the reader's zone
 * @param {string|false} zone name of theirs
 * @returns {string} nothing where both clocks show the same, or where the zone is not known here
 */
export function spellTheirTime(moment, zone) {
    const there = zone ? moment.setZone(zone) : moment;
    if (!there.isValid || there.offset === moment.offset) {
        return "";
    }
    return there.toFormat(there.toISODate() === moment.toISODate() ? "HH:mm" : "ccc HH:mm");
}
