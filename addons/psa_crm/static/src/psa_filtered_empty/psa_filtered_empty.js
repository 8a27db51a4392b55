import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Above an empty list: which filters hide everything, and one button that takes them away. Groups stay. */
export class PsaFilteredEmpty extends Component {
    static template = "psa_crm.PsaFilteredEmpty";
    static props = {};

    get facets() {
        return this.env.searchModel.facets.filter((facet) => facet.type !== "groupBy");
    }

    /** The sections of the panel at the side in which something is chosen, with the names of what is. */
    get sections() {
        return [...(this.env.searchModel.sections || new Map()).values()]
            .map((section) => ({
                id: section.id,
                names: [...section.values.values()]
                    .filter((value) => (section.type === "category" ? value.id && value.id === section.activeValueId : value.checked))
                    .map((value) => value.display_name),
            }))
            .filter((section) => section.names.length);
    }

    get text() {
        const names = [
            ...this.facets.flatMap((facet) => facet.values),
            ...this.sections.flatMap((section) => section.names),
        ];
        return names.length ? _t("Nothing here with the filters: %(filters)s.", { filters: names.join(", ") }) : "";
    }

    clear() {
        const { searchModel } = this.env;
        const groups = this.facets.map((facet) => facet.groupId);
        const sections = this.sections.map((section) => section.id);
        searchModel.blockNotification = true;
        groups.forEach((id) => searchModel.deactivateGroup(id));
        if (sections.length) {
            searchModel.clearSections(sections);
        }
        searchModel.blockNotification = false;
        searchModel._notify();
    }
}
