import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * The host's payment addon puts a button into the link of a home page entry: two things to press in one, which a
 * keyboard or a screen reader cannot tell apart. It becomes plain text; the link leads to the list of overdue
 * invoices, where "Pay overdue" stands. (No template can do it: that addon need not be installed.)
 */
export class PsaPlainEntries extends Interaction {
    static selector = ".o_portal_my_home .o_portal_index_card a";

    start() {
        for (const button of this.el.querySelectorAll("button")) {
            const text = document.createElement("span");
            text.className = button.className;
            text.textContent = button.textContent;
            button.replaceWith(text);
        }
    }
}

registry.category("public.interactions").add("psa_portal.plain_entries", PsaPlainEntries);
