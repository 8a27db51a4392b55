from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..logic.day_plan import merge
from ..logic.working_day import working_minutes


class PsaMyDay(models.AbstractModel):
    """The day of the whole team, for whoever leads it: service calls, tickets and tasks of each person as one list."""

    _inherit = "psa.my.day"

    @api.model
    def get_team(self):
        """Return [{id, name, planned, capacity, cards}] of the technicians of the company, by name."""
        if not self._is_lead():
            raise AccessError(self.env._("The day of the team is for dispatchers and service managers."))
        calls = self.env["psa.service.call"]
        company, today = self.env.company, self._get_today()
        users = calls._psa_get_technicians(company)
        work = self._read_work(users)
        days = calls._psa_get_days(users, today.start, today.end)
        rows = []
        for user in users:
            cards = [self._prepare_card(item, work) for item in merge(self._plan(work, user, frozenset()))]
            rows.append(
                {
                    "id": user.id,
                    # sudo: the name of a colleague
                    "name": user.sudo().name,
                    "planned": sum(card["estimate"] for card in cards),
                    "capacity": working_minutes(days[user].work, days[user].leaves, today.start, today.end),
                    "cards": cards,
                }
            )
        return {"rows": rows, "day": fields.Datetime.to_string(today.start)}
