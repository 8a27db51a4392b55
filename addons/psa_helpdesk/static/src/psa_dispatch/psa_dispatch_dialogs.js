import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { PsaReasonChips } from "@psa_crm/psa_reason/psa_reason_chips";

const { DateTime } = luxon;
// What a `datetime-local` input reads.
const INPUT_FORMAT = "yyyy-MM-dd'T'HH:mm";

/** All that speaks against a time; whoever books anyway says why. */
export class PsaConflictDialog extends Component {
    static template = "psa_helpdesk.PsaConflictDialog";
    static components = { Dialog, PsaReasonChips };
    static props = { conflicts: Array, confirm: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
    }

    get title() {
        return _t("Something speaks against this time");
    }

    choose(reason) {
        this.state.reason = reason;
    }

    confirm() {
        const reason = this.state.reason.trim();
        if (reason) {
            this.props.close();
            this.props.confirm(reason);
        }
    }
}

/** Who and when, without a drag: for a ticket, with the best times, or for a call that is there. */
export class PsaAssignDialog extends Component {
    static template = "psa_helpdesk.PsaAssignDialog";
    static components = { Dialog };
    static props = {
        title: String,
        technicians: Array,
        technicianId: { type: Number, optional: true },
        start: Object,
        minutes: Number,
        ticketId: { type: Number, optional: true },
        confirmLabel: String,
        confirm: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            technicianId: this.props.technicianId || this.props.technicians[0]?.id,
            start: this.props.start.toFormat(INPUT_FORMAT),
            minutes: this.props.minutes,
            proposals: [],
        });
        onWillStart(async () => {
            if (this.props.ticketId) {
                this.state.proposals = await this.orm.call("psa.service.call", "psa_board_suggest", [this.props.ticketId]);
                const [best] = this.state.proposals;
                if (best && !this.props.technicianId) {
                    this.state.technicianId = best.technician_id;
                    this.state.start = deserializeDateTime(best.start).toFormat(INPUT_FORMAT);
                }
            }
        });
    }

    sayWhen(proposal) {
        return deserializeDateTime(proposal.start).toFormat("ccc d MMM HH:mm");
    }

    take(proposal) {
        this.props.close();
        this.props.confirm({
            technicianId: proposal.technician_id,
            start: deserializeDateTime(proposal.start),
            minutes: this.state.minutes,
        });
    }

    get isValid() {
        return this.state.technicianId && DateTime.fromISO(this.state.start).isValid && this.state.minutes > 0;
    }

    confirm() {
        if (this.isValid) {
            this.props.close();
            this.props.confirm({
                technicianId: Number(this.state.technicianId),
                start: DateTime.fromISO(this.state.start),
                minutes: Number(this.state.minutes),
            });
        }
    }
}

/** Which technicians the board shows; with a name they are kept for another time. */
export class PsaSelectionDialog extends Component {
    static template = "psa_helpdesk.PsaSelectionDialog";
    static components = { Dialog };
    static props = {
        technicians: Array,
        ids: Array,
        name: String,
        show: Function,
        remove: { type: Function, optional: true },
        close: Function,
    };

    setup() {
        this.state = useState({ name: this.props.name, ids: [...this.props.ids] });
    }

    get title() {
        return _t("Technicians on the dispatch board");
    }

    toggle(id) {
        const { ids } = this.state;
        this.state.ids = ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id];
    }

    show() {
        if (this.state.ids.length) {
            this.props.close();
            this.props.show(this.state.name.trim(), this.state.ids);
        }
    }

    remove() {
        this.props.close();
        this.props.remove();
    }
}
