from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestIncomplete(PsaHelpdeskCase):
    """A queue may ask for the asset and the vendor's number from the start; nothing from outside is turned away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.write({"psa_needs_asset": True, "psa_needs_vendor_ref": True, "psa_asks_at_creation": True})

    def _create(self, user, **values):
        return (
            self.env["helpdesk.ticket"]
            .with_user(user)
            .create(
                {
                    "name": "Disk",
                    "description": "-",
                    "partner_id": self.mia.partner_id.id,
                    "team_id": self.queue.id,
                    **values,
                }
            )
        )

    def _mail(self, sender):
        return self.env["helpdesk.ticket"].message_new(
            {"subject": "Disk", "body": "<p>x</p>", "from": sender, "to": "", "cc": ""},
            {"team_id": self.queue.id},
        )

    def test_people_of_ours_are_told_all_that_is_missing(self):
        for user in (self.technician, self.dispatcher, self.manager):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(UserError, "no asset named, no vendor reference"),
            ):
                self._create(user)
        with self.assertRaisesRegex(UserError, "Field test asks for more.*no vendor reference"):
            self._create(self.technician, psa_asset_id=self.harbor_server.id, psa_vendor_ref="  ")
        whole = self._create(self.technician, psa_asset_id=self.harbor_server.id, psa_vendor_ref="RMA 7")
        self.assertFalse(whole.psa_is_incomplete)

    def test_only_where_the_queue_says_so_and_only_what_it_asks_for(self):
        self.queue.psa_asks_at_creation = False
        self.assertFalse(self._create(self.technician).psa_is_incomplete)
        self.queue.write(
            {"psa_asks_at_creation": True, "psa_needs_asset": False, "psa_needs_vendor_ref": False}
        )
        self.queue.psa_needs_resolution = True
        self.assertFalse(self._create(self.technician).psa_is_incomplete, "a resolution is for the end")

    def test_no_way_from_outside_loses_a_ticket(self):
        mailed = self._mail("mia@example.com")
        by_a_colleague = self._mail(self.technician.email)
        forwarded = (
            self.env["helpdesk.ticket"]
            .with_user(self.technician)
            .message_new(
                {"subject": "Disk", "body": "<p>x</p>", "from": "x@example.com", "to": "", "cc": ""},
                {"team_id": self.queue.id},
            )
        )
        by_machine = self._make_ticket()
        by_portal = (
            self.env["helpdesk.ticket"]
            .with_user(self.mia)
            .sudo()
            .create(
                {
                    "name": "x",
                    "description": "-",
                    "partner_id": self.mia.partner_id.id,
                    "team_id": self.queue.id,
                }
            )
        )
        tickets = mailed | by_a_colleague | forwarded.sudo() | by_machine | by_portal.sudo()
        self.assertEqual(len(tickets), 5)
        for ticket in tickets:
            self.assertTrue(ticket.psa_is_incomplete)
            self.assertEqual(ticket.psa_incomplete_text, "no asset named, no vendor reference")

    def test_the_filter_finds_what_the_badge_says(self):
        found = self.env["helpdesk.ticket"].with_user(self.technician)
        ticket = self._make_ticket()
        other = self._make_ticket(team_id=self.other_queue.id)
        ours = [("id", "in", (ticket | other).ids)]
        self.assertEqual(
            found.search([("psa_is_incomplete", "=", True), *ours]), ticket.with_user(self.technician)
        )
        everywhere = found.with_user(self.manager)
        self.assertEqual(everywhere.search([("psa_is_incomplete", "=", False), *ours]).ids, other.ids)
        ticket.write({"psa_asset_id": self.harbor_server.id, "psa_vendor_ref": "RMA 7"})
        self.assertFalse(ticket.psa_is_incomplete)
        self.assertFalse(found.search([("psa_is_incomplete", "=", True), *ours]))
        late = self._make_ticket(stage_id=self.stage_done.id)
        self.assertFalse(late.psa_is_incomplete, "what is closed needs nothing any more")
