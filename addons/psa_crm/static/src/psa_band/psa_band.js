import { Component, onWillStart, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";

/**
 * Figures above a list or kanban that answer before a row is read. The action names them in its context:
 *
 *     'psa_band': [{'filters': ['open', 'unassigned'], 'tone': 'warning'}, ...]
 *
 * `filters` are names of filters of the search view that hold together, the last one gives the word; `tone` is the
 * colour while there is something to see. A figure counts what pressing it shows, because both use these filters.
 */
export class PsaBand extends Component {
    static template = "psa_crm.PsaBand";
    static props = { resModel: String, bus: Object, isLoaded: Boolean };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ counts: [] });
        this.before = null;
        this.asked = null;
        // Where the records are still on their way, their arrival asks.
        onWillStart(() => this.props.isLoaded && this.count());
        useBus(this.props.bus, "loaded", () => this.count());
    }

    get label() {
        return _t("What needs a look");
    }

    get figures() {
        const { searchModel } = this.env;
        const items = Object.values(searchModel.searchItems).filter((item) => item.type === "filter");
        const active = searchModel.query.map((element) => element.searchItemId).filter((id) => !this._isGroupBy(id));
        return (searchModel.globalContext.psa_band || [])
            .map(({ filters, tone }) => ({ tone, items: filters.map((name) => items.find((item) => item.name === name)) }))
            .filter((figure) => figure.items.every(Boolean))
            .map(({ tone, items }, index) => ({
                id: index,
                ids: items.map((item) => item.id),
                word: items.at(-1).description,
                domains: items.map((item) => item.domain),
                count: this.state.counts[index],
                tone: this.state.counts[index] ? `text-${tone}-emphasis` : "text-muted",
                isActive:
                    active.length === items.length && items.every((item) => active.includes(item.id)),
            }));
    }

    async count() {
        const { searchModel } = this.env;
        const within = [searchModel.globalDomain, searchModel._getSearchPanelDomain()];
        const domains = this.figures.map((figure) =>
            Domain.and([...within, ...figure.domains]).toList(searchModel.domainEvalContext)
        );
        const asked = JSON.stringify(domains);
        if (!domains.length || this.asked === asked) {
            return; // nothing to ask, or the answer to the same question is on its way
        }
        this.asked = asked;
        try {
            const counts = await this.orm.silent.call("psa.band", "count", [this.props.resModel, domains]);
            if (this.asked === asked) {
                this.state.counts = counts;
            }
        } finally {
            this.asked = null;
        }
    }

    /** Show what a figure counts, and only that; pressed again, show what was there before. Groups stay. */
    press(figure) {
        const { searchModel } = this.env;
        searchModel.blockNotification = true;
        if (figure.isActive && this.before) {
            searchModel.query = this.before;
            this.before = null;
        } else {
            this.before ||= [...searchModel.query];
            searchModel.query = searchModel.query.filter((element) => this._isGroupBy(element.searchItemId));
            if (!figure.isActive) {
                figure.ids.forEach((id) => searchModel.toggleSearchItem(id));
            }
        }
        searchModel.blockNotification = false;
        searchModel._notify();
    }

    _isGroupBy(searchItemId) {
        return ["groupBy", "dateGroupBy"].includes(this.env.searchModel.searchItems[searchItemId].type);
    }
}
