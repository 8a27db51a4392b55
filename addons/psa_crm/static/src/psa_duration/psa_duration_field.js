import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatDuration, readDuration, spellDuration } from "./duration_text";

/** What is wrong with the typed text, or the question which of two readings is meant, right beside the field. */
export class PsaDurationHint extends Component {
    static template = "psa_crm.PsaDurationHint";
    static props = {
        message: String,
        choices: { type: Array, element: { type: Object, shape: { minutes: Number, label: String } } },
        choose: Function,
        close: Function,
    };
}

/** Integer minutes, shown as 1:30 and typed as people say them. */
export class PsaDurationField extends Component {
    static template = "psa_crm.PsaDurationField";
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };

    setup() {
        this.inputRef = useRef("input");
        this.hint = usePopover(PsaDurationHint, { position: "bottom-start", arrow: false });
        useInputField({
            ref: this.inputRef,
            getValue: () => this.formattedValue,
            parse: (text) => this.parse(text),
        });
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get formattedValue() {
        return formatDuration(this.value);
    }

    get spelledValue() {
        return spellDuration(this.value);
    }

    /** Minutes of the typed text; what cannot be one number of minutes is said beside the field and thrown. */
    parse(text) {
        this.hint.close();
        if (!text.trim()) {
            return 0;
        }
        let reading;
        try {
            reading = readDuration(text);
        } catch (problem) {
            this.openHint(this.explain(problem, text), []);
            throw problem;
        }
        if (reading.minutes === undefined) {
            this.openHint(
                _t("%(text)s minutes or %(text)s hours?", { text: text.trim() }),
                [reading.asMinutes, reading.asHours].map((minutes) => ({
                    minutes,
                    label: spellDuration(minutes),
                }))
            );
            throw new Error("ambiguous");
        }
        return reading.minutes;
    }

    explain(problem, text) {
        switch (problem.code) {
            case "minutes":
                return _t("An hour has 60 minutes. Type 1:30 or 90m.");
            case "too_long":
                return _t("%(text)s is too long.", { text });
            default:
                return _t("%(text)s is no duration. Type 1:30, 1h30, 90m or 1.5.", { text });
        }
    }

    openHint(message, choices) {
        if (this.inputRef.el) {
            this.hint.open(this.inputRef.el, { message, choices, choose: (minutes) => this.choose(minutes) });
        }
    }

    async choose(minutes) {
        this.hint.close();
        await this.props.record.resetFieldValidity(this.props.name);
        await this.props.record.update({ [this.props.name]: minutes });
        if (this.inputRef.el) {
            this.inputRef.el.value = formatDuration(minutes);
            this.inputRef.el.focus();
        }
    }
}

export const psaDurationField = {
    component: PsaDurationField,
    displayName: _t("Duration"),
    supportedTypes: ["integer"],
    isEmpty: () => false,
    extractProps: ({ placeholder }) => ({ placeholder }),
};

registry.category("fields").add("psa_duration", psaDurationField);
registry.category("formatters").add("psa_duration", formatDuration);
