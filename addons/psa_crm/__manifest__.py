{
    "name": "PSA Customers and Assets",
    "summary": "Customers, sites, account classes, lead technicians and installed products of an IT service provider",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "PSA suite contributors",
    "category": "Services/PSA",
    "application": True,
    "installable": True,
    "depends": ["crm", "contacts", "product", "mail"],
    "data": [
        "security/psa_crm_groups.xml",
        "views/psa_crm_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["psa_crm/static/src/**/*"],
        "web.assets_unit_tests": ["psa_crm/static/tests/**/*"],
    },
}
