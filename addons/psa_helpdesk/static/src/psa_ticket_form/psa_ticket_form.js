import { SIZES } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

/**
 * The form of a ticket: the conversation stands beside the sheet from 1200 px on, the host's only from 1400 px.
 * The size is answered differently for this one view; nothing of the host is patched.
 */
export class PsaTicketFormRenderer extends FormRenderer {
    setup() {
        super.setup();
        const ui = this.uiService;
        this.uiService = Object.create(ui, {
            size: { get: () => (ui.size === SIZES.XL ? SIZES.XXL : ui.size) },
        });
    }
}

export class PsaTicketFormController extends FormController {
    get className() {
        const classes = super.className;
        if (this.ui.size === SIZES.XL && !this.env.inDialog) {
            classes["o_xxl_form_view h-100"] = true;
        }
        return classes;
    }
}

export const psaTicketFormView = {
    ...formView,
    Controller: PsaTicketFormController,
    Renderer: PsaTicketFormRenderer,
};

registry.category("views").add("psa_ticket_form", psaTicketFormView);
