import { Component, useState } from "@odoo/owl";
import { SignatureDialog } from "@web/core/signature/signature_dialog";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { dropDraft, keepDraft, makeToken, readDraft, usePsaLine } from "./lost_line";
import { PsaPhotos } from "./psa_photos";

/**
 * What other addons put into the sheet: components with the prop `sheet`, the state below. They write what they read
 * into `sheet.values`; a `check` they register says what is still wrong. They stand above the text, those with a static
 * `isBelow` below the photos.
 */
export const finishSectionsRegistry = registry.category("psa_finish_sections");

/** Technician: what was done here? All of it on one screen, saved by one request. */
export class PsaFinishSheet extends Component {
    static template = "psa_helpdesk.PsaFinishSheet";
    static components = { Dialog, PsaPhotos };
    static props = {
        card: Object,
        isClosing: { type: Boolean, optional: true },
        onDone: Function,
        close: Function,
    };
    static defaultProps = { isClosing: false };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        const { line, state: lineState } = usePsaLine(() => this.isWaiting && this.save());
        this.line = line;
        this.lineState = lineState;
        const kept = readDraft(this.props.card.key) || {};
        const [ticket] = this.openTickets;
        this.sheet = useState({
            card: this.props.card,
            token: kept.token || makeToken(),
            ticketId: kept.ticketId || ticket?.id || this.props.card.tickets[0]?.id,
            isRestored: Boolean(kept.token),
            // What was sent first with this token: the server takes nothing else under it.
            sent: kept.sent || "",
            values: {
                summary: "",
                note: "",
                is_absent: false,
                close: this.props.isClosing,
                ...kept.values,
            },
            photos: [],
            signature: null,
            // Photos and signature that were sent with it: they are not kept with the text.
            sentPictures: [],
            problem: "",
            isBusy: false,
        });
        this.checks = [];
        this.sheet.addCheck = (check) => this.checks.push(check);
    }

    get sectionsAbove() {
        return finishSectionsRegistry.getAll().filter((Section) => !Section.isBelow);
    }

    get sectionsBelow() {
        return finishSectionsRegistry.getAll().filter((Section) => Section.isBelow);
    }

    get openTickets() {
        return this.props.card.tickets.filter((ticket) => ticket.is_open);
    }

    get isCall() {
        return this.props.card.kind === "call";
    }

    get title() {
        return this.isCall
            ? _t("Finish %(call)s, %(customer)s", { call: this.props.card.number, customer: this.props.card.customer })
            : _t("Finish %(number)s", { number: this.props.card.number });
    }

    get canClose() {
        return this.openTickets.some((ticket) => ticket.id === this.sheet.ticketId) && !this.sheet.values.is_absent;
    }

    get isClosing() {
        return this.canClose && this.sheet.values.close;
    }

    get saveLabel() {
        return this.isClosing ? _t("Save and close ticket") : _t("Save");
    }

    /** Called at each key: what is typed survives a dead battery. Photos are too large to be kept. */
    keep() {
        this.sheet.problem = "";
        this.isWaiting = false;
        keepDraft(this.props.card.key, {
            token: this.sheet.token,
            sent: this.sheet.sent,
            ticketId: this.sheet.ticketId,
            values: { ...this.sheet.values },
        });
    }

    say(problem) {
        this.sheet.problem = problem;
    }

    chooseTicket(id) {
        this.sheet.ticketId = id;
        this.keep();
    }

    setClosing(isClosing) {
        this.sheet.values.close = isClosing;
        this.keep();
    }

    toggleAbsent(ev) {
        this.sheet.values.is_absent = ev.target.checked;
        if (ev.target.checked) {
            this.sheet.values.close = false;
            this.sheet.signature = null;
        }
        this.keep();
    }

    sign() {
        this.dialog.add(SignatureDialog, {
            defaultName: this.sheet.signature?.name || "",
            nameAndSignatureProps: { mode: "draw", displaySignatureRatio: 3, signatureType: "signature" },
            uploadSignature: ({ name, signatureImage }) => {
                this.sheet.signature = { name, image: signatureImage };
            },
        });
    }

    /** Throw away what is kept of this sheet, and close it. */
    discard() {
        dropDraft(this.props.card.key);
        this.props.close();
    }

    prepare() {
        return {
            ...this.sheet.values,
            close: this.isClosing,
            call_id: this.isCall ? this.props.card.id : false,
            photos: this.sheet.photos.map(({ name, data }) => ({ name, data })),
            signature: this.sheet.signature?.image || "",
            signed_by: this.sheet.signature?.name || "",
        };
    }

    get pictures() {
        return [...this.sheet.photos.map(({ data }) => data), this.sheet.signature?.image].filter(Boolean);
    }

    get missing() {
        for (const check of this.checks) {
            const problem = check();
            if (problem) {
                return problem;
            }
        }
        if (this.isClosing && !this.sheet.values.summary.trim()) {
            return _t("Say what was done before you close the ticket: the customer reads it.");
        }
        return "";
    }

    async save() {
        if (this.sheet.isBusy) {
            return;
        }
        this.sheet.problem = this.missing;
        if (this.sheet.problem) {
            return;
        }
        const text = JSON.stringify([this.sheet.ticketId, this.sheet.values]);
        if (!this.sheet.sent) {
            this.sheet.sent = text;
            this.sheet.sentPictures = this.pictures;
        }
        this.keep();
        this.sheet.isBusy = true;
        try {
            const args = [this.sheet.token, this.sheet.ticketId, this.prepare()];
            const answer = await this.orm.silent.call("psa.my.day", "finish", args);
            this.line.worked();
            const isNew = this.sheet.sent !== text || this.pictures.some((one) => !this.sheet.sentPictures.includes(one));
            if (answer.is_repeated && isNew) {
                this.begin();
                return;
            }
            await this.leave(answer);
        } catch (error) {
            this.explain(error);
        } finally {
            this.sheet.isBusy = false;
        }
    }

    /** What was sent first had arrived, only the answer was lost: what was typed since is a sheet of its own. */
    begin() {
        this.sheet.token = makeToken();
        this.sheet.sent = "";
        this.sheet.photos = this.sheet.photos.filter(({ data }) => !this.sheet.sentPictures.includes(data));
        this.keep();
        this.sheet.problem = _t("What you sent before the line broke had arrived. Save again to add what is here now.");
    }

    async leave(answer) {
        dropDraft(this.props.card.key);
        this.props.close();
        if (answer.next) {
            await this.action.doAction(answer.next, { onClose: this.props.onDone });
        } else {
            this.notification.add(answer.is_closed ? _t("Saved, ticket closed") : _t("Saved"), { type: "success" });
        }
        await this.props.onDone();
    }

    explain(error) {
        if (this.line.failed(error)) {
            this.isWaiting = true;
            return;
        }
        this.sheet.sent = ""; // refused: nothing of it was kept
        if (error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.")) {
            this.sheet.problem = error.data.message;
            return;
        }
        throw error;
    }
}
