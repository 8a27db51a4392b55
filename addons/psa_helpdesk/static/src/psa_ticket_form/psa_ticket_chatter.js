import { useEffect } from "@odoo/owl";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { isHtmlEmpty } from "@web/core/utils/html";
import { useBus, useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";

import { readKept } from "./kept_draft";
import { PsaTicketComposer } from "./psa_ticket_composer";

/**
 * The conversation of a ticket in the words of the desk: Reply is for the customer, Internal note for us. Beside the
 * sheet the composer stands open on Reply, without taking the cursor from wherever it is.
 */
export class PsaTicketChatter extends Chatter {
    static template = "psa_helpdesk.PsaTicketChatter";

    // Not fixed here: other addons add to the host's.
    static get components() {
        return { ...super.components, Composer: PsaTicketComposer };
    }

    setup() {
        super.setup();
        this.action = useService("action");
        this.notification = useService("notification");
        Object.assign(this.state, { isAtWork: false, isWaiting: false });
        useRecordObserver(({ data }) => {
            this.state.isAtWork = Boolean(
                data.psa_is_open && data.active && !data.psa_merged_into_id && !data.psa_converted_at
            );
            this.state.isWaiting = Boolean(data.psa_is_waiting);
        });
        useEffect(
            (isOpen) => {
                if (isOpen) {
                    this.psaOpen();
                    return () => this.psaCloseEmpty();
                }
            },
            () => [this.psaIsOpenByItself, this.state.thread?.localId]
        );
        useBus(this.env.psaTicketBus, "compose", ({ detail: type }) => this.psaCompose(type));
        useBus(this.env.psaTicketBus, "show", () => this.psaShow());
    }

    /** Whether one of us may go on with this ticket here. */
    get psaMayWork() {
        return Boolean(this.state.isAtWork && this.state.thread?.hasWriteAccess);
    }

    get psaIsOpenByItself() {
        return Boolean(this.psaMayWork && this.props.isChatterAside && !this.env.inDialog);
    }

    /** What a reply may do with the ticket besides. */
    get psaPartings() {
        if (!this.psaMayWork) {
            return [];
        }
        const wait = { key: "wait", label: _t("Send and wait") };
        const close = { key: "close", label: _t("Send and close") };
        return this.state.isWaiting ? [close] : [wait, close];
    }

    /** Those of us who get a reply, too, because they follow the ticket. */
    get psaColleagues() {
        return this.state.thread.recipients
            .filter(({ partner_id: partner }) => partner.main_user_id?.share === false)
            .map(({ partner_id: partner }) => partner.name)
            .join(", ");
    }

    get psaHasDraft() {
        const { composer } = this.state.thread;
        return !isHtmlEmpty(composer.composerHtml) || composer.attachments.length > 0;
    }

    changeThread(threadModel, threadId) {
        // The host changes to one thread as often as it is drawn until it is there.
        const isOther = this.state.thread?.model !== threadModel || this.state.thread.id !== threadId;
        const isAskedFor = Boolean(this.onThreadCreated);
        if (isOther) {
            // What is open belongs to the ticket that was shown before; Reply on a new one opens it once it is saved.
            this.state.composerType = false;
        }
        super.changeThread(...arguments);
        if (isOther) {
            this.state.thread.composer.autofocus = isAskedFor ? 1 : 0;
        }
    }

    /** What was begun comes back as what it was: a note never as a reply. */
    psaOpen() {
        if (!this.state.composerType) {
            this.state.composerType = readKept(this.state.thread.composer.localId)?.psaType || "message";
        }
    }

    psaCloseEmpty() {
        if (this.state.composerType && !this.psaHasDraft) {
            this.state.composerType = false;
            this.state.thread.composer.autofocus = 0;
        }
    }

    toggleComposer(mode = false, options = {}) {
        if (!mode) {
            return super.toggleComposer(mode, options);
        }
        this.state.thread.composer.autofocus++;
        // Where it always stands open, the button leads into it.
        if (!this.psaIsOpenByItself || this.state.composerType !== mode) {
            super.toggleComposer(mode, options);
        }
    }

    onPostCallback() {
        this.psaStayOpen(() => super.onPostCallback());
    }

    onCloseFullComposerCallback(isDiscard) {
        this.psaStayOpen(() => super.onCloseFullComposerCallback(isDiscard));
    }

    /** The host closes the composer after each message. */
    psaStayOpen(callback) {
        const type = this.state.composerType;
        callback();
        if (this.psaIsOpenByItself) {
            this.state.composerType = type;
        }
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

    /**
     * The reply is out and the ticket moved on; one with open gates did not, and shows what is missing. Whoever looks at
     * another ticket by now is left alone.
     */
    async psaOnParted(parting, ticket) {
        const isShown = () => this.props.record.id === ticket.id;
        if (!isShown()) {
            return;
        }
        try {
            await ticket.load();
            if (parting === "close" && ticket.data.psa_is_open && isShown()) {
                await this.psaClose(ticket);
            }
        } catch (error) {
            this.notification.add(_t("Your reply was sent. What became of the ticket could not be shown: reload the page."), {
                type: "warning",
                sticky: true,
            });
            throw error;
        }
    }

    async psaClose(ticket) {
        await this.action.doActionButton({
            type: "object",
            name: "action_close",
            resModel: ticket.resModel,
            resId: ticket.resId,
            resIds: [ticket.resId],
            onClose: () => ticket.load(),
        });
    }
}
