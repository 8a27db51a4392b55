import { EventBus } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { withLive } from "../psa_live/psa_live_view";
import { PsaFilteredEmpty } from "../psa_filtered_empty/psa_filtered_empty";
import { PsaBand } from "./psa_band";

/** A live controller with the band above its records; the figures are read again with each load of the records. */
const withBand = (Base, template) => {
    const Controller = withLive(Base);
    return class extends Controller {
        static template = template;
        static components = { ...Controller.components, PsaBand, PsaFilteredEmpty };

        setup() {
            this.bandBus = new EventBus();
            super.setup();
        }

        get isEmpty() {
            const { isReady, root } = this.model;
            if (!isReady) {
                return false;
            }
            return root.isGrouped ? root.groups.every((group) => !group.count) : !root.count;
        }

        get modelParams() {
            const params = super.modelParams;
            const onRootLoaded = params.hooks?.onRootLoaded;
            params.hooks = {
                ...params.hooks,
                onRootLoaded: (root) => {
                    this.bandBus.trigger("loaded");
                    return onRootLoaded?.(root);
                },
            };
            return params;
        }
    };
};

export const psaBandListView = { ...listView, Controller: withBand(ListController, "psa_crm.PsaBandListView") };
export const psaBandKanbanView = {
    ...kanbanView,
    Controller: withBand(KanbanController, "psa_crm.PsaBandKanbanView"),
};

registry.category("views").add("psa_band_list", psaBandListView);
registry.category("views").add("psa_band_kanban", psaBandKanbanView);
