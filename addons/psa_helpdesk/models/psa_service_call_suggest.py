from datetime import timedelta

from odoo import api, fields, models

from ..logic import distance
from ..logic.free_slots import Candidate, Wish, propose

DAYS_AHEAD = 14


class PsaServiceCall(models.Model):
    """The best times for a call: skill, a free slot inside working hours, and the way."""

    _inherit = "psa.service.call"

    @api.model
    def _psa_suggest(self, tickets, minutes, travel=0, place="on_site", earliest=None, users=None):
        """Return up to three proposals of `logic.free_slots` for one customer's tickets, each with its reasons.

        :param earliest: naive UTC, else now
        :param users: the technicians to choose from, else all of the company
        :return: [(technician, start, stop, [reason in words])]
        """
        earliest = max(filter(None, (earliest, fields.Datetime.now())))
        company = tickets[:1].company_id or self.env.company
        users = self._psa_get_technicians(company) if users is None else users
        wish = Wish(minutes or 60, travel or 0, earliest, earliest + timedelta(days=DAYS_AHEAD))
        days = self.with_company(company)._psa_get_days(
            users, wish.earliest - timedelta(hours=6), wish.latest
        )
        skills = self._psa_get_skill_match(tickets[:1], users)
        ways = self._psa_get_ways(users, tickets[:1], company) if place == "on_site" else {}
        found = propose(
            (
                Candidate(user.id, skills.get((tickets[:1], user), (0, ""))[0], days[user], ways.get(user))
                for user in users
            ),
            wish,
        )
        by_id = {user.id: user for user in users}
        return [
            (
                by_id[slot.technician],
                slot.start,
                slot.stop,
                self._psa_word_reasons(slot, skills.get((tickets[:1], by_id[slot.technician]), (0, ""))),
            )
            for slot in found
        ]

    @api.model
    def _psa_get_technicians(self, company):
        """Return who can be sent: the technicians of a company who work in a queue, all of them where nobody does."""
        # sudo: names of colleagues only
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [*self._psa_get_technician_domain(), ("company_ids", "in", company.ids)], order="name, id"
            )
        )
        members = users.filtered("helpdesk_team_ids")
        return (members or users).sudo(False)

    @api.model
    def _psa_get_ways(self, users, ticket, company):
        """Return {technician: km to the ticket}: from the own address, else from that of the company."""
        there = ticket._psa_get_place() if ticket else None
        ways = {}
        for user in users.sudo() if there else ():  # sudo: how far, no address is told
            for partner in (user.partner_id, company.sudo().partner_id):
                here = distance.place(partner.partner_latitude, partner.partner_longitude)
                if here:
                    ways[user.sudo(False)] = distance.kilometres(here, there)
                    break
        return ways

    def _psa_word_reasons(self, slot, match):
        """Return why a slot was proposed, in words; what speaks against the technician is told when it is booked."""
        rank, words = match
        reasons = [words if rank else "", self.env._("free, inside working hours")]
        if slot.km is not None:
            reasons.append(self.env._("%(km)s km away", km=round(slot.km, 1)))
        return [reason for reason in reasons if reason]
