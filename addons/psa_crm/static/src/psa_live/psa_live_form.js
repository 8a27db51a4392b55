import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { parseServerValue } from "@web/model/relational_model/utils";

import { isPageBusy, usePsaLive } from "./psa_live";

// What can be compared, and named by one word.
const COMPARED = new Set([
    "boolean", "char", "date", "datetime", "float", "html", "integer", "many2many", "many2one", "monetary", "selection",
    "text",
]); // prettier-ignore
const WRITER = { write_uid: { fields: { display_name: {} } } };

const isHidden = ({ invisible }) => invisible === "True" || invisible === "1";

const plain = (type, value) => {
    if (type === "many2one") {
        return value ? value.id : false;
    }
    if (type === "many2many") {
        return JSON.stringify([...(value.currentIds || value)].sort());
    }
    return JSON.stringify(value || false);
};

/**
 * A form that follows what others change: read again where nobody is at work in it, otherwise "Anna changed this:
 * Stage, Priority - Reload / Keep mine".
 *
 * @param {() => Object} getRecord the record of the form
 * @param {() => HTMLElement} getElement where its fields stand
 * @returns {{news: Object | null, said: string, reload: Function, keep: Function}} for `PsaLiveForm`
 */
export function usePsaLiveForm(getRecord, getElement) {
    const orm = useService("orm").silent;
    const state = useState({ news: null, said: "", resId: false });

    const readNews = async (record) => {
        const names = Object.keys(record.activeFields).filter((name) => {
            const { type, store } = record.fields[name];
            return store && COMPARED.has(type) && !isHidden(record.activeFields[name]);
        });
        const specification = Object.fromEntries(
            names.map((name) => [name, record.fields[name].type === "many2one" ? { fields: { display_name: {} } } : {}])
        );
        const [values] = await orm.webRead(record.resModel, [record.resId], {
            specification: { ...specification, ...WRITER },
            context: record.context,
        });
        const changed = names.filter((name) => {
            const field = record.fields[name];
            const mine = plain(field.type, record._values[name]);
            return mine !== plain(field.type, parseServerValue(field, values[name]));
        });
        const writer = values.write_uid;
        return {
            who: writer && writer.id !== user.userId ? writer.display_name : "",
            fields: changed.map((name) => record.fields[name].string),
            both: changed.filter((name) => name in record._changes).map((name) => record.fields[name].string),
        };
    };

    const isAtWork = async (record) => {
        const { activeElement } = document;
        const isWriting =
            activeElement?.matches("input, textarea, [contenteditable='true']") &&
            getElement()?.contains(activeElement) &&
            !activeElement.closest(".o-mail-Form-chatter");
        const isDirty = await record.isDirty();
        return isDirty || isWriting || isPageBusy();
    };

    const live = {
        state,
        async reload() {
            const record = getRecord();
            state.news = null;
            await record.discard();
            await record.load();
        },
        keep() {
            state.news = null;
        },
    };

    usePsaLive({
        models: () => [getRecord()?.resModel],
        // A form looks around itself, once it knows that something of it changed.
        isPageBusy: () => false,
        async reload({ ids, isCut }) {
            const record = getRecord();
            if (!record?.resId || !(isCut || ids.includes(record.resId))) {
                return;
            }
            const isBusy = await isAtWork(record); // first: it takes over what is being typed
            const news = await readNews(record);
            if (getRecord() !== record || !news.fields.length) {
                return;
            }
            if (isBusy) {
                Object.assign(state, { news, resId: record.resId, said: "" });
            } else {
                await record.load();
                Object.assign(state, { news: null, said: sayNews(news) });
            }
        },
    });
    return live;
}

export function sayNews({ who, fields }) {
    const values = { who, fields: fields.join(", ") };
    return who
        ? _t("%(who)s changed this: %(fields)s", values)
        : _t("You changed this elsewhere: %(fields)s", values);
}

export class PsaLiveForm extends Component {
    static template = "psa_crm.PsaLiveForm";
    static props = { live: Object, resId: { type: [Number, Boolean] } };

    setup() {
        this.state = useState(this.props.live.state);
    }

    get news() {
        return this.state.resId === this.props.resId && this.state.news;
    }

    get words() {
        return sayNews(this.news);
    }

    get bothWords() {
        const { both } = this.news;
        return both.length ? _t("You are changing this too: %s", both.join(", ")) : "";
    }
}
