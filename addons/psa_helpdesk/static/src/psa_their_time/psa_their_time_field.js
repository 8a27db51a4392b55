import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";

import { spellTheirTime } from "./their_time";

/**
 * The name of a customer's time zone, shown as what it means for the reader: of a field with a moment
 * (`options="{'at': 'start_at'}"`) "their 08:00", else "It is 08:00 there". Nothing where both clocks show the same.
 */
export class PsaTheirTimeField extends Component {
    static template = "psa_helpdesk.PsaTheirTimeField";
    static props = { ...standardFieldProps, at: { type: String, optional: true } };

    setup() {
        this.clock = usePsaClock();
    }

    get zone() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        const moment = this.props.at ? this.props.record.data[this.props.at] : this.clock.now;
        const time = moment ? spellTheirTime(moment, this.zone) : "";
        if (!time) {
            return "";
        }
        return this.props.at ? _t("their %(time)s", { time }) : _t("It is %(time)s there", { time });
    }
}

registry.category("fields").add("psa_their_time", {
    component: PsaTheirTimeField,
    displayName: _t("Customer's time"),
    supportedTypes: ["char"],
    extractProps: ({ options }) => ({ at: options.at }),
});
