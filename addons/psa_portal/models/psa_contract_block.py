from collections import Counter

from odoo import api, models

from odoo.addons.psa_contracts.models.psa_contract_block import LOW_PERCENTS
from odoo.addons.psa_crm.logic.duration_text import format_duration


class PsaContractBlock(models.Model):
    _inherit = "psa.contract.block"

    def _psa_get_portal_facts(self, today):
        """What the page says about one block; minutes are weighted, as the block counts them."""
        self.ensure_one()
        return {
            "name": self.name,
            "is_valid": self._is_valid_on(today),
            "date_start": self.date_start,
            "date_end": self.date_end,
            "used_time": format_duration(self.used_minutes),
            "reserved_time": format_duration(self.reserved_minutes),
            "free_time": format_duration(max(self.available_minutes, 0)),
            "used_percent": self.used_percent,
            "reserved_percent": self.reserved_percent,
            "is_low": 100 * self.available_minutes <= LOW_PERCENTS[0] * self.minutes,
            "sentence": self._psa_say_balance(),
        }

    def _psa_say_balance(self):
        times = {
            "free": format_duration(self.available_minutes),
            "over": format_duration(-self.remaining_minutes),
            "sold": format_duration(self.minutes),
        }
        if self.available_minutes > 0:
            return self.env._("%(free)s of %(sold)s hours free", **times)
        if self.remaining_minutes < 0:
            return self.env._("%(over)s more than the %(sold)s hours used", **times)
        return self.env._("All %(sold)s hours used", **times)

    def _psa_get_portal_draws(self):
        """Who used these hours: one row a draw, newest first."""
        items = self.item_ids.filtered(lambda item: item.state != "written_off" and item.draw_hundredths)
        lines = self.env["account.analytic.line"].browse(
            items.filtered(lambda item: item.source_model == "account.analytic.line").mapped("source_id")
        )
        tickets = {line.id: line.psa_ticket_id for line in lines.exists()}
        nobody = self.env["helpdesk.ticket"]
        rows = []
        for item in items.sorted(lambda item: (item.date, item.id), reverse=True):
            ticket = tickets.get(item.source_id, nobody)
            if ticket.commercial_partner_id != item.block_id.partner_id.commercial_partner_id:
                # Work that was put on this contract by mistake must not tell another customer's ticket.
                ticket = nobody
            rows.append(
                {
                    "date": item.date,
                    "ticket_id": ticket.id,
                    "contact_id": ticket.partner_id.id,
                    "contact": ticket.partner_id.name or self.env._("Without ticket"),
                    "text": ticket.name or self._psa_say_work(item, tickets.get(item.source_id, nobody)),
                    "block": item.block_id.name,
                    "hundredths": item.draw_hundredths,
                    "time": _show(item.draw_hundredths),
                }
            )
        return rows

    @api.model
    def _psa_say_work(self, item, ticket):
        """The work in place of a ticket's subject; of a ticket that is not shown, not its words either."""
        return self.env._("Service work") if ticket else item.name

    @api.model
    def _psa_sum_by_contact(self, rows):
        """Time by contact, most first; `percent` is of the one who used most."""
        names = {row["contact_id"]: row["contact"] for row in rows}
        used = Counter()
        for row in rows:
            used[row["contact_id"]] += row["hundredths"]
        most = max(used.values(), default=0) or 1
        return [
            {"contact": names[contact], "time": _show(hundredths), "percent": 100 * hundredths // most}
            for contact, hundredths in used.most_common()
        ]


def _show(hundredths):
    """Weighted hundredths of a minute as hours and minutes, begun minutes counted whole, as the block does."""
    return format_duration(-(-hundredths // 100))
