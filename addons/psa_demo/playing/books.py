"""Charts of accounts, promises and contracts."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command

from .world import LATELY


def open_the_books(env):
    """What stands still but is not data: two charts of accounts, and a promise for the company in Europe."""
    charts = env["account.chart.template"]
    company, europe = env.ref("base.main_company"), env.ref("psa_demo.company_europe")
    # Not by `try_loading`, which warns while modules are being installed: those of both charts are.
    if not company.chart_template:
        charts._load(charts._guess_chart_template(company.country_id), company, install_demo=False)
    if not europe.chart_template:
        charts._load("de_skr03", europe, install_demo=False)
    europe.resource_calendar_id.tz = "Europe/Berlin"
    mueller = env.ref("psa_demo.partner_mueller").with_company(europe)
    mueller.property_payment_term_id = env.ref("account.account_payment_term_30days")
    _promise(env, company, env.ref("psa_demo.calendar_portland"))
    _promise(env, europe, env.ref("psa_demo.calendar_augsburg"))


def _promise(env, company, calendar):
    """The shipped promises in this company's hours."""
    policies = env["psa.sla.policy"]
    policy = policies.browse(policies._get_default_id(company) or [])
    if not policy:
        shipped = env.ref("psa_helpdesk.psa_sla_policy_standard")
        targets = [_in_hours(target.copy_data()[0], calendar) for target in shipped.target_ids]
        values = {
            "name": shipped.name,
            "company_id": company.id,
            "is_default": True,
            "target_ids": [Command.create(target) for target in targets],
            "threshold_ids": [Command.create(step.copy_data()[0]) for step in shipped.threshold_ids],
        }
        policy = policies.create(values)
    policy.target_ids.filtered("calendar_id").calendar_id = calendar


def _in_hours(target, calendar):
    return target | ({"calendar_id": calendar.id} if target.get("calendar_id") else {})


def sign_contracts(world):
    """Give contracts, charges and blocks their days and make them active."""
    days = _get_days(world)
    for row in world.rows("contracts"):
        ends = {"date_end": days[row["date_end"]]} if row["date_end"] else {}
        world.ref(row["record"]).write({"date_start": days[row["date_start"]], **ends})
    world.env["psa.contract"].search([("state", "=", "draft")], order="id").action_activate()


def _get_days(world):
    # In this month, so that the run of last month does not take it, and due by today
    lately = max(world.month + timedelta(days=1), world.today - timedelta(days=3))
    recent = world.ago(LATELY)
    return {
        "last_month": world.last_month,
        "half_a_year_ago": world.month - relativedelta(months=6),
        "quarter_ago": lately - relativedelta(months=3),
        "lately": min(lately, world.today),
        "recent": recent,
        "before_recent": recent - timedelta(days=1),
        "in_a_year": world.month + relativedelta(months=11, days=-1),
    }
