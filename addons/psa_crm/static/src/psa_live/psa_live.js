import { Component, onMounted, onWillUnmount, status, useComponent, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";

export const LIVE_TYPE = "psa_live/changed";
// What comes at the same moment is one change of the screen.
const SETTLE_MS = 300;
// In a storm of changes a screen is read again this often, and not more.
const GAP_MS = 2000;

// Whatever of these is there, somebody is at work: a dialog, a menu, a drag, a card that is being written.
const AT_WORK = ".o_dialog, .o-dropdown--menu, .o_popover, .o_bottom_sheet, .o_dragged, .o_kanban_quick_create";

/** Whether reading again would pull something away under the user's hand. */
export function isPageBusy() {
    const selection = document.getSelection();
    return Boolean(document.querySelector(AT_WORK)) || Boolean(selection && !selection.isCollapsed);
}

/**
 * Follow what others change. While nobody is at work on the page it is read again by itself; otherwise a pill
 * (`PsaLivePill`) says how much is new and waits to be pressed. Nothing is read while the page is out of sight.
 *
 * @param {Object} params
 * @param {() => string[]} params.models the models whose changes matter
 * @param {(news: {ids: number[], isCut: boolean}) => Promise} params.reload read again; `isCut`: more than `ids` changed
 * @param {() => boolean | Promise<boolean>} [params.isBusy] what else is not to be disturbed
 * @param {() => boolean} [params.isPageBusy] replaces the look at the whole page
 * @param {(news: {ids: number[], isCut: boolean}) => Promise<number>} [params.count] how many of the news are to be seen here
 * @returns {PsaLive} for the pill
 */
export function usePsaLive(params) {
    const bus = useService("bus_service");
    const component = useComponent();
    const live = useState(new PsaLive({ ...params, isGone: () => status(component) === "destroyed" }));
    const hear = (message) => live.hear(message);
    onMounted(() => bus.subscribe(LIVE_TYPE, hear));
    onWillUnmount(() => {
        bus.unsubscribe(LIVE_TYPE, hear);
        live.stop();
    });
    // What was said while the line was down is not known.
    useBus(bus, "BUS:RECONNECT", () => live.add([], true));
    useExternalListener(document, "visibilitychange", () => live.settleLate());
    return live;
}

export class PsaLive {
    constructor(params) {
        const none = () => false;
        const all = async ({ ids }) => ids.length;
        Object.assign(this, { isBusy: none, isPageBusy, count: all, ...params });
        this.isWaiting = false;
        this.news = 0;
        this.isLate = false;
        this.readAt = 0;
        this.clear();
    }

    clear() {
        this.ids = new Set();
        this.isCut = false;
        this.isWaiting = false;
        this.news = 0;
    }

    stop() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    hear({ model, ids, is_cut: isCut }) {
        if (this.models().includes(model)) {
            this.add(ids, isCut);
        }
    }

    add(ids, isCut) {
        ids.forEach((id) => this.ids.add(id));
        this.isCut ||= isCut;
        if (!this.timer) {
            const wait = Math.max(SETTLE_MS, this.readAt + GAP_MS - Date.now());
            this.timer = browser.setTimeout(() => this.settle(), wait);
        }
    }

    /** What kept the page from being read again is over. */
    settleSoon() {
        if (this.isWaiting) {
            this.add([], this.isCut);
        }
    }

    get found() {
        return { ids: [...this.ids], isCut: this.isCut };
    }

    settleLate() {
        if (this.isLate && !document.hidden) {
            this.isLate = false;
            this.settle();
        }
    }

    async settle() {
        this.timer = null;
        if (document.hidden) {
            this.isLate = true;
        } else if (this.isPageBusy() || (await this.isBusy())) {
            const news = this.isCut ? 0 : await this.count(this.found);
            this.news = news;
            this.isWaiting = this.isCut || news > 0;
        } else {
            await this.read();
        }
    }

    async read() {
        if (this.isGone()) {
            return;
        }
        const { found } = this;
        this.clear();
        this.readAt = Date.now();
        await this.reload(found);
    }
}

/** "3 new - Show": stands above what is shown, moves nothing, and is read out. */
export class PsaLivePill extends Component {
    static template = "psa_crm.PsaLivePill";
    static props = { live: Object };

    get words() {
        const { news } = this.props.live;
        return news ? _t("%s new", news) : _t("There is news");
    }
}
