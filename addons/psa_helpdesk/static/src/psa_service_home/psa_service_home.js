import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { psaBandKanbanView } from "@psa_crm/psa_band/psa_band_views";

const TONES = { overdue: "danger", at_risk: "warning", due: "info", done: "success" };

/** What stands above and below the cards of the queues: the four words, promises, backlog, and what to look at first. */
export class PsaServiceFigures extends Component {
    static template = "psa_helpdesk.PsaServiceFigures";
    static props = { home: Object };

    setup() {
        this.action = useService("action");
    }

    tone(word) {
        const any = word.tickets.count || (word.tasks && word.tasks.count);
        return any ? `text-${TONES[word.word]}-emphasis` : "text-muted";
    }

    open(figure) {
        this.action.doAction(figure.action);
    }
}

/** The same words side by side, for each queue, technician or customer. */
export class PsaServiceCompare extends Component {
    static template = "psa_helpdesk.PsaServiceCompare";
    static props = { home: Object };

    setup() {
        this.action = useService("action");
    }

    open(way) {
        this.action.doAction(way.action);
    }
}

export class PsaServiceLook extends Component {
    static template = "psa_helpdesk.PsaServiceLook";
    static props = { home: Object };

    setup() {
        this.action = useService("action");
    }

    open(line) {
        this.action.doAction(line.action);
    }
}

const BaseController = psaBandKanbanView.Controller;

class PsaServiceHomeController extends BaseController {
    static template = "psa_helpdesk.PsaServiceHome";
    static components = { ...BaseController.components, PsaServiceFigures, PsaServiceCompare, PsaServiceLook };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.service = useState({ home: null });
        // Counted once with each load of the cards; heard from before the first one on, which `useBus` would miss.
        this.bandBus.addEventListener("loaded", () => this.readHome());
    }

    /** The cards are queues; what they say is about tickets. */
    get liveModels() {
        return ["helpdesk.ticket"];
    }

    async readHome() {
        // The filters of the screen travel in the context, as they do for the cards.
        const { context } = this.env.searchModel;
        const asked = (this.asked = {});
        const home = await this.orm.silent.call("psa.service.home", "get_home", [], { context });
        if (asked === this.asked) {
            this.service.home = home;
        }
    }
}

registry.category("views").add("psa_service_home", { ...psaBandKanbanView, Controller: PsaServiceHomeController });
