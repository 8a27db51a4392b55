from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

STAGE_EVENTS = {
    "helpdesk_ticket_stage_new": "none",
    "helpdesk_ticket_stage_in_progress": "none",
    "helpdesk_ticket_stage_awaiting": "waiting",
    "helpdesk_ticket_stage_done": "resolved",
    "helpdesk_ticket_stage_cancelled": "cancelled",
    "helpdesk_ticket_stage_rejected": "cancelled",
}


class PsaHelpdeskCase(BaseCommon):
    """Two queues, one user of each role, and two customers with portal users, sites and assets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # People of other tests and data stay out of ours.
        cls.env.company.helpdesk_mgmt_ticket_auto_assign = True
        cls._set_up_stages()
        cls._set_up_people()
        cls._set_up_customers()

    @classmethod
    def _set_up_stages(cls):
        for name, event in STAGE_EVENTS.items():
            cls.env.ref(f"helpdesk_mgmt.{name}").psa_sla_event = event
        cls.stage_new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.stage_progress = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.stage_waiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        cls.stage_done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.stage_cancelled = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")

    @classmethod
    def _set_up_people(cls):
        def user(login, group):
            return new_test_user(
                cls.env, login, group, name=login.removeprefix("psa_").title(), email=f"{login}@example.com"
            )

        cls.technician = user("psa_joe", "psa_helpdesk.psa_helpdesk_group_technician")
        cls.outsider = user("psa_otto", "psa_helpdesk.psa_helpdesk_group_technician")
        cls.technician_all = user("psa_nina", "psa_helpdesk.psa_helpdesk_group_technician_all")
        cls.dispatcher = user("psa_dana", "psa_helpdesk.psa_helpdesk_group_dispatcher")
        cls.manager = user("psa_sam", "psa_helpdesk.psa_helpdesk_group_manager")
        cls.contractor = user("psa_carl", "psa_helpdesk.psa_helpdesk_group_contractor")
        cls.plain = user("psa_plain", "base.group_user")
        cls.queue = cls._make_queue("Field test", cls.technician)
        cls.other_queue = cls._make_queue("NOC test", cls.outsider)

    @classmethod
    def _set_up_customers(cls):
        cls.harbor = cls._make_customer("Harbor Dental Test")
        cls.cobalt = cls._make_customer("Cobalt Freight Test")
        cls.westgate = cls._make_site(cls.harbor, "Westgate clinic")
        cls.depot = cls._make_site(cls.cobalt, "Depot")
        cls.harbor_server = cls._make_asset(cls.harbor, "HDT-DC01", site_id=cls.westgate.id)
        cls.cobalt_server = cls._make_asset(cls.cobalt, "CFT-ESX1")
        cls.mia = cls._make_portal_user(cls.harbor, "psa_mia")
        cls.leo = cls._make_portal_user(cls.harbor, "psa_leo")
        cls.ivan = cls._make_portal_user(cls.cobalt, "psa_ivan")

    @classmethod
    def _make_queue(cls, name, *members, **values):
        return cls.env["helpdesk.ticket.team"].create(
            {
                "name": name,
                "company_id": cls.env.company.id,
                "sequence": 90,
                "user_ids": [Command.set([member.id for member in members])],
                **values,
            }
        )

    @classmethod
    def _make_customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def _make_site(cls, customer, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": customer.id, "psa_is_site": True, "type": "other", **values}
        )

    @classmethod
    def _make_asset(cls, customer, name, **values):
        return cls.env["psa.asset"].create({"name": name, "partner_id": customer.id, **values})

    @classmethod
    def _make_portal_user(cls, customer, login, level="own"):
        """A contact of the customer who may sign in to the portal; the password is the login."""
        name = login.removeprefix("psa_").title()
        user = new_test_user(cls.env, login, "base.group_portal", name=name, email=f"{login}@example.com")
        user.partner_id.write({"parent_id": customer.id, "psa_portal_level": level})
        return user

    @classmethod
    def _make_ticket(cls, **values):
        """A ticket of Mia at Harbor Dental in the technician's queue, assigned to nobody."""
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "Printer is jammed",
                "description": "<p>Paper everywhere.</p>",
                "partner_id": cls.mia.partner_id.id,
                "team_id": cls.queue.id,
                "user_id": False,
                **values,
            }
        )
