{
    "name": "PSA Time and Rating",
    "summary": "Time on tickets with timer and approval, rated by the customer's contract into the billing ledger",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "PSA suite contributors",
    "category": "Services/PSA",
    "installable": True,
    "depends": ["psa_helpdesk", "psa_contracts", "hr_timesheet", "hr_expense"],
    "data": [
        "security/psa_time_groups.xml",
        "security/ir.model.access.csv",
        "security/psa_time_security.xml",
        "wizards/psa_time_send_back_views.xml",
        "views/account_analytic_line_views.xml",
        "views/account_analytic_line_actions.xml",
        "views/helpdesk_ticket_views.xml",
        "views/hr_employee_views.xml",
        "views/res_config_settings_views.xml",
        "views/psa_timesheet_billing_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "psa_timesheet_billing/static/src/psa_timer/*",
        ],
    },
    "post_init_hook": "post_init_hook",
}
