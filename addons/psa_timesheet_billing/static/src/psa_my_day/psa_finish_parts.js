import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { finishSectionsRegistry } from "@psa_helpdesk/psa_my_day/psa_finish_sheet";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";

const SEARCH_MS = 300;

/** Read what was typed into a quantity; NaN where it is none. A comma is a point, as on many phones. */
export function readQuantity(text) {
    const typed = text.trim().replace(",", ".");
    return /^\d+(\.\d{1,2})?$/.test(typed) && Number(typed) > 0 ? Number(typed) : NaN;
}

/** Parts that were used, below the photos of the finish sheet: found by name or barcode, counted by thumb. */
export class PsaFinishParts extends Component {
    static template = "psa_timesheet_billing.PsaFinishParts";
    static props = { sheet: Object, keep: Function };
    static isBelow = true;

    setup() {
        this.orm = useService("orm");
        this.line = useService("psa_line");
        this.sheet = useState(this.props.sheet);
        this.state = useState({ mayUse: false, isSearching: false, text: "", found: [], isAsked: false });
        this.searchSoon = debounce(() => this.search(), SEARCH_MS);
        this.sheet.addCheck(() => this.check());
        onWillStart(() => this.load());
        onWillUnmount(() => this.searchSoon.cancel());
    }

    get parts() {
        return this.sheet.values.parts || [];
    }

    async load() {
        const found = await this.find("");
        this.state.mayUse = found !== false;
        this.state.found = found || [];
    }

    /** The products of a text, false for whoever writes down no parts; nothing without a line. */
    async find(text) {
        try {
            return await this.orm.silent.call("psa.my.day", "find_products", [this.sheet.ticketId, text]);
        } catch (error) {
            if (!this.line.failed(error)) {
                throw error;
            }
            return this.parts.length ? [] : false;
        }
    }

    async open() {
        this.state.isSearching = true;
        this.state.text = "";
        await this.search();
    }

    cancel() {
        this.state.isSearching = false;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.searchSoon();
    }

    async search() {
        const asked = (this.asked = {});
        const found = await this.find(this.state.text);
        if (asked === this.asked) {
            this.state.found = found || [];
            this.state.isAsked = Boolean(this.state.text.trim());
        }
    }

    /** Enter in the search takes what a scanner read: the only product with that barcode. */
    async onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        this.searchSoon.cancel();
        await this.search();
        if (this.state.found.length === 1) {
            this.add(this.state.found[0]);
        }
    }

    /** One more of the same stays one row, unless it has a serial number of its own. */
    add(product) {
        const same = this.parts.find((part) => part.product_id === product.id && !part.serial && !part.free_reason);
        if (same) {
            same.quantity = (Number.isNaN(readQuantity(String(same.quantity))) ? 0 : Number(same.quantity)) + 1;
            this.sheet.values.parts = [...this.parts];
        } else {
            const { id: product_id, name, unit } = product;
            this.sheet.values.parts = [...this.parts, { product_id, name, unit, quantity: 1, serial: "", free_reason: "" }];
        }
        this.state.isSearching = false;
        this.props.keep();
    }

    setQuantity(part, ev) {
        const quantity = readQuantity(ev.target.value);
        // What cannot be read stays as it was typed, and is said when the sheet is saved.
        part.quantity = Number.isNaN(quantity) ? ev.target.value : quantity;
        this.props.keep();
    }

    setText(part, name, ev) {
        part[name] = ev.target.value;
        this.props.keep();
    }

    remove(index) {
        this.sheet.values.parts = this.parts.filter((_part, place) => place !== index);
        this.props.keep();
    }

    describeRemoval(part) {
        return _t("Remove %s", part.name);
    }

    describeQuantity(part) {
        return _t("How many: %s", part.name);
    }

    describeSerial(part) {
        return _t("Serial number: %s", part.name);
    }

    describeReason(part) {
        return _t("No charge because: %s", part.name);
    }

    /** What is still wrong with the parts, said by the sheet when it is saved. */
    check() {
        const wrong = this.parts.find((part) => typeof part.quantity !== "number");
        return wrong ? _t("How many of %(part)s? Type a number such as 2 or 1.5.", { part: wrong.name }) : "";
    }
}

finishSectionsRegistry.add("parts", PsaFinishParts, { sequence: 20 });
