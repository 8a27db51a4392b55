{
    "name": "PSA Service Desk",
    "summary": "Tickets, queues and SLA clocks of an IT service provider on OCA helpdesk",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "PSA suite contributors",
    "category": "Services/PSA",
    "installable": True,
    "depends": [
        "psa_crm",
        "helpdesk_mgmt",
        "helpdesk_mgmt_project",
        "helpdesk_mgmt_merge",
        "helpdesk_mgmt_rating",
        "project",
        "resource",
        "calendar",
        "sms",
    ],
    "data": [
        "security/psa_helpdesk_groups.xml",
        "views/psa_helpdesk_menus.xml",
    ],
}
