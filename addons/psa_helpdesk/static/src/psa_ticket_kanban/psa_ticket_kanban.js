import { utils } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { SearchModel } from "@web/search/search_model";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** Tickets by stage on a desk; on a phone one sorted stack, because there a column hides all the others. */
export class PsaTicketSearchModel extends SearchModel {
    async load(config) {
        return super.load(utils.isSmall() ? { ...config, defaultGroupBy: undefined } : config);
    }
}

registry.category("views").add("psa_ticket_kanban", { ...kanbanView, SearchModel: PsaTicketSearchModel });
