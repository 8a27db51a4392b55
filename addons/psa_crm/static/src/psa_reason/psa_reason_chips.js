import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/** The last reasons that this person gave for such a decision, each one a button. */
export class PsaReasonChips extends Component {
    static template = "psa_crm.PsaReasonChips";
    static props = { kind: String, choose: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ reasons: [] });
        // Not waited for: the dialog is of use without them.
        onWillStart(() => void this.load());
    }

    async load() {
        this.state.reasons = await this.orm.silent.call("psa.reason", "get_recent", [this.props.kind]);
    }
}
