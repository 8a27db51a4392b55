import { utils } from "@web/core/ui/ui_service";
import { registry } from "@web/core/registry";
import { SearchModel } from "@web/search/search_model";
import { psaBandKanbanView } from "@psa_crm/psa_band/psa_band_views";

/** Tickets by stage on a desk; on a phone one sorted stack, because there a column hides all the others. */
export class PsaTicketSearchModel extends SearchModel {
    async load(config) {
        return super.load(utils.isSmall() ? { ...config, defaultGroupBy: undefined } : config);
    }
}

registry.category("views").add("psa_ticket_kanban", { ...psaBandKanbanView, SearchModel: PsaTicketSearchModel });
