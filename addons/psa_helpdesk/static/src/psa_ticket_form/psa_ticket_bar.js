import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/**
 * What a phone keeps under the thumb while a ticket is read. Other addons add to it:
 *
 *     registry.category("psa_ticket_bar").add("log_time", { label, icon, isShown(record), press(bar) }, { sequence })
 *
 * What has `isMore` stands behind the last button.
 */
export const ticketBarRegistry = registry.category("psa_ticket_bar");

ticketBarRegistry
    .add(
        "reply",
        { label: _t("Reply"), icon: "fa-reply", press: (bar) => bar.compose("message") },
        { sequence: 10 }
    )
    .add(
        "note",
        { label: _t("Internal note"), icon: "fa-lock", isMore: true, press: (bar) => bar.compose("note") },
        { sequence: 20 }
    )
    .add(
        "wait",
        {
            label: _t("Wait for customer"),
            icon: "fa-pause",
            isMore: true,
            isShown: (record) => Boolean(record.data.psa_is_open && !record.data.psa_is_waiting),
            press: (bar) => bar.run("action_wait_for_customer"),
        },
        { sequence: 60 }
    )
    .add(
        "close",
        {
            label: _t("Close"),
            icon: "fa-check",
            isMore: true,
            isShown: (record) => Boolean(record.data.psa_is_open),
            press: (bar) => bar.run("action_close"),
        },
        { sequence: 70 }
    )
    .add(
        "call",
        {
            label: _t("Call"),
            icon: "fa-phone",
            isShown: (record) => Boolean(record.data.psa_contact_phone),
            href: (record) => `tel:${record.data.psa_contact_phone.replace(/[^\d+]/g, "")}`,
        },
        { sequence: 40 }
    );

export class PsaTicketBar extends Component {
    static template = "psa_helpdesk.PsaTicketBar";
    static components = { Dropdown, DropdownItem };
    static props = { record: Object };

    setup() {
        this.action = useService("action");
    }

    get label() {
        return _t("Ticket actions");
    }

    get items() {
        return this._find(false);
    }

    get more() {
        return this._find(true);
    }

    _find(isMore) {
        const { record } = this.props;
        return ticketBarRegistry
            .getEntries()
            .filter(([, item]) => Boolean(item.isMore) === isMore && (!item.isShown || item.isShown(record)))
            .map(([key, item]) => ({ ...item, key, href: item.href?.(record) }));
    }

    /** Press a button of the form by the name of its method. */
    async run(name) {
        const { record } = this.props;
        if (await record.save()) {
            await this.action.doActionButton({
                type: "object",
                name,
                resModel: record.resModel,
                resId: record.resId,
                resIds: [record.resId],
                onClose: () => record.load(),
            });
        }
    }

    compose(type) {
        this.env.psaTicketBus.trigger("compose", type);
    }
}
