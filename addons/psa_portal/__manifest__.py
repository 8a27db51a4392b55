{
    "name": "PSA Customer Portal",
    "summary": "Customers follow their tickets, hours and invoices, and report problems",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "PSA suite contributors",
    "category": "Services/PSA",
    "installable": True,
    "depends": ["psa_timesheet_billing", "portal"],
    "data": [
        "security/account_move_security.xml",
        "views/portal_layout_templates.xml",
        "views/portal_home_templates.xml",
        "views/portal_ticket_templates.xml",
        "views/portal_ticket_form_templates.xml",
        "views/portal_contract_templates.xml",
        "views/portal_invoice_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["psa_portal/static/src/**/*"],
        "web.assets_tests": ["psa_portal/static/tests/tours/**/*"],
    },
}
