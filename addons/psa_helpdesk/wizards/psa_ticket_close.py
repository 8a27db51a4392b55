from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ..own_word import OWN_WORD

MANAGER = "psa_helpdesk.psa_helpdesk_group_manager"


class PsaTicketClose(models.TransientModel):
    """Close a ticket: all that is missing in one place, each thing mended here."""

    _name = "psa.ticket.close"
    _description = "Close a ticket"
    _inherit = ["psa.ticket.dialog.mixin"]

    resolution = fields.Html(sanitize_style=True, help="The customer reads it in the closing mail.")
    vendor_ref = fields.Char(string="Vendor reference")
    asset_id = fields.Many2one("psa.asset", domain="[('partner_id', '=', customer_id)]")
    customer_id = fields.Many2one(related="ticket_id.commercial_partner_id")
    line_ids = fields.One2many("psa.ticket.close.line", "close_id", string="Open items")
    close_children = fields.Boolean(
        string="Close the child tickets, too",
        help="With the same resolution text. What they lack is asked for first.",
    )
    child_ids = fields.Many2many("helpdesk.ticket", string="Open child tickets", compute="_compute_demands")
    gates = fields.Char(string="Missing", compute="_compute_demands")
    asks_resolution = fields.Boolean(compute="_compute_demands")
    asks_time = fields.Boolean(compute="_compute_demands")
    asks_asset = fields.Boolean(compute="_compute_demands")
    asks_vendor_ref = fields.Boolean(compute="_compute_demands")
    may_override = fields.Boolean(compute="_compute_may_override")
    override_reason = fields.Char(
        string="Close anyway because",
        help="The reason is kept on the ticket, with what was missing and your name.",
    )

    @api.depends("ticket_id")
    def _compute_demands(self):
        for dialog in self:
            found = dialog.ticket_id._psa_find_open_gates().get(dialog.ticket_id, ())
            names = {gate.gate.value for gate in found}
            dialog.gates = dialog.ticket_id._psa_say_gates(found)
            dialog.asks_resolution = "resolution" in names
            dialog.asks_time = "time" in names
            dialog.asks_asset = "asset" in names
            dialog.asks_vendor_ref = "vendor_reference" in names
            dialog.child_ids = dialog.ticket_id.psa_child_ids.filtered("psa_is_open")

    @api.depends_context("uid")
    def _compute_may_override(self):
        self.may_override = self.env.user.has_group(MANAGER)

    @api.model
    def _prepare_from(self, ticket):
        return {
            "resolution": ticket.psa_resolution,
            "vendor_ref": ticket.psa_vendor_ref,
            "asset_id": ticket.psa_asset_id.id,
            "line_ids": [
                Command.create({"line_id": line.id})
                for line in ticket.psa_checklist_line_ids
                if line.is_required and not line.is_done
            ],
        }

    def _psa_check_links(self):
        """The dialog tells what its ticket lacks, and the name of an asset: refuse what the user may not see."""
        self.asset_id.check_access("read")
        return super()._psa_check_links()

    def action_close(self):
        """Save what was mended here, then close; what is still missing is said."""
        self.ensure_one()
        self.ticket_id.check_access("write")
        self._mend()
        if self.close_children:
            self._close_children()
        if self.override_reason and self.ticket_id._psa_find_open_gates()[self.ticket_id]:
            self._override()
        else:
            self.ticket_id._psa_move_to("resolved")
        return {"type": "ir.actions.act_window_close"}

    def _mend(self):
        """Write what was filled in here to the ticket."""
        ticket = self.ticket_id
        values = {
            "psa_resolution": self.resolution,
            "psa_vendor_ref": self.vendor_ref,
            "psa_asset_id": self.asset_id.id,
        }
        ticket.write({name: value for name, value in values.items() if value})
        done = self.line_ids.filtered("is_done").line_id
        (done & ticket.psa_checklist_line_ids).is_done = True

    def _close_children(self):
        children = self.ticket_id.psa_child_ids.filtered("psa_is_open")
        if not is_html_empty(self.resolution):
            children.filtered(
                lambda child: is_html_empty(child.psa_resolution)
            ).psa_resolution = self.resolution
        children._psa_move_to("resolved")

    def _override(self):
        """Close in spite of open gates, in the name of whoever may, and keep the reason on the ticket.

        :raises AccessError: for anybody else
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only service managers close a ticket while something is missing."))
        reason = self.override_reason.strip()
        if not reason:
            raise UserError(self.env._("Say why the ticket is closed while something is missing."))
        ticket = self.ticket_id
        gates = ticket._psa_say_gates(ticket._psa_find_open_gates()[ticket])
        ticket.with_context(psa_gates_overridden=OWN_WORD)._psa_move_to("resolved")
        ticket.message_post(
            body=Markup("<p>%s</p><p>%s</p>")
            % (
                self.env._("Closed although this was missing: %(gates)s.", gates=gates),
                self.env._("Reason: %(reason)s", reason=reason),
            ),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
        self.env["psa.reason"]._keep("close_anyway", reason)


class PsaTicketCloseLine(models.TransientModel):
    """One open item in the dialog."""

    _name = "psa.ticket.close.line"
    _description = "Open item of a ticket to close"
    _inherit = ["psa.dialog.mixin"]

    close_id = fields.Many2one("psa.ticket.close", required=True, ondelete="cascade")
    line_id = fields.Many2one("psa.checklist.line", required=True, ondelete="cascade")
    name = fields.Char(related="line_id.name", related_sudo=False)
    is_done = fields.Boolean(string="Done")

    def _psa_check_links(self):
        """A line names what is to be done: refuse items of tickets that the user may not see."""
        self.line_id.check_access("read")
