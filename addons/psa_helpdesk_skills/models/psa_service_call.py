from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic.skill_match import judge


class PsaServiceCall(models.Model):
    """Skills of the technicians, as they stand on their employees, against those that tickets want."""

    _inherit = "psa.service.call"

    @api.model
    def _psa_get_skill_match(self, tickets, users):
        matches = super()._psa_get_skill_match(tickets, users)
        # sudo: what a ticket wants of a technician, whoever plans it
        wanted = {ticket: ticket.sudo().psa_skill_ids for ticket in tickets}
        if not any(wanted.values()):
            return matches
        known = self._psa_get_masteries(users)
        return {
            (ticket, user): self._psa_match_skills(match, user, wanted[ticket], known[user.id])
            for (ticket, user), match in matches.items()
        }

    @api.model
    def _psa_match_skills(self, match, user, wanted, known):
        """Return (rank, words) of a technician for the skills wanted.

        :param match: (rank, words) without them
        :param known: {skill: its line on the employee}
        """
        rank, words = match
        levels = {skill.id: line.level_progress for skill, line in known.items()}
        verdict = judge(rank, wanted.ids, levels)
        if verdict.missing:
            missing = wanted.browse(verdict.missing)
            return 0, self.env._(
                "%(name)s lacks a skill: %(skills)s.",
                name=user.name,
                skills=", ".join(missing.mapped("name")),
            )
        said = [self._psa_say_mastery(skill, known[skill]) for skill in wanted] if verdict.rank else []
        return verdict.rank, ", ".join(filter(None, [words, *said]))

    @api.model
    def _psa_say_mastery(self, skill, line):
        return self.env._("%(skill)s (%(level)s)", skill=skill.name, level=line.skill_level_id.name)

    @api.model
    def _psa_get_masteries(self, users):
        """Return {id of a technician: {skill: its line on the employee}}: what they can do today, best level first.

        Who is an employee of several companies can the same in each of them.
        """
        today = fields.Date.context_today(self)
        # sudo: skills of colleagues, which everybody inside may read on the employee
        lines = (
            self.env["hr.employee.skill"]
            .sudo()
            .search(
                Domain("employee_id.user_id", "in", users.ids)
                & Domain("employee_id.active", "=", True)
                & Domain("valid_from", "<=", today)
                & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", today))
            )
        )
        masteries = defaultdict(dict)
        for line in lines.sorted(lambda line: -line.level_progress):
            masteries[line.employee_id.user_id.id].setdefault(line.skill_id, line)
        return masteries

    @api.model
    def _prepare_board_technicians(self, users, days):
        known = self._psa_get_masteries(users)
        rows = super()._prepare_board_technicians(users, days)
        for row in rows:
            row["skills"] += [
                {"name": skill.name, "level": line.skill_level_id.name}
                for skill, line in sorted(known[row["id"]].items(), key=lambda pair: pair[0].name)
            ]
        return rows

    @api.model
    def _prepare_board_ticket(self, ticket):
        card = super()._prepare_board_ticket(ticket)
        return card | {"skills": ticket.psa_skill_ids.mapped("name")}
