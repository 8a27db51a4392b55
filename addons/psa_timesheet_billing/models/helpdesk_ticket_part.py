from odoo import fields, models

from odoo.addons.psa_helpdesk.logic.timeline import Entry


class HelpdeskTicket(models.Model):
    """Parts that were used for a ticket."""

    _inherit = "helpdesk.ticket"

    psa_part_ids = fields.One2many(
        "psa.part", "ticket_id", string="Parts used", copy=False, groups="base.group_user"
    )

    def write(self, vals):
        """Parts that nobody has decided follow the ticket to another customer or contract."""
        result = super().write(vals)
        if {"partner_id", "psa_contract_id"} & vals.keys():
            # sudo: parts of everybody follow, whoever changes the ticket.
            parts = self.sudo().psa_part_ids
            parts.flush_recordset()  # their price is the new customer's
            (parts - parts._filter_decided())._collect()
        return result

    def _psa_collect_timeline(self, reader):
        return super()._psa_collect_timeline(reader) + [
            Entry(
                part.create_date.replace(microsecond=0),
                "part",
                part.user_id.name,
                self.env._(
                    "%(quantity)s %(unit)s used: %(part)s",
                    quantity=f"{part.quantity:g}",
                    unit=part.uom_id.name,
                    part=", ".join(filter(None, (part.name, part.serial))),
                ),
                part.id,
            )
            for part in self.psa_part_ids
        ]
