import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

import { PsaReasonChips } from "./psa_reason_chips";

/** A line of text that asks why, with the reasons used before below it: `options="{'kind': 'cancel_call'}"`. */
export class PsaReasonField extends Component {
    static template = "psa_crm.PsaReasonField";
    static components = { CharField, PsaReasonChips };

    // Asked late: other addons of the host give the plain field further props.
    static get props() {
        return { ...CharField.props, kind: String };
    }

    get charProps() {
        const { kind: _kind, ...props } = this.props;
        return props;
    }

    choose(reason) {
        return this.props.record.update({ [this.props.name]: reason });
    }
}

registry.category("fields").add("psa_reason", {
    ...charField,
    component: PsaReasonField,
    displayName: _t("Reason"),
    supportedTypes: ["char"],
    supportedOptions: [],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...charField.extractProps(fieldInfo, dynamicInfo),
        kind: fieldInfo.options.kind,
    }),
});
