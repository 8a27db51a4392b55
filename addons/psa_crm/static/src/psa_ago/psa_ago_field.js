import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatDateTime } from "@web/core/l10n/dates";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { usePsaClock } from "../psa_clock/psa_clock_hook";

const WEEK = 7 * 24 * 60 * 60 * 1000;

/**
 * A moment as people say it: "3 hours ago" within a week, the date beyond.
 *
 * @param {luxon.DateTime} moment
 * @param {luxon.DateTime} now
 * @returns {string}
 */
export function spellAgo(moment, now) {
    return Math.abs(now.toMillis() - moment.toMillis()) < WEEK
        ? moment.toRelative({ base: now })
        : moment.toLocaleString(luxon.DateTime.DATE_MED);
}

/** A datetime, read only, relative to the page's clock; the exact moment is in the tooltip. */
export class PsaAgoField extends Component {
    static template = "psa_crm.PsaAgoField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = usePsaClock();
    }

    get moment() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.moment ? spellAgo(this.moment, this.clock.now) : "";
    }

    get exact() {
        return this.moment ? formatDateTime(this.moment) : "";
    }
}

registry.category("fields").add("psa_ago", {
    component: PsaAgoField,
    displayName: _t("How long ago"),
    supportedTypes: ["datetime"],
});
