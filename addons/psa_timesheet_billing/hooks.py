from odoo.tools import SQL


def post_init_hook(env):
    """Give every company a project for time on tickets, and read the minutes of the time that is there already."""
    env.cr.execute(
        SQL(
            "UPDATE account_analytic_line SET psa_minutes = round(unit_amount * 60) "
            "WHERE project_id IS NOT NULL AND unit_amount > 0"
        )
    )
    env["res.company"].search([])._psa_ensure_service_project()
