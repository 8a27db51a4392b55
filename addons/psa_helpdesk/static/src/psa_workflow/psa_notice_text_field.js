import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { TextField, textField } from "@web/views/fields/text/text_field";

/** A text of a notice, with a list of the ticket's values to put in. They come from the field `places`. */
export class PsaNoticeTextField extends TextField {
    static template = "psa_helpdesk.PsaNoticeTextField";
    static components = { ...TextField.components, Dropdown, DropdownItem };

    get places() {
        return this.props.record.data.places || [];
    }

    /** Put a value where the cursor was last. */
    onPlace(name) {
        const { el } = this.textareaRef;
        el.setRangeText(`{{${name}}}`, this.selectionStart, this.selectionStart, "end");
        this.selectionStart = el.selectionStart;
        // The field reads what was typed from these.
        el.dispatchEvent(new InputEvent("input"));
        el.dispatchEvent(new Event("change"));
        el.focus();
    }
}

registry.category("fields").add("psa_notice_text", {
    ...textField,
    component: PsaNoticeTextField,
    displayName: _t("Text of a notice"),
    supportedTypes: ["char", "text"],
    fieldDependencies: [{ name: "places", type: "json", readonly: true }],
});
