import { browser } from "@web/core/browser/browser";

/**
 * The unsent text of a composer, where the host keeps it in this browser. Beside it we keep whether it is a reply or a
 * note, so that a note never comes back as a reply, and the mark of the last attempt to send it.
 */
export function readKept(localId) {
    try {
        return JSON.parse(browser.localStorage.getItem(localId)) || null;
    } catch {
        return null;
    }
}

/** Add to what is kept; where no text is kept, nothing is. */
export function addToKept(localId, values) {
    const kept = readKept(localId);
    if (kept) {
        browser.localStorage.setItem(localId, JSON.stringify({ ...kept, ...values }));
    }
}
