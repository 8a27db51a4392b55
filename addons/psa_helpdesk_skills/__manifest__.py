{
    "name": "PSA Service Desk: Skills",
    "summary": "Technicians are suggested by the skills that an issue wants and an employee has",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "PSA suite contributors",
    "category": "Services/PSA",
    "installable": True,
    "auto_install": True,
    "depends": ["psa_helpdesk", "hr_skills"],
    "data": [
        "views/helpdesk_ticket_category_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
}
