import { _t } from "@web/core/l10n/translation";

import { ticketBarRegistry } from "@psa_helpdesk/psa_ticket_form/psa_ticket_bar";

ticketBarRegistry.add(
    "log_time",
    {
        label: _t("Log time"),
        icon: "fa-clock-o",
        // Who may not log time gets a form without time entries.
        isShown: (record) => "psa_time_ids" in record.activeFields,
        press: (bar) => bar.run("action_psa_log_time"),
    },
    { sequence: 30 }
);
