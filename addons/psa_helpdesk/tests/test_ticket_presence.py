import json

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketPresence(PsaHelpdeskCase):
    """Who else has a ticket open: for those who may read it, gone by itself, and no work on the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket()

    def _be(self, user, clock, is_typing=False, ticket=None):
        with freeze_time(f"2026-03-02 {clock}"):
            return (ticket or self.ticket).with_user(user).psa_be_present(is_typing)

    def _names(self, people):
        return [(one["name"], one["is_typing"]) for one in people]

    def _told(self, deed):
        """Return the partners who are told of `deed`, with what they are told."""
        self.env.cr.precommit.run()
        last = self.env["bus.bus"].sudo()._bus_last_id()
        deed()
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([("id", ">", last)], order="id")
        said = [(json.loads(message.channel)[-1], json.loads(message.message)) for message in sent]
        return [(partner, said["payload"]) for partner, said in said if said["type"] == "psa_ticket/presence"]

    def test_each_sees_the_others_and_who_is_writing(self):
        self.assertEqual(self._be(self.technician, "10:00:00"), [])
        [joe] = self._be(self.dispatcher, "10:00:10", is_typing=True)
        self.assertEqual(joe, {"id": self.technician.id, "name": "Joe", "is_typing": False, "left": 80})
        self.assertEqual(self._names(self._be(self.technician, "10:00:20")), [("Dana", True)])
        self.assertEqual(self._names(self._be(self.technician, "10:00:31")), [("Dana", False)], "a pause")

    def test_a_lost_line_is_gone_after_ninety_seconds(self):
        self._be(self.technician, "10:00:00")
        self.assertEqual(self._names(self._be(self.dispatcher, "10:01:30")), [("Joe", False)])
        self.assertEqual(self._names(self._be(self.dispatcher, "10:01:31")), [])
        with freeze_time("2026-03-02 10:05:00"):
            self.env["psa.ticket.presence"]._gc_gone()
        rows = self.env["psa.ticket.presence"].search([("ticket_id", "=", self.ticket.id)])
        self.assertFalse(rows, "nothing is kept of who looked at what")

    def test_who_leaves_is_gone_at_once(self):
        self._be(self.technician, "10:00:00")
        self._be(self.dispatcher, "10:00:01")
        with freeze_time("2026-03-02 10:00:02"):
            self.ticket.with_user(self.technician).psa_leave()
            self.assertEqual(self.ticket.with_user(self.dispatcher).psa_get_present(), [])

    def test_only_what_is_new_is_told_and_only_to_those_who_are_there(self):
        self._be(self.technician, "10:00:00")
        there = [(self.technician.partner_id.id, {"id": self.ticket.id})]
        self.assertEqual(self._told(lambda: self._be(self.dispatcher, "10:00:01")), there)
        self.assertEqual(self._told(lambda: self._be(self.dispatcher, "10:00:31")), [], "a heartbeat")
        self.assertEqual(self._told(lambda: self._be(self.dispatcher, "10:00:32", is_typing=True)), there)
        self.assertEqual(self._told(lambda: self._be(self.technician_all, "10:02:30")), [], "all are gone")

    def test_who_may_not_read_the_ticket_learns_nothing(self):
        self._be(self.technician, "10:00:00")
        for user in (self.outsider, self.contractor, self.plain, self.mia, self.ivan):
            ticket = self.ticket.with_user(user)
            with self.subTest(user=user.name):
                for call in (ticket.psa_be_present, ticket.psa_get_present, ticket.psa_leave):
                    with self.assertRaises(AccessError):
                        call()
                with self.assertRaises(AccessError):
                    self.env["psa.ticket.presence"].with_user(user).search([])
        self.assertEqual(self._be(self.dispatcher, "10:00:05")[0]["name"], "Joe", "and is not seen")

    def test_who_loses_the_ticket_is_told_nothing_more(self):
        self._be(self.technician, "10:00:00")
        self.ticket.team_id = self.other_queue
        self.env.flush_all()
        self.assertEqual(self._told(lambda: self._be(self.dispatcher, "10:00:01")), [])

    def test_looking_is_no_work_on_a_ticket(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM helpdesk_ticket WHERE id = %s", [self.ticket.id])
        before = self.env.cr.fetchall()
        traces = self.env["psa.workflow.run"].search_count([])
        messages = self.env["mail.message"].search_count([])
        self._be(self.technician, "10:00:00", is_typing=True)
        self._be(self.technician, "10:00:30")
        with freeze_time("2026-03-02 10:00:40"):
            self.ticket.with_user(self.technician).psa_leave()
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM helpdesk_ticket WHERE id = %s", [self.ticket.id])
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertEqual(self.env["psa.workflow.run"].search_count([]), traces)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
