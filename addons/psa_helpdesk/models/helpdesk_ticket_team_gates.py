from odoo import fields, models

from ..logic.close_gates import Gate

DEMANDS = {
    "psa_needs_resolution": Gate.RESOLUTION,
    "psa_needs_time": Gate.TIME,
    "psa_needs_checklist": Gate.CHECKLIST,
    "psa_needs_asset": Gate.ASSET,
    "psa_needs_vendor_ref": Gate.VENDOR_REFERENCE,
    "psa_needs_closed_children": Gate.CHILDREN,
}
AT_CREATION = frozenset({Gate.ASSET, Gate.VENDOR_REFERENCE})


class HelpdeskTicketTeam(models.Model):
    """What a queue asks for before one of us closes a ticket."""

    _inherit = "helpdesk.ticket.team"

    psa_needs_resolution = fields.Boolean(
        string="Resolution", help="The text that tells the customer what was done."
    )
    psa_needs_time = fields.Boolean(string="Time entered", help="At least one time entry on the ticket.")
    psa_needs_checklist = fields.Boolean(
        string="Required items done", default=True, help="All required items of the checklist are ticked."
    )
    psa_needs_asset = fields.Boolean(
        string="Asset named", help="The installed product, with its serial number."
    )
    psa_needs_vendor_ref = fields.Boolean(
        string="Vendor reference",
        help="The number under which the vendor knows the matter, such as an RMA number.",
    )
    psa_needs_closed_children = fields.Boolean(
        string="Child tickets closed", default=True, help="No ticket that is part of this one is still open."
    )

    psa_asks_at_creation = fields.Boolean(
        string="Asset and vendor reference already when a ticket is created",
        groups="base.group_user",
        help="One of us cannot create a ticket here without what is asked for above. Mail, alerts and customers are never"
        " turned away: their tickets are marked as incomplete.",
    )

    def _psa_get_first_demands(self):
        """Return the gates that a new ticket must pass, of those a person can know by then."""
        # sudo: as below
        return self._psa_get_demands() & AT_CREATION if self.sudo().psa_asks_at_creation else frozenset()

    def _psa_get_demands(self):
        """Return the gates of this queue, for `logic/close_gates.py`."""
        self.ensure_one()
        # sudo: what a queue asks for holds for everybody, also for a contractor who sees no queue
        queue = self.sudo()
        return frozenset(gate for name, gate in DEMANDS.items() if queue[name])
