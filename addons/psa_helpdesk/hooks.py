from odoo.exceptions import UserError
from odoo.tools import SQL

HOST_NUMBER = {"prefix": "HT", "padding": 5}
OUR_NUMBER = {"prefix": "T", "padding": 6}
# Ours from top to bottom: a row of the later ones is held by rows of the earlier ones.
SLA_TABLES = ("psa_sla_step", "psa_sla_event", "psa_sla_clock", "psa_sla_calendar_version", "psa_sla_target")
# Indexes that we have the host make on its own columns
HOST_INDEXES = tuple(
    f"helpdesk_ticket__{column}_index" for column in ("partner_id", "commercial_partner_id", "category_id")
)


def pre_init_hook(env):
    """Refuse to stand beside Enterprise Helpdesk: both it and helpdesk_mgmt define the model `helpdesk.ticket`."""
    enterprise = env["ir.module.module"].search(
        [("name", "=", "helpdesk"), ("state", "in", ("installed", "to install", "to upgrade"))]
    )
    if enterprise:
        raise UserError(
            env._(
                "PSA Service Desk cannot be installed because Odoo Enterprise Helpdesk is in this database and "
                "both define tickets (helpdesk.ticket). Use another database, or uninstall Helpdesk first."
            )
        )


def post_init_hook(env):
    """Number tickets T000123, unless tickets of the host are there whose numbers people know; give every company a promise."""
    if not env["helpdesk.ticket"].with_context(active_test=False).search_count([], limit=1):
        _renumber(env, HOST_NUMBER, OUR_NUMBER)
    companies = env["res.company"].search([])
    companies._psa_make_default_policies()
    env["psa.priority.cell"]._make_usual(companies)


def uninstall_hook(env):
    """Give the host its own form of number back, and leave nothing behind that the removal of data trips over."""
    _renumber(env, OUR_NUMBER, HOST_NUMBER)
    env["helpdesk.ticket.stage"]._psa_give_host_stages_back()
    for model in ("helpdesk.ticket.team", "psa.asset"):
        holders = env[model].with_context(active_test=False).search([("psa_sla_policy_id", "!=", False)])
        holders.psa_sla_policy_id = False
    env.flush_all()
    _leave_stage(env, "psa_helpdesk.psa_stage_scheduled", "helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    # By SQL: the ledger is append-only for everybody, and its table is dropped in a moment anyway.
    for table in SLA_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    for index in HOST_INDEXES:
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))
    env.invalidate_all(flush=False)


def _renumber(env, found, wanted):
    """Set the form of the host's ticket number, where nobody has chosen another one."""
    sequence = env.ref("helpdesk_mgmt.helpdesk_ticket_sequence", raise_if_not_found=False)
    if sequence and all(sequence[name] == value for name, value in found.items()):
        sequence.write(wanted)


def _leave_stage(env, ours, theirs):
    """Move the tickets of a stage that goes with us to one of the host, by SQL: no clock and no mail follows any more."""
    leaving, staying = (env.ref(xmlid, raise_if_not_found=False) for xmlid in (ours, theirs))
    if leaving and staying:
        env.cr.execute(
            SQL("UPDATE helpdesk_ticket SET stage_id = %s WHERE stage_id = %s", staying.id, leaving.id)
        )
