import { Component } from "@odoo/owl";

import { finishSectionsRegistry } from "./psa_finish_sheet";

/** The checklist of a service call in its finish sheet: what is ticked here is done when the sheet is saved. */
export class PsaChecklistSection extends Component {
    static template = "psa_helpdesk.PsaChecklistSection";
    static props = { sheet: Object, keep: Function };

    get lines() {
        return this.props.sheet.card.checklist || [];
    }

    get ticked() {
        return this.props.sheet.values.ticked || [];
    }

    toggle(line) {
        const { ticked } = this;
        this.props.sheet.values.ticked = ticked.includes(line.id)
            ? ticked.filter((id) => id !== line.id)
            : [...ticked, line.id];
        this.props.keep();
    }
}

finishSectionsRegistry.add("psa_checklist", PsaChecklistSection, { sequence: 5 });
