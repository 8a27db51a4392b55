import json
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.bus.models.bus import channel_with_db, json_dump
from odoo.addons.psa_crm.tests.common_live import LiveMixin

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketLive(LiveMixin, PsaHelpdeskCase):
    """Open screens hear which tickets changed: once a transaction, no text, and nobody who may not see them."""

    def _sent(self, deed):
        return self.live_sent("helpdesk.ticket", deed)

    def test_a_transaction_is_told_once_and_without_its_contents(self):
        tickets = self._make_ticket() + self._make_ticket(name="Scanner hums")

        def deed():
            tickets.write({"priority": "3"})
            tickets[0].name = "Printer burns"
            tickets[1].stage_id = self.stage_progress

        sent = self._sent(deed)
        self.assertEqual(len({channel for channel, _payload in sent}), len(sent), "one message a channel")
        self.assertTrue(sent)
        for _channel, payload in sent:
            self.assertEqual(
                payload, {"model": "helpdesk.ticket", "ids": tickets.ids, "is_cut": False}, "no contents"
            )

    def test_each_hears_of_the_tickets_that_each_may_see(self):
        people = (
            self.technician, self.outsider, self.technician_all, self.dispatcher, self.manager, self.contractor,
            self.plain, self.mia, self.ivan,
        )  # fmt: skip
        mine = self._make_ticket(user_id=self.technician.id)
        theirs = self._make_ticket(team_id=self.other_queue.id)
        of_contractor = self._make_ticket(team_id=self.other_queue.id, user_id=self.contractor.id)
        loose = self._make_ticket(team_id=False)
        tickets = mine + theirs + of_contractor + loose
        sent = self._sent(lambda: tickets.write({"priority": "2"}))
        for user in people:
            heard = self.live_heard(user, sent)
            with self.subTest(user=user.name):
                if user.share:
                    self.assertFalse(heard, "customers hear nothing")
                    continue
                seen = self.env["helpdesk.ticket"].with_user(user).search([("id", "in", tickets.ids)])
                self.assertEqual(heard, set(seen.ids))

    def test_who_loses_a_ticket_hears_that_it_left(self):
        ticket = self._make_ticket(team_id=self.other_queue.id, user_id=self.contractor.id)
        for values in ({"team_id": self.queue.id}, {"user_id": self.technician.id}):
            loser = self.outsider if "team_id" in values else self.contractor
            sent = self._sent(lambda values=values: ticket.write(values))
            with self.subTest(values=values):
                self.assertEqual(self.live_heard(loser, sent), {ticket.id})
                self.assertEqual(self.live_heard(self.technician, sent), {ticket.id})

    def test_new_tickets_and_links_are_told(self):
        made = []
        sent = self._sent(lambda: made.append(self._make_ticket()))
        self.assertEqual(self.live_heard(self.technician, sent), {made[0].id})
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Live"})
        sent = self._sent(lambda: made[0].write({"tag_ids": [Command.link(tag.id)]}))
        self.assertEqual(self.live_heard(self.technician, sent), {made[0].id})

    def test_another_company_hears_nothing(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        away = new_test_user(
            self.env,
            "psa_away",
            "psa_helpdesk.psa_helpdesk_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        everywhere = self._make_queue("No company test", away, self.technician, company_id=False)
        ticket = self._make_ticket(team_id=everywhere.id)
        sent = self._sent(lambda: ticket.write({"priority": "3"}))
        self.assertEqual(self.live_heard(self.technician, sent), {ticket.id})
        self.assertFalse(self.live_heard(away, sent))

    def test_no_browser_can_ask_for_a_channel_by_name(self):
        ticket = self._make_ticket()
        [(channel, _payload), *_more] = self._sent(lambda: ticket.write({"priority": "3"}))
        websocket = self.env["ir.websocket"].with_user(self.plain)
        with self.assertRaises(ValueError):
            websocket._prepare_subscribe_data([json.loads(channel)], 0)
        for name in (channel, "psa_tickets", f"psa_tickets_{self.queue.id}"):
            self.assertNotEqual(json_dump(channel_with_db(self.env.cr.dbname, name)), channel)
        self.assertNotIn(channel, self.live_channels(self.plain))

    def test_a_storm_says_only_that_much_changed(self):
        tickets = self.env["helpdesk.ticket"].browse()
        for _index in range(3):
            tickets |= self._make_ticket()
        with patch("odoo.addons.psa_crm.models.psa_live.MOST_IDS", 2):
            sent = self._sent(lambda: tickets.write({"priority": "3"}))
        said = {(tuple(payload["ids"]), payload["is_cut"]) for _channel, payload in sent}
        self.assertEqual(said, {((), True)})

    def test_savepoints_do_not_multiply_the_messages(self):
        tickets = self._make_ticket() + self._make_ticket()

        def deed():
            for ticket in tickets:
                with self.env.cr.savepoint():
                    ticket.priority = "3"

        sent = self._sent(deed)
        self.assertEqual([payload["ids"] for _channel, payload in sent], [tickets.ids] * len(sent))

    def test_queries_do_not_grow_with_tickets(self):
        def count(number):
            for _index in range(number):
                self._make_ticket(user_id=self.technician.id)
            pending = self.live_pending()
            self.env.cr.precommit.run()
            before = self.env.cr.sql_log_count
            self.env["psa.live"].sudo()._tell_pending(pending)
            self.env.cr.precommit.run()
            return self.env.cr.sql_log_count - before

        count(1)  # what each worker keeps is read once
        few = count(2)
        self.assertEqual(count(12), few)

    def test_a_screen_that_cannot_be_told_hinders_nobody(self):
        self.live_pending()
        self._make_ticket()
        self.env.flush_all()
        with (
            patch.object(self.registry, "cursor", side_effect=OSError("no line")),
            mute_logger("odoo.addons.psa_crm.models.psa_live"),
        ):
            self.env["psa.live"]._tell_after_commit()
        self.assertFalse(self.live_pending())
