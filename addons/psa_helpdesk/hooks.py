from odoo.exceptions import UserError

HOST_NUMBER = {"prefix": "HT", "padding": 5}
OUR_NUMBER = {"prefix": "T", "padding": 6}


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
    """Number tickets T000123, unless tickets of the host are there whose numbers people know."""
    if not env["helpdesk.ticket"].with_context(active_test=False).search_count([], limit=1):
        _renumber(env, HOST_NUMBER, OUR_NUMBER)


def uninstall_hook(env):
    """Give the host its own form of number back."""
    _renumber(env, OUR_NUMBER, HOST_NUMBER)


def _renumber(env, found, wanted):
    """Set the form of the host's ticket number, where nobody has chosen another one."""
    sequence = env.ref("helpdesk_mgmt.helpdesk_ticket_sequence", raise_if_not_found=False)
    if sequence and all(sequence[name] == value for name, value in found.items()):
        sequence.write(wanted)
