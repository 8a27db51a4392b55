import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Brings the conversation of the ticket into sight. */
export class PsaShowConversation extends Component {
    static template = "psa_helpdesk.PsaShowConversation";
    static props = { ...standardWidgetProps };

    show() {
        this.env.psaTicketBus?.trigger("show");
    }
}

registry.category("view_widgets").add("psa_show_conversation", { component: PsaShowConversation });
