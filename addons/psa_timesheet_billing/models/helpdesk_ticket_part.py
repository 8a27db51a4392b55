from odoo import fields, models

from odoo.addons.psa_helpdesk.logic.timeline import Entry


class HelpdeskTicket(models.Model):
    """Parts that were used for a ticket."""

    _inherit = "helpdesk.ticket"

    psa_part_ids = fields.One2many(
        "psa.part", "ticket_id", string="Parts used", copy=False, groups="base.group_user"
    )

    def write(self, vals):
        """Parts that nobody has decided follow the ticket to another customer, company or contract."""
        result = super().write(vals)
        if {"partner_id", "psa_contract_id", "company_id"} & vals.keys():
            # sudo: parts of everybody follow, whoever changes the ticket.
            parts = self.sudo().psa_part_ids
            parts.flush_recordset()  # their price is the new customer's
            decided = parts._filter_decided()
            (parts - decided)._check_company(["product_id"])
            (parts - decided)._collect()
            if "partner_id" in vals:
                self._psa_tell_kept_parts(decided)
        return result

    def _psa_tell_kept_parts(self, decided):
        """Say on each ticket which parts stay with the customer for whom their billing was decided."""
        for ticket in self.sudo():  # sudo: as above
            kept = decided.filtered(
                lambda part, ticket=ticket: (
                    part.ticket_id == ticket
                    and part.billing_state in ("approved", "on_hold", "open")
                    and part.customer_id != ticket.commercial_partner_id
                )
            )
            for customer, parts in kept.grouped("customer_id").items():
                ticket.sudo(self.env.su).message_post(
                    body=self.env._(
                        "Parts that stay with %(customer)s because their billing is decided: %(count)s. Put them "
                        "back to review to bill them to %(other)s.",
                        count=len(parts),
                        customer=customer.display_name,
                        other=ticket.commercial_partner_id.display_name or self.env._("nobody"),
                    )
                )

    def _psa_collect_timeline(self, reader):
        return super()._psa_collect_timeline(reader) + [
            Entry(
                part.create_date.replace(microsecond=0),
                "part",
                part.user_id.name,
                self.env._(
                    "%(quantity)s %(unit)s used: %(part)s",
                    quantity=part._say_quantity(),
                    unit=part.uom_id.name,
                    part=", ".join(filter(None, (part.name, part.serial))),
                ),
                part.id,
            )
            for part in self.psa_part_ids
        ]
