import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { PsaSlaBadge } from "./psa_sla_badge";
import { SLA_TARGETS } from "./psa_sla_field";

const ORDER = Object.keys(SLA_TARGETS);

/** All targets of a ticket side by side: stands on the field `psa_sla_clock_ids`, shows the last cycle. */
export class PsaSlaStrip extends Component {
    static template = "psa_helpdesk.PsaSlaStrip";
    static components = { PsaSlaBadge };
    static props = { ...standardFieldProps };

    get label() {
        return _t("Targets of this ticket");
    }

    get clocks() {
        const clocks = this.props.record.data[this.props.name].records.map((clock) => clock.data);
        const last = Math.max(0, ...clocks.map((clock) => clock.cycle));
        return clocks
            .filter((clock) => clock.cycle === last && clock.state !== "not_counted")
            .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
            .map((clock) => {
                const target = SLA_TARGETS[clock.kind].toString();
                const isOpen = !["met", "missed"].includes(clock.state);
                const badge = {
                    state: clock.state,
                    target,
                    due: isOpen && clock.due_at,
                    leftMinutes: clock.left_minutes,
                    hint: clock.hint,
                };
                return { id: clock.kind, target, badge };
            });
    }
}

export const psaSlaStrip = {
    component: PsaSlaStrip,
    displayName: _t("SLA targets"),
    supportedTypes: ["one2many"],
    relatedFields: () => [
        { name: "kind", type: "char" },
        { name: "cycle", type: "integer" },
        { name: "state", type: "char" },
        { name: "due_at", type: "datetime" },
        { name: "left_minutes", type: "integer" },
        { name: "hint", type: "char" },
    ],
};

registry.category("fields").add("psa_sla_strip", psaSlaStrip);
