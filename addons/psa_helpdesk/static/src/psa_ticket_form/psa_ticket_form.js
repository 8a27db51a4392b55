import { EventBus, useSubEnv } from "@odoo/owl";
import { SIZES } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

import { PsaLiveForm, usePsaLiveForm } from "@psa_crm/psa_live/psa_live_form";
import { PsaTicketBar } from "./psa_ticket_bar";
import { PsaTicketChatter } from "./psa_ticket_chatter";

/**
 * The form of a ticket: the conversation stands beside the sheet from 1200 px on, the host's only from 1400 px.
 * The size is answered differently for this one view; nothing of the host is patched.
 */
export class PsaTicketFormRenderer extends FormRenderer {
    setup() {
        super.setup();
        this.mailComponents = { ...this.mailComponents, Chatter: PsaTicketChatter };
        const ui = this.uiService;
        this.uiService = Object.create(ui, {
            size: { get: () => (ui.size === SIZES.XL ? SIZES.XXL : ui.size) },
        });
    }
}

/**
 * On a phone a bar under the thumb; its buttons and the conversation talk over a bus of their own. What others change
 * in the ticket is shown at once, or offered where somebody is writing.
 */
export class PsaTicketFormController extends FormController {
    static template = "psa_helpdesk.PsaTicketFormView";
    static components = { ...FormController.components, PsaLiveForm, PsaTicketBar };

    setup() {
        useSubEnv({ psaTicketBus: new EventBus() });
        super.setup();
        this.liveForm = usePsaLiveForm(
            () => this.model.root,
            () => this.rootRef.el
        );
    }

    get hasBar() {
        return this.ui.isSmall && !this.env.inDialog && Boolean(this.model.root?.resId);
    }

    get className() {
        const classes = super.className;
        if (this.ui.size === SIZES.XL && !this.env.inDialog) {
            classes["o_xxl_form_view h-100"] = true;
        }
        classes.psa_ticket_new = !this.model.root?.resId;
        return classes;
    }
}

export const psaTicketFormView = {
    ...formView,
    Controller: PsaTicketFormController,
    Renderer: PsaTicketFormRenderer,
};

registry.category("views").add("psa_ticket_form", psaTicketFormView);
