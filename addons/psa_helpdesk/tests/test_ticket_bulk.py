from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketBulk(PsaHelpdeskCase):
    """The buttons of the list do what the form would allow, ticket by ticket, and say what they left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open = cls._make_ticket()
        cls.waiting = cls._make_ticket(stage_id=cls.stage_waiting.id)
        cls.done = cls._make_ticket(stage_id=cls.stage_done.id)
        cls.cancelled = cls._make_ticket(stage_id=cls.stage_cancelled.id)
        cls.all = (cls.open | cls.waiting | cls.done | cls.cancelled).with_user(cls.technician)

    def _said(self, action):
        return action["params"]["message"]

    def test_waiting_opens_no_closed_ticket(self):
        events = self.done.psa_sla_event_ids
        said = self._said(self.all.action_wait_for_customer())
        self.assertEqual(
            said, "1 waiting for the customer, 3 skipped: closed already (2), waiting already (1)"
        )
        self.assertEqual(self.open.stage_id, self.stage_waiting)
        self.assertEqual(self.done.stage_id, self.stage_done)
        self.assertEqual(self.cancelled.stage_id, self.stage_cancelled)
        self.assertEqual(self.done.psa_sla_event_ids, events, "nothing enters the ledger of a closed ticket")

    def test_closing_leaves_cancelled_ones_cancelled(self):
        said = self._said(self.all.action_close())
        self.assertEqual(said, "2 closed, 2 skipped: closed already (2)")
        self.assertEqual(self.cancelled.stage_id, self.stage_cancelled)
        self.assertEqual((self.open | self.waiting).stage_id, self.stage_done)

    def test_taking_takes_nothing_away_from_a_colleague(self):
        self.waiting.user_id = self.technician_all
        said = self._said(self.all.action_take())
        self.assertEqual(said, "1 taken, 3 skipped: closed already (2), assigned to Nina (1)")
        self.assertEqual(self.open.user_id, self.technician)
        self.assertEqual(self.waiting.user_id, self.technician_all)
        self.assertFalse(self.done.user_id)

    def test_one_word_for_one_number(self):
        """The figure, the filter and the group with the same word find the same tickets."""
        tickets = self.env["helpdesk.ticket"]
        arch = etree.fromstring(tickets.get_view(view_type="search")["arch"])
        states = dict(tickets._fields["psa_sla_state"]._description_selection(self.env))
        for state, name in (("overdue", "sla_late"), ("at_risk", "sla_at_risk")):
            (node,) = arch.xpath(f"//filter[@name='{name}']")
            self.assertEqual(node.get("string"), states[state])
            self.assertEqual(
                tickets.search(literal_eval(node.get("domain"))),
                tickets.search([("psa_is_open", "=", True), ("psa_sla_state", "=", state)]),
            )

    def test_what_all_of_them_did_is_not_said(self):
        self.assertFalse(self.open.with_user(self.technician).action_close())
