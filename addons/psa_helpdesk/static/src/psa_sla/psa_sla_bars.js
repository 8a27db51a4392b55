import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { SLA_TARGETS } from "./psa_sla_field";
import { spellStretch } from "./sla_text";

// What the clock did: nobody need have worked while it ran.
const STRETCHES = {
    worked: { name: _t("Clock ran"), tone: "psa_sla_bar_worked" },
    late: { name: _t("Clock ran, late"), tone: "psa_sla_bar_late" },
    waited: { name: _t("Waited"), tone: "psa_sla_bar_waited" },
};

/** Promise and reality of each clock as two bars on one scale, and the same as a table of text below. */
export class PsaSlaBars extends Component {
    static template = "psa_helpdesk.PsaSlaBars";
    static props = { ...standardFieldProps };

    get clocks() {
        const clocks = this.props.record.data[this.props.name].records
            .map((clock) => clock.data)
            .filter((clock) => clock.bars);
        if (!clocks.length) {
            return [];
        }
        const moments = clocks.map(({ bars }) => ({
            from: deserializeDateTime(bars.start),
            until: deserializeDateTime(bars.end),
        }));
        const scale = {
            from: Math.min(...moments.map(({ from }) => from.toMillis())),
            until: Math.max(...moments.map(({ until }) => until.toMillis())),
        };
        return clocks.map((clock) => this.draw(clock, scale));
    }

    /** One clock: each part with its place on the scale in percent, and its words. */
    draw({ kind, cycle, bars }, scale) {
        const length = Math.max(1, scale.until - scale.from);
        const place = (start, end) => {
            const left = (100 * (start.toMillis() - scale.from)) / length;
            const width = (100 * (end.toMillis() - start.toMillis())) / length;
            return `inset-inline-start: ${left.toFixed(2)}%; width: ${Math.max(width, 0.4).toFixed(2)}%`;
        };
        const start = deserializeDateTime(bars.start);
        const promised = bars.promised && deserializeDateTime(bars.promised);
        const reality = bars.reality.map((part, index) => {
            const [from, until] = [deserializeDateTime(part.start), deserializeDateTime(part.end)];
            const { name, tone } = STRETCHES[part.kind];
            return { key: index, tone, style: place(from, until), row: this.row(name.toString(), from, until) };
        });
        const name = SLA_TARGETS[kind].toString();
        return {
            key: `${cycle}-${kind}`,
            name: cycle > 1 ? _t("%(target)s, reopened %(times)s", { target: name, times: cycle - 1 }) : name,
            promise: promised && { style: place(start, promised), row: this.row(_t("Promised"), start, promised) },
            reality,
        };
    }

    row(what, from, until) {
        const format = luxon.DateTime.DATETIME_SHORT;
        return {
            what,
            from: from.toLocaleString(format),
            until: until.toLocaleString(format),
            time: spellStretch(until.toMillis() - from.toMillis()),
        };
    }
}

export const psaSlaBars = {
    component: PsaSlaBars,
    displayName: _t("Promise and reality"),
    supportedTypes: ["one2many"],
    relatedFields: () => [
        { name: "kind", type: "char" },
        { name: "cycle", type: "integer" },
        { name: "bars", type: "json" },
    ],
};

registry.category("fields").add("psa_sla_bars", psaSlaBars);
