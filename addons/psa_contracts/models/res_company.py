from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    psa_four_eyes = fields.Boolean(
        string="Four eyes on changed billing items",
        default=True,
        help="A billing item that somebody changed before the invoice is approved by somebody else.",
    )

    def _psa_next_number(self, code, day, monthly=False):
        """The next number of sequence `code` for this company on `day`.

        Every company counts by itself: the first number of a company copies the shipped sequence.
        `monthly` starts the count again each month instead of each year.
        """
        self.ensure_one()
        # Sequences belong to the administrator; a user with the right to create a contract needs a number only.
        sequences = self.env["ir.sequence"].sudo()
        sequence = sequences.search([("code", "=", code), ("company_id", "=", self.id)], limit=1)
        if not sequence:
            shipped = sequences.search([("code", "=", code)], order="id", limit=1)
            sequence = shipped.copy({"company_id": self.id, "code": code, "date_range_ids": []})
        if monthly:
            self._psa_ensure_month(sequence, day)
        return sequence.next_by_id(sequence_date=day)

    @staticmethod
    def _psa_ensure_month(sequence, day):
        first, last = fields.Date.start_of(day, "month"), fields.Date.end_of(day, "month")
        if not sequence.date_range_ids.filtered(lambda part: part.date_from <= day <= part.date_to):
            sequence.date_range_ids.create(
                {"sequence_id": sequence.id, "date_from": first, "date_to": last, "number_next": 1}
            )
