import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { PsaSlaBadge } from "./psa_sla_badge";

export const SLA_TARGETS = {
    response: _t("First response"),
    plan: _t("Plan"),
    resolution: _t("Resolution"),
};

/** The deadline of a ticket as a badge: stands on the field `psa_sla_due_at`. */
export class PsaSlaField extends Component {
    static template = "psa_helpdesk.PsaSlaField";
    static components = { PsaSlaBadge };
    static props = { ...standardFieldProps };

    get badgeProps() {
        const { data } = this.props.record;
        const isOwn = data.psa_sla_kind === "own";
        return {
            state: data.psa_sla_state,
            target: isOwn ? _t("Due date") : SLA_TARGETS[data.psa_sla_kind]?.toString() || "",
            due: data[this.props.name],
            // A date that people set knows no working time.
            leftMinutes: isOwn ? null : data.psa_sla_left_minutes || 0,
            hint: data.psa_sla_hint,
        };
    }
}

export const psaSlaField = {
    component: PsaSlaField,
    displayName: _t("SLA"),
    supportedTypes: ["datetime"],
    // Met and missed tickets have no deadline any more, and yet something to show.
    isEmpty: () => false,
    fieldDependencies: [
        { name: "psa_sla_state", type: "char" },
        { name: "psa_sla_kind", type: "char" },
        { name: "psa_sla_left_minutes", type: "integer" },
        { name: "psa_sla_hint", type: "char" },
    ],
};

registry.category("fields").add("psa_sla", psaSlaField);
