import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const PREFIX = "psa_draft.";

/**
 * Keeps what somebody types into a form in this browser until it was sent, so that a lost line or an ended
 * session costs no words. `data-psa-draft` names the draft; the page that says "sent" carries
 * `data-psa-draft-done` with the same name.
 */
export class PsaDraft extends Interaction {
    static selector = "form[data-psa-draft]";
    dynamicContent = {
        _root: {
            "t-on-input": this.save,
            "t-on-submit": this.disableButtons,
        },
    };

    get key() {
        return PREFIX + this.el.dataset.psaDraft;
    }

    get fields() {
        return [...this.el.querySelectorAll("input[type=text][name], textarea[name]")];
    }

    start() {
        let draft;
        try {
            draft = JSON.parse(browser.localStorage.getItem(this.key) || "{}");
        } catch {
            draft = {};
        }
        for (const field of this.fields) {
            if (!field.value && typeof draft[field.name] === "string") {
                field.value = draft[field.name];
            }
        }
    }

    save() {
        const draft = Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
        browser.localStorage.setItem(this.key, JSON.stringify(draft));
    }

    /** A second click would report the problem twice. */
    disableButtons() {
        for (const button of this.el.querySelectorAll("button[type=submit]")) {
            button.disabled = true;
        }
    }
}

export class PsaDraftDone extends Interaction {
    static selector = "[data-psa-draft-done]";

    start() {
        browser.localStorage.removeItem(PREFIX + this.el.dataset.psaDraftDone);
    }
}

registry.category("public.interactions").add("psa_portal.draft", PsaDraft);
registry.category("public.interactions").add("psa_portal.draft_done", PsaDraftDone);
