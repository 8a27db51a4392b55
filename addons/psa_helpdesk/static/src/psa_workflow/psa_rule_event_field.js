import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

const GROUPS = [
    { heading: _t("The ticket"), events: ["created", "updated", "stage", "alert"] },
    { heading: _t("The conversation"), events: ["message_in", "message_out"] },
    { heading: _t("The promise (SLA)"), events: ["sla_warning", "sla_percent", "sla_missed", "overdue"] },
    { heading: _t("Time without result"), events: ["idle", "unsolved"] },
];

/**
 * What a rule waits for: its events under headings.
 *
 * @param {Array} items [value, label] of every event there is
 * @returns {Array} {heading, items}; an event that nobody grouped stands in the first group, so that none is hidden
 */
export function groupEvents(items) {
    const named = new Set(GROUPS.flatMap((group) => group.events));
    return GROUPS.map(({ heading, events }, index) => ({
        heading,
        items: items.filter(([event]) => events.includes(event) || (index === 0 && !named.has(event))),
    }));
}

export class PsaRuleEventField extends RadioField {
    static template = "psa_helpdesk.PsaRuleEventField";

    get chosen() {
        return new Map(this.items).get(this.value);
    }

    get groups() {
        return groupEvents(this.items);
    }
}

registry.category("fields").add("psa_rule_event", {
    ...radioField,
    component: PsaRuleEventField,
    displayName: _t("Event of a rule"),
    supportedTypes: ["selection"],
});
