import { Component, useState } from "@odoo/owl";
import { useCommand } from "@web/core/commands/command_hook";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { useDropdownState } from "@web/core/dropdown/dropdown_hooks";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";

import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";

import { formatElapsed, isLong } from "./psa_timer_service";

/** The running timer in the systray: what it runs on, for how long, and how to stop it from any screen. */
export class PsaTimerMenu extends Component {
    static template = "psa_timesheet_billing.PsaTimerMenu";
    static components = { Dropdown };
    static props = {};

    setup() {
        this.timer = useService("psa_timer");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.state = useState(this.timer.state);
        this.local = useState({ recent: [] });
        this.clock = usePsaClock(() => Boolean(this.timer.state.running));
        this.dropdown = useDropdownState();
        useCommand(_t("Start timer"), () => this.startOn(), {
            category: "app",
            isAvailable: () => this.state.isAllowed,
        });
        useCommand(_t("Stop timer"), () => this.stop(), {
            category: "app",
            isAvailable: () => Boolean(this.state.running),
        });
    }

    get elapsed() {
        return formatElapsed(this.state.running.startedAt, this.clock.now);
    }

    get elapsedExactly() {
        return formatElapsed(this.state.running.startedAt, this.clock.now, true);
    }

    get title() {
        const running = this.state.running;
        return running ? _t("Timer on %s", running.number) : _t("Timer");
    }

    /** Tickets this user logged time on lately, to go on with one of them. */
    async loadRecent() {
        const timers = await this.orm.searchRead(
            "psa.timer",
            [["stopped_at", "!=", false]],
            ["ticket_id"],
            { limit: 20, order: "started_at desc" }
        );
        const seen = new Map(timers.map(({ ticket_id: [id, name] }) => [id, name]));
        seen.delete(this.state.running?.ticket_id);
        this.local.recent = [...seen].slice(0, 5).map(([id, name]) => ({ id, name }));
    }

    async start(ticketId) {
        this.dropdown.close();
        await this.timer.start(ticketId);
    }

    /** Pick any open ticket to start on. */
    startOn() {
        this.dropdown.close();
        this.dialog.add(SelectCreateDialog, {
            title: _t("Start timer on"),
            resModel: "helpdesk.ticket",
            domain: [["psa_is_open", "=", true]],
            multiSelect: false,
            noCreate: true,
            onSelected: ([ticketId]) => this.start(ticketId),
        });
    }

    /** A timer that ran over night was forgotten more often than worked: ask before it becomes an entry. */
    async stop() {
        this.dropdown.close();
        if (!isLong(this.state.running.startedAt, this.clock.now)) {
            await this.timer.stop();
            return;
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("That is a long time"),
            body: _t("%(time)s on %(number)s will be logged as a draft. Correct its end if the timer was forgotten.", {
                time: this.elapsed,
                number: this.state.running.number,
            }),
            confirmLabel: _t("Stop and log"),
            confirm: () => this.timer.stop(),
            cancel: () => {},
        });
    }

    discard() {
        this.dropdown.close();
        this.dialog.add(ConfirmationDialog, {
            title: _t("Discard timer"),
            body: _t("%(time)s on %(number)s will not be logged.", {
                time: this.elapsed,
                number: this.state.running.number,
            }),
            confirmLabel: _t("Discard"),
            confirm: () => this.timer.discard(),
            cancel: () => {},
        });
    }

    async openTicket() {
        this.dropdown.close();
        await this.timer.openTicket();
    }
}

registry.category("systray").add("psa_timesheet_billing.timer", { Component: PsaTimerMenu }, { sequence: 90 });
