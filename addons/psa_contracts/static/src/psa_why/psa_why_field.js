import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The steps behind one or more billing items, in the reader's rights. */
export class PsaWhyPopover extends Component {
    static template = "psa_contracts.PsaWhyPopover";
    static props = {
        parts: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    title: String,
                    subtitle: String,
                    cover: String,
                    steps: { type: Array, element: { type: Object, shape: { what: String, rule: String } } },
                    amount: { type: [String, Boolean] },
                    decisions: { type: Array, element: String },
                },
            },
        },
        close: { type: Function, optional: true },
    };
}

/**
 * A question mark on a boolean "is explained": asks the record's `get_explanation` when it is opened, one call,
 * and shows a popover, on phones a sheet from below.
 */
export class PsaWhyField extends Component {
    static template = "psa_contracts.PsaWhyField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.buttonRef = useRef("button");
        this.popover = usePopover(PsaWhyPopover, {
            position: "left",
            useBottomSheet: this.env.isSmall,
            popoverClass: "o_psa_why",
            onClose: () => this.buttonRef.el?.focus(),
        });
    }

    get isShown() {
        const { record, name } = this.props;
        return Boolean(record.resId && record.data[name]);
    }

    get label() {
        return _t("Why this amount?");
    }

    async open() {
        const { resModel, resId } = this.props.record;
        const parts = await this.orm.call(resModel, "get_explanation", [[resId]]);
        if (this.buttonRef.el) {
            this.popover.open(this.buttonRef.el, { parts });
        }
    }
}

export const psaWhyField = {
    component: PsaWhyField,
    displayName: _t("Why this amount"),
    supportedTypes: ["boolean"],
    label: false,
};

registry.category("fields").add("psa_why", psaWhyField);
