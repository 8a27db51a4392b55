from markupsafe import Markup

from odoo import api, models


class HelpdeskTicket(models.Model):
    """What an empty list of tickets says to somebody who has none yet."""

    _inherit = "helpdesk.ticket"

    @api.model
    def get_empty_list_help(self, help_message):
        """Where there is no ticket at all, say where they come from and what to do first."""
        if not help_message or self.with_context(active_test=False).search_count([], limit=1):
            return super().get_empty_list_help(help_message)
        first = Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % self.env._("No tickets yet")
        create = self.env._("Create the first one with New.")
        # Mailboxes are for whoever keeps the system.
        if self.env.user.has_group("base.group_system"):
            mailbox = Markup('<a href="/odoo/action-mail.action_email_server_tree">%s</a>') % self.env._(
                "Connect a mailbox"
            )
            create = self.env._(
                "%(connect_a_mailbox)s, or create the first one with New.", connect_a_mailbox=mailbox
            )
        text = self.env._("Tickets arrive by mail, portal, phone and monitoring.")
        return first + Markup("<p>%s %s</p>") % (text, create)
