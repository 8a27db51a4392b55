from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaPortalHttpCase


@tagged("post_install", "-at_install")
class TestStillNotSolved(PsaPortalHttpCase):
    """A customer says that a closed ticket is not solved; nothing typed is lost, and nothing happens twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.queue._get_applicable_stages().filtered(
            lambda stage: stage.psa_sla_event == "resolved" and stage.close_from_portal
        )[:1]
        cls.tickets = cls.env["helpdesk.ticket"]

    def setUp(self):
        super().setUp()
        self.url = f"/my/ticket/{self.ticket.id}"
        self._sign_in(self.mia)

    def _make_old_ticket(self, days=30, **values):
        """A ticket that was closed so many days ago."""
        with freeze_time(fields.Datetime.now() - timedelta(days=days)):
            ticket = self._make_ticket(
                **{
                    "name": "Old jam",
                    "partner_id": self.mia.partner_id.id,
                    "psa_asset_id": self.asset.id,
                    **values,
                }
            )
            ticket.stage_id = self.done
            self.env.flush_all()
        return ticket

    def _say(self, ticket, text="It jams again"):
        return self._post(f"/my/ticket/{ticket.id}/unsolved", text=text)

    def _followers_of(self, ticket):
        return self.tickets.search([("psa_origin_id", "=", ticket.id)])

    def test_within_the_grace_the_ticket_is_opened_again(self):
        self.ticket.stage_id = self.done
        answer = self._say(self.ticket, "It jams <b>again</b>")
        self.assertTrue(answer.headers["Location"].endswith(self.url))
        self.assertTrue(self.ticket.psa_is_open)
        message = self.ticket.message_ids.filtered(lambda one: "It jams" in one.body)
        self.assertEqual(message.author_id, self.mia.partner_id)
        self.assertIn("It jams &lt;b&gt;again&lt;/b&gt;", message.body)
        page = self._get(self.url).text
        self.assertIn("We have your answer", page)
        self.assertIn(f'data-psa-draft-done="unsolved.{self.ticket.id}"', page)

    def test_after_the_grace_a_new_ticket_follows(self):
        old = self._make_old_ticket()
        answer = self._say(old)
        self.assertFalse(old.psa_is_open)
        follower = self._followers_of(old)
        self.assertTrue(answer.headers["Location"].endswith(f"/my/ticket/{follower.id}"))
        self.assertRecordValues(
            follower,
            [
                {
                    "name": "Old jam",
                    "partner_id": self.mia.partner_id.id,
                    "psa_asset_id": self.asset.id,
                    "psa_is_open": True,
                    "user_id": False,
                }
            ],
        )

    def test_the_grace_is_the_one_the_clocks_obey(self):
        """One rule for all channels: what a manager wrote about the resolution, or a new policy, does not decide."""
        old = self._make_old_ticket()
        old.sudo().psa_resolved_at = fields.Datetime.now()
        self._say(old)
        self.assertFalse(old.psa_is_open)
        young = self._make_old_ticket(days=2)
        young.sudo().psa_resolved_at = fields.Datetime.now() - timedelta(days=60)
        cycles = young.sudo().psa_sla_clock_ids.mapped("cycle")
        self._say(young)
        self.assertTrue(young.psa_is_open)
        self.env.invalidate_all()
        self.assertEqual(young.sudo().psa_sla_clock_ids.mapped("cycle"), cycles)

    def test_pressed_twice_it_happens_once(self):
        old = self._make_old_ticket()
        for _click in range(2):
            self._say(old)
        follower = self._followers_of(old)
        self.assertEqual(len(follower), 1)
        self.ticket.stage_id = self.done
        for _click in range(2):
            self._say(self.ticket)
        for ticket in (follower, self.ticket):
            said = ticket.message_ids.filtered(lambda one: "It jams again" in one.body)
            self.assertEqual(len(said), 1)

    def test_what_is_typed_on_a_page_that_is_out_of_date_is_kept(self):
        """One of us opened the ticket meanwhile."""
        self._say(self.ticket, "It jams again")
        self.assertIn("It jams again", self.ticket.message_ids[0].body)
        self.assertTrue(self.ticket.psa_is_open)

    def test_a_long_text_is_refused_in_words_and_not_cut(self):
        self.ticket.stage_id = self.done
        answer = self._say(self.ticket, "x" * 5001)
        self.assertIn("psa_problem=too_long", answer.headers["Location"])
        self.assertFalse(self.ticket.psa_is_open)
        page = self._get(f"{self.url}?psa_problem=too_long").text
        self.assertIn("too long", page)
        self.assertIn(f'data-psa-draft="unsolved.{self.ticket.id}"', page)
        # A line end is one character for the browser that counts, and two on the way.
        self._say(self.ticket, "\r\n".join(["x" * 49] * 100))
        self.assertTrue(self.ticket.psa_is_open)

    def test_it_wants_a_word(self):
        self.ticket.stage_id = self.done
        answer = self._say(self.ticket, "  ")
        self.assertIn("psa_problem=no_text", answer.headers["Location"])
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("Say in a few words", self._get(f"{self.url}?psa_problem=no_text").text)

    def test_where_the_desk_cannot_open_it_the_customer_is_told(self):
        self.ticket.stage_id = self.done
        elsewhere = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": self.company.id}
        )
        stages = self.queue._get_applicable_stages()
        stages.filtered(lambda stage: not stage.closed).team_ids = elsewhere
        answer = self._say(self.ticket)
        self.assertIn("psa_problem=not_opened", answer.headers["Location"])
        self.assertIn("cannot be opened again", self._get(f"{self.url}?psa_problem=not_opened").text)

    def test_a_follower_of_another_customer_makes_no_ticket_of_his_own(self):
        """The new ticket stays with the customer whose asset it is about."""
        old = self._make_old_ticket()
        old.message_subscribe(self.ivan.partner_id.ids)
        self._sign_in(self.ivan)
        self._say(old)
        follower = self._followers_of(old)
        self.assertEqual(follower.partner_id, self.mia.partner_id)
        self.assertEqual(follower.message_ids[0].author_id, self.ivan.partner_id)

    def test_whoever_reported_it_first_goes_on_seeing_it(self):
        old = self._make_old_ticket(partner_id=self.leo.partner_id.id)
        self._say(old)
        follower = self._followers_of(old)
        self.assertEqual(follower.partner_id, self.mia.partner_id)
        self.assertTrue(follower.with_user(self.leo).has_access("read"))

    def test_a_link_changes_nothing(self):
        self.ticket.stage_id = self.done
        with mute_logger("odoo.http"):
            self._get(f"{self.url}/unsolved?text=x")
        self.assertFalse(self.ticket.psa_is_open)

    def test_on_a_merged_ticket_the_work_goes_on_where_it_went(self):
        """D10.18 by the one path: also where the customer looks at the ticket of before."""
        old = self._make_ticket(name="Old jam", partner_id=self.mia.partner_id.id)
        both = (old | self.ticket).ids
        merges = self.env["helpdesk.ticket.merge"].with_user(self.sam).with_context(active_ids=both)
        merges.create({"ticket_ids": [Command.set(both)], "dst_ticket_id": self.ticket.id}).merge_tickets()
        answer = self._say(old)
        self.assertTrue(answer.headers["Location"].endswith(self.url), answer.headers["Location"])
        self.assertIn("It jams again", "".join(self.ticket.message_ids.mapped("body")))
        self.assertNotIn("It jams again", "".join(old.message_ids.mapped("body")))
        self.assertFalse(self._followers_of(old))
        self.assertFalse(old.psa_is_open)
        page = self.url_open(f"/my/ticket/{old.id}", allow_redirects=False)
        self.assertTrue(page.headers["Location"].endswith(self.url))
