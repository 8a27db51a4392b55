from odoo import api, fields, models
from odoo.exceptions import UserError

# As many as tell how things stand; the button has them all.
SHOWN_TICKETS = 5


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_portal_level = fields.Selection(
        [("own", "Own tickets"), ("company", "All tickets of the customer")],
        string="Sees in the portal",
        default="own",
        required=True,
        tracking=True,
        groups="base.group_user",
        help="Own tickets: those of this contact, and those that this contact follows.",
    )
    # The customer's and the site's side of a ticket; `helpdesk_ticket_ids` is the contact's.
    psa_ticket_ids = fields.One2many(
        "helpdesk.ticket", "commercial_partner_id", string="Tickets of the customer"
    )
    psa_site_ticket_ids = fields.One2many("helpdesk.ticket", "psa_site_id", string="Tickets at the site")
    psa_open_ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Open tickets, the most urgent ones",
        compute="_compute_psa_open_ticket_ids",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_ticket_open_count = fields.Integer(
        string="Open tickets",
        compute="_compute_psa_ticket_open_count",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def write(self, vals):
        moving = bool({"parent_id", "is_company"} & vals.keys())
        customers = self._psa_get_customers_below() if moving else {}
        result = super().write(vals)
        self._psa_check_moved(customers)
        if (moving or "psa_portal_level" in vals) and self._psa_has_users_below():
            # Record rules are cached with the values they were computed from.
            self.env.registry.clear_cache()
        return result

    def _psa_get_customers_below(self):
        """Return {contact: its customer} of these contacts and of those below them."""
        # sudo: also contacts out of sight of whoever moves those above them
        below = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
        return {partner: partner.commercial_partner_id for partner in below}

    def _psa_has_users_below(self):
        """Say whether somebody signs in as one of these contacts or of those below them."""
        # sudo: whether there is one, nothing of it is shown
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return bool(users.search_count([("partner_id", "child_of", self.ids)], limit=1))

    @api.model
    def _psa_check_moved(self, customers):
        """Keep the tickets of a customer with that customer: its next employer must not read them.

        A contact that belonged to no company yet takes its tickets along.

        :param customers: {contact: its customer before the write}
        """
        moved = self.browse(
            partner.id
            for partner, before in customers.items()
            if before not in (partner, partner.commercial_partner_id)
        )
        # sudo: also tickets out of sight of whoever moves the contact
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        contact = moved and tickets.search([("partner_id", "in", moved.ids)], limit=1).partner_id
        if contact:
            raise UserError(
                self.env._(
                    "%(contact)s has tickets with %(customer)s, which %(other)s would read. Archive this contact "
                    "and make a new one, or give its tickets to another contact of %(customer)s first.",
                    contact=contact.name,
                    customer=customers[contact].name,
                    other=contact.commercial_partner_id.name,
                )
            )

    def _psa_get_site(self):
        """Return the site this contact is, or sits at; empty where there is none."""
        partner = self
        while partner and not partner.psa_is_site:
            partner = partner.parent_id
        return partner

    @api.depends_context("uid")
    def _compute_psa_open_ticket_ids(self):
        """Of the whole customer, or of the site; as far as the reader may see them."""
        for partner in self:
            partner.psa_open_ticket_ids = self.env["helpdesk.ticket"].search(
                [*partner._psa_get_ticket_domain(), ("psa_is_open", "=", True)],
                order="psa_sla_due_at, priority desc, id",
                limit=SHOWN_TICKETS,
            )

    @api.depends_context("uid")
    def _compute_psa_ticket_open_count(self):
        _total, still_open = self._psa_count_tickets()
        for partner in self:
            partner.psa_ticket_open_count = still_open.get(partner.id, 0)

    def _psa_get_ticket_domain(self):
        self.ensure_one()
        if self.psa_is_site:
            return [("psa_site_id", "=", self.id)]
        return [("commercial_partner_id", "=", self.commercial_partner_id.id)]

    def action_psa_new_ticket(self):
        """Open an empty ticket of this customer, contact or site; who is at the desk has them on the phone."""
        self.ensure_one()
        phone = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False)
        return self._psa_prepare_new_ticket(default_channel_id=phone and phone.id)

    def _psa_prepare_new_ticket(self, **defaults):
        """Return the action that opens an empty ticket of this partner."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New ticket"),
            "res_model": "helpdesk.ticket",
            "views": [[self.env.ref("psa_helpdesk.psa_ticket_view_form").id, "form"]],
            "context": {"default_partner_id": self.id, **defaults},
        }

    def _compute_helpdesk_ticket_count(self):
        """Count with one query for any number of customers; the host loads each ticket."""
        total, still_open = self._psa_count_tickets()
        for partner in self:
            partner.helpdesk_ticket_count = total.get(partner.id, 0)
            partner.helpdesk_ticket_active_count = still_open.get(partner.id, 0)
            partner.helpdesk_ticket_count_string = (
                f"{partner.helpdesk_ticket_active_count} / {partner.helpdesk_ticket_count}"
            )

    def _psa_count_tickets(self):
        """Return {partner id: tickets} and {partner id: open tickets}, those of contacts below included."""
        below = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        groups = self.env["helpdesk.ticket"]._read_group(
            [("partner_id", "in", below.ids)], ["partner_id", "psa_is_open"], ["__count"]
        )
        wanted = set(self.ids)
        total, still_open = {}, {}
        for contact, is_open, count in groups:
            partner = contact.sudo()  # only ids are used of those above, whom a contractor may not read
            while partner:
                if partner.id in wanted:
                    total[partner.id] = total.get(partner.id, 0) + count
                    still_open[partner.id] = still_open.get(partner.id, 0) + (count if is_open else 0)
                partner = partner.parent_id
        return total, still_open

    def action_view_helpdesk_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_action")
        return action | {
            "name": self.env._("Tickets of %(customer)s", customer=self.display_name),
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"search_default_open": True, "default_partner_id": self.id},
        }
