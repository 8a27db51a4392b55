import { toRaw, useEffect } from "@odoo/owl";
import { Composer } from "@mail/core/common/composer";
import { _t } from "@web/core/l10n/translation";
import { isEmail } from "@web/core/utils/strings";

import { makeToken } from "../psa_my_day/lost_line";
import { addToKept, readKept } from "./kept_draft";
import { getOutsideRecipients, sayReply } from "./reply_recipients";

/**
 * The composer of a ticket. Its button says where the text goes; a reply can take the ticket along: it waits for the
 * customer from then on, or is closed. One text is sent once, also where the line was lost before the answer came.
 */
export class PsaTicketComposer extends Composer {
    static template = "psa_helpdesk.PsaTicketComposer";

    // Not fixed here: other addons add to the host's.
    static get props() {
        return [...super.props, "partings", "ticket", "onParted"];
    }

    setup() {
        super.setup();
        this.isSending = false;
        this.parting = undefined;
        useEffect(
            () => this.saveContent(),
            () => [this.props.type]
        );
    }

    get isNote() {
        return this.props.type === "note";
    }

    get placeholder() {
        return this.isNote ? _t("What only we should know") : _t("Your answer to the customer");
    }

    get partings() {
        return this.isNote ? [] : this.props.partings;
    }

    get partingsLabel() {
        return _t("More ways to send");
    }

    get SEND_TEXT() {
        return this.isNote ? _t("Save note") : sayReply(this.outsideRecipients);
    }

    get outsideRecipients() {
        const partners = this.store["res.partner"];
        const isOurs = (id) =>
            id === this.store.self_partner?.id || partners.get(id)?.main_user_id?.share === false;
        return getOutsideRecipients(this.thread, isOurs);
    }

    get extraData() {
        return { ...super.extraData, psa_token: this.attempt.token, psa_then: this.parting };
    }

    async sendMessage() {
        await this.sendAnd();
    }

    /** @param {string} [parting] key of one of `partings` */
    async sendAnd(parting) {
        if (this.isSending || this.isSendButtonDisabled || !this.checkAddresses()) {
            return;
        }
        const { ticket, onParted } = this.props;
        this.isSending = true;
        try {
            // What was typed into the form goes first, as with each button there.
            if (parting && !(await ticket.save())) {
                return;
            }
            this.parting = parting;
            this.isSent = false;
            this.markAttempt();
            await super.sendMessage();
        } finally {
            this.isSending = false;
            this.parting = undefined;
        }
        if (parting && this.isSent) {
            await onParted(parting, ticket);
        }
    }

    /** The host sends nothing, and says nothing, where one of the recipients has no address. */
    checkAddresses() {
        const { suggestedRecipients, additionalRecipients } = toRaw(this.props.composer).thread;
        const unreachable = [...suggestedRecipients, ...additionalRecipients].filter(
            ({ email }) => !email || !isEmail(email)
        );
        if (this.isNote || !unreachable.length) {
            return true;
        }
        const names = unreachable.map(({ name, display_name: displayName, email }) => name || displayName || email);
        this.env.services.notification.add(
            _t("Not sent: %s has no valid address. Enter one, or take the name out.", names.join(", ")),
            { type: "warning" }
        );
        return false;
    }

    /** The same text to the same people has the same mark when it is sent again; anything else has another one. */
    markAttempt() {
        const { composerHtml, attachments, localId, thread } = toRaw(this.props.composer);
        const chosen = this.isNote ? [] : [...thread.suggestedRecipients, ...thread.additionalRecipients];
        const of = JSON.stringify([
            this.props.type,
            String(composerHtml),
            attachments.map(({ id }) => id),
            chosen.map(({ email }) => email).sort(),
        ]);
        if (this.attempt?.of !== of) {
            this.attempt = { token: makeToken(), of };
        }
        this.saveContent();
        addToKept(localId, { psaAttempt: this.attempt });
    }

    async processMessage(cb) {
        const wasActive = this.state.active;
        try {
            await super.processMessage(cb);
        } catch (error) {
            // The text stands there and can be sent again, which the host forgets.
            this.state.active = wasActive;
            throw error;
        }
    }

    async _sendMessage() {
        const message = await super._sendMessage(...arguments);
        this.isSent = true;
        this.attempt = undefined;
        return message;
    }

    saveContent() {
        super.saveContent();
        addToKept(toRaw(this.props.composer).localId, { psaType: this.props.type, psaAttempt: this.attempt });
    }

    restoreContent() {
        super.restoreContent();
        this.attempt = readKept(toRaw(this.props.composer).localId)?.psaAttempt;
    }
}
