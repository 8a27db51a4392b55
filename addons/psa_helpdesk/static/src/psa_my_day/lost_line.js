import { onMounted, onWillUnmount, reactive, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConnectionAbortedError, ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

const PREFIX = "psa_draft";

/** Whether a request failed because the phone has no line, and not because the server said no. */
export function isLostLine(error) {
    return error instanceof ConnectionLostError || error instanceof ConnectionAbortedError;
}

/** A mark by which the server knows a request that comes twice. Also on pages that are not encrypted. */
export function makeToken() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where the text about a record is kept on this phone until it is sent; each user has an own place. */
export function draftKey(record) {
    return `${PREFIX}:${user.userId}:${record}`;
}

export function readDraft(record) {
    try {
        return JSON.parse(browser.localStorage.getItem(draftKey(record))) || null;
    } catch {
        return null;
    }
}

export function keepDraft(record, values) {
    try {
        browser.localStorage.setItem(draftKey(record), JSON.stringify(values));
    } catch {
        // The store of the phone is full: what is typed stays on the screen.
    }
}

export function dropDraft(record) {
    browser.localStorage.removeItem(draftKey(record));
}

/**
 * Whether there is a line, for the whole page. Requests tell it (`failed`, `worked`), the browser says when the line is
 * back; who has something to send again registers it with `onBack`.
 */
export const psaLineService = {
    start() {
        const state = reactive({ isLost: !browser.navigator.onLine });
        const waiting = new Set();

        async function back() {
            state.isLost = false;
            for (const send of [...waiting]) {
                await send();
            }
        }
        browser.addEventListener("offline", () => (state.isLost = true));
        browser.addEventListener("online", back);

        return {
            state,
            /** Note what became of a request. @returns {boolean} whether the line is the reason */
            failed(error) {
                state.isLost = isLostLine(error);
                return state.isLost;
            },
            worked() {
                state.isLost = false;
            },
            retry: back,
            onBack(send) {
                waiting.add(send);
                return () => waiting.delete(send);
            },
        };
    },
};

registry.category("services").add("psa_line", psaLineService);

/** The state of the line for a component; `send` is called when it is back. */
export function usePsaLine(send) {
    const line = useService("psa_line");
    if (send) {
        let release;
        onMounted(() => (release = line.onBack(send)));
        onWillUnmount(() => release());
    }
    return { line, state: useState(line.state) };
}
