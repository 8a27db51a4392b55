import { onPatched } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { useService } from "@web/core/utils/hooks";

import { PsaLivePill, usePsaLive } from "./psa_live";

/** The function that puts the focus back on the row or card it was on, once these are new ones. */
function rememberFocus(model) {
    const { activeElement } = document;
    const row = activeElement?.closest(".o_data_row, .o_kanban_record");
    const record = row && model.root.records.find(({ id }) => id === row.dataset.id);
    const cell = activeElement?.closest("td[name]")?.getAttribute("name");
    return () => {
        const twin = record && model.root.records.find(({ resId }) => resId === record.resId);
        const place = twin && document.querySelector(`[data-id="${twin.id}"]`);
        const target = cell ? place?.querySelector(`td[name="${cell}"]`) : place;
        if (target && document.activeElement !== target) {
            target.focus({ preventScroll: true });
        }
    };
}

/**
 * A controller of a list or kanban that follows what others change; its template shows `PsaLivePill`.
 * A view that lives by the changes of other records names their models in `liveModels`.
 */
export const withLive = (Controller) =>
    class extends Controller {
        static components = { ...Controller.components, PsaLivePill };

        setup() {
            super.setup();
            this.liveOrm = useService("orm").silent;
            this.live = usePsaLive({
                models: () => this.liveModels,
                reload: () => this.readLive(),
                isBusy: () => this.isAtWork,
                count: (news) => this.countLive(news),
            });
            onPatched(() => {
                this.restoreFocus?.();
                this.restoreFocus = null;
            });
        }

        get liveModels() {
            return [this.props.resModel];
        }

        get isAtWork() {
            const { root } = this.model;
            return root.isDomainSelected || root.selection.length > 0 || Boolean(root.editedRecord);
        }

        async readLive() {
            const { root } = this.model;
            // What somebody is writing is kept; what cannot be kept stays where it is.
            if (!this.model.isReady || (root.editedRecord && !(await root.leaveEditMode()))) {
                return;
            }
            const restore = rememberFocus(this.model);
            await this.model.load();
            this.restoreFocus = restore;
        }

        /** Count what is on the screen or belongs there now. The rest of the house is not news here. */
        async countLive({ ids }) {
            if (!this.liveModels.includes(this.props.resModel)) {
                return ids.length;
            }
            const { resModel, domain, context } = this.model.config;
            const shown = this.model.root.records.map((record) => record.resId).filter((id) => ids.includes(id));
            const within = Domain.and([domain, [["id", "in", ids]]]).toList();
            const found = await this.liveOrm.search(resModel, within, { context });
            return new Set([...shown, ...found]).size;
        }
    };
