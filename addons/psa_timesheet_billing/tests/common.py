from datetime import datetime

from odoo import Command

from odoo.addons.psa_contracts.tests.common import PsaContractsCase, day

TECHNICIAN = "psa_helpdesk.psa_helpdesk_group_technician"
MANAGER = "psa_helpdesk.psa_helpdesk_group_manager"


def at(date_text, time_text):
    """`03-10`, `09:00` is 10 March 2026, 09:00 UTC."""
    return datetime.fromisoformat(f"2026-{date_text} {time_text}")


class PsaTimeCase(PsaContractsCase):
    """Two technicians, a senior, their manager and an owner, each an employee; a queue, a customer and factories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.senior_role = cls.env.ref("psa_contracts.project_role_senior")
        cls._make_rate(140, role_id=cls.senior_role.id)
        cls.on_site = cls.env.ref("psa_contracts.psa_work_type_on_site")
        cls.after_hours = cls.env.ref("psa_contracts.psa_work_type_after_hours")
        cls.internal = cls.env.ref("psa_contracts.psa_work_type_internal")
        cls.company.resource_calendar_id.tz = "UTC"
        cls.joe = cls._make_employee("joe", TECHNICIAN)
        cls.nina = cls._make_employee("nina", TECHNICIAN, psa_role_id=cls.senior_role.id)
        cls.sam = cls._make_employee("sam", MANAGER)
        cls.paula = cls._make_employee(
            "paula",
            f"{TECHNICIAN},psa_contracts.psa_contracts_group_approver,psa_timesheet_billing.psa_time_group_approver",
        )
        cls.olga = cls._make_employee("olga", f"{MANAGER},psa_timesheet_billing.psa_time_group_manager")
        cls.carl = cls._make_employee(
            "carl",
            "psa_helpdesk.psa_helpdesk_group_contractor,psa_timesheet_billing.psa_time_group_user",
        )
        cls.queue = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Time test",
                "company_id": cls.company.id,
                "user_ids": [Command.set((cls.joe + cls.nina + cls.sam + cls.paula).ids)],
            }
        )
        cls.ticket = cls._make_ticket()

    @classmethod
    def _make_employee(cls, login, groups, **values):
        """A user with an employee; the role is Technician unless given."""
        user = cls._make_user(login, groups)
        cls.env["hr.employee"].create(
            {
                "name": login.title(),
                "user_id": user.id,
                "company_id": cls.company.id,
                "psa_role_id": cls.technician_role.id,
                "hourly_cost": 38.0,
                **values,
            }
        )
        return user

    @classmethod
    def _make_ticket(cls, **values):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Printer is jammed",
                "description": "<p>Paper everywhere.</p>",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "team_id": cls.queue.id,
                "user_id": False,
                **values,
            }
        )

    @classmethod
    def _log(cls, minutes=50, user=None, **values):
        """A draft entry on the ticket, typed by `user` (Joe), worked 10 March."""
        defaults = {"name": "Roller changed", "psa_ticket_id": cls.ticket.id, "date": day("03-10")}
        if not values.get("psa_start_at"):
            defaults["psa_minutes"] = minutes
        lines = cls.env["account.analytic.line"].with_user(user or cls.joe)
        return lines.create({**defaults, **values})

    @classmethod
    def _approve(cls, lines):
        """Submit by whoever worked, approve by the service manager."""
        for user, own in lines.sudo().grouped("user_id").items():
            own.with_user(user).action_psa_submit()
        lines.with_user(cls.sam).action_psa_approve()
        return lines

    @classmethod
    def _log_approved(cls, minutes=50, user=None, **values):
        return cls._approve(cls._log(minutes, user, **values))

    @classmethod
    def _items(cls, lines):
        """What the ledger holds of these entries, readable by the test."""
        domain = [("source_model", "=", "account.analytic.line"), ("source_id", "in", lines.ids)]
        return cls.env["psa.billing.item"].search(domain, order="source_id, kind, part")

    def _figures(self, lines):
        """[(cover, minutes worked, amount)] of the items of these entries."""
        return [(item.cover, item.minutes_worked, item.amount) for item in self._items(lines)]
