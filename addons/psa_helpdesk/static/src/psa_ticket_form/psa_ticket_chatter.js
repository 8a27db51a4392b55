import { Chatter } from "@mail/chatter/web_portal/chatter";
import { browser } from "@web/core/browser/browser";
import { useBus } from "@web/core/utils/hooks";

/** The conversation of a ticket in the words of the desk: Reply is for the customer, Internal note for us. */
export class PsaTicketChatter extends Chatter {
    static template = "psa_helpdesk.PsaTicketChatter";

    setup() {
        super.setup();
        useBus(this.env.psaTicketBus, "compose", ({ detail: type }) => this.psaCompose(type));
        useBus(this.env.psaTicketBus, "show", () => this.psaShow());
    }

    /** Open the composer where it is not, and bring it into sight. */
    psaCompose(type) {
        if (this.state.composerType !== type) {
            this.toggleComposer(type);
        }
        // The composer is there only after the next rendering, and is not to end up under the bar.
        browser.setTimeout(() => this.psaShow(), 100);
    }

    psaShow() {
        this.rootRef.el?.scrollIntoView({ block: "start" });
    }
}
