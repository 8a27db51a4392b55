import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

const ICONS = {
    critical: "fa-exclamation-triangle",
    high: "fa-arrow-up",
    medium: "fa-minus",
    low: "fa-arrow-down",
    info: "fa-info-circle",
};

/** A severity as icon, word and colour: whoever misses one of them has the others. */
export class PsaSeverityField extends BadgeField {
    static template = "psa_alerts.PsaSeverityField";

    get icon() {
        return ICONS[this.props.record.data[this.props.name]];
    }
}

registry.category("fields").add("psa_severity", {
    ...badgeField,
    component: PsaSeverityField,
    supportedTypes: ["selection"],
});
