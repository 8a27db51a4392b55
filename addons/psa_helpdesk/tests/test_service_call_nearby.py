from odoo.exceptions import AccessError
from odoo.tests import tagged

from .call_common import PsaCallCase

# Around the centre of Berlin; a hundredth of a degree to the north is 1.1 km.
CENTRE = (52.5200, 13.4050)


@tagged("post_install", "-at_install")
class TestServiceCallNearby(PsaCallCase):
    """Row 7.4: other open tickets of the customer or of neighbours, for the same trip."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put(cls.westgate, 0)
        cls._put(cls.depot, 1.1)
        cls.neighbour = cls._make_customer("Neighbour Test")
        cls.far = cls._make_customer("Far Away Test")
        cls._put(cls.neighbour, 3.3)
        cls._put(cls.far, 5.6)
        cls.call = cls._make_call(tickets=cls._make_ticket(psa_site_id=cls.westgate.id))

    @classmethod
    def _put(cls, partner, km_north):
        partner.write({"partner_latitude": CENTRE[0] + km_north / 111.2, "partner_longitude": CENTRE[1]})

    def _make_at(self, partner, **values):
        return self._make_ticket(partner_id=partner.id, **values)

    def _make_late(self, ticket):
        ticket.sudo().psa_sla_clock_ids.state = "overdue"
        ticket.flush_recordset()
        self.assertEqual(ticket.psa_sla_state, "overdue")

    def test_within_five_km_by_distance_and_urgent_ones_first(self):
        at_neighbour = self._make_at(self.neighbour)
        at_depot = self._make_ticket(partner_id=self.ivan.partner_id.id, psa_site_id=self.depot.id)
        same_customer = self._make_ticket()
        self._make_at(self.far)
        self._make_at(self.neighbour, stage_id=self.stage_done.id)
        nearby = self.call.with_user(self.dispatcher).nearby_ticket_ids
        self.assertEqual(list(nearby), [same_customer, at_depot, at_neighbour])

        self._make_late(at_neighbour)
        self.call.invalidate_recordset()
        nearby = self.call.with_user(self.dispatcher).nearby_ticket_ids
        self.assertEqual(list(nearby), [at_neighbour, same_customer, at_depot])

    def test_none_that_the_user_may_not_see(self):
        at_neighbour = self._make_at(self.neighbour)
        hidden = self._make_at(self.neighbour, team_id=self.other_queue.id, user_id=self.outsider.id)
        self.assertEqual(self.call.with_user(self.technician).nearby_ticket_ids, at_neighbour)
        self.assertEqual(self.call.with_user(self.dispatcher).nearby_ticket_ids, at_neighbour | hidden)
        with self.assertRaises(AccessError):
            hidden.with_user(self.technician).read(["name"])
        action = self.call.with_user(self.technician).action_open_nearby()
        self.assertEqual(action["domain"], [("id", "in", at_neighbour.ids)])

    def test_the_distance_is_a_setting_of_the_company(self):
        at_far = self._make_at(self.far)
        self.assertNotIn(at_far, self.call.nearby_ticket_ids)
        self.env.company.psa_nearby_km = 6
        self.call.invalidate_recordset()
        self.assertIn(at_far, self.call.nearby_ticket_ids)

    def test_the_list_says_how_far(self):
        at_neighbour = self._make_at(self.neighbour)
        shown = at_neighbour.with_user(self.dispatcher).with_context(psa_near_call_id=self.call.id)
        self.assertAlmostEqual(shown.psa_distance_km, 3.3, places=1)
        self.assertEqual(at_neighbour.with_user(self.dispatcher).psa_distance_km, 0)

    def test_without_coordinates_only_the_customer_is_near(self):
        self.westgate.write({"partner_latitude": 0, "partner_longitude": 0})
        same_customer = self._make_ticket()
        self._make_at(self.neighbour)
        self._make_at(self._make_customer("Nowhere Test"))
        self.assertEqual(self.call.nearby_ticket_ids, same_customer)

    def test_no_trip_no_neighbours(self):
        self._make_at(self.neighbour)
        self.call.place = "remote"
        self.assertFalse(self.call.nearby_ticket_ids)

    def test_the_map_is_asked_for_the_address(self):
        self.westgate.write({"street": "1 Main Street", "zip": "10115", "city": "Berlin"})
        self.call.invalidate_recordset()
        self.assertIn("query=1+Main+Street%2C+10115+Berlin", self.call.map_url)
        self.call.place = "phone"
        self.assertFalse(self.call.map_url)

    def test_nobody_learns_an_address_from_a_call_out_of_sight(self):
        self.westgate.write({"street": "1 Main Street", "zip": "10115", "city": "Berlin"})
        for user in (self.outsider, self.contractor, self.plain, self.mia, self.ivan):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.call.with_user(user).action_open_map()
        self.assertIn("10115", self.call.with_user(self.technician).action_open_map()["url"])

    def test_queries_do_not_grow_with_the_tickets(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.call.with_user(self.dispatcher).nearby_ticket_ids.mapped("psa_sla_state")
            return self.env.cr.sql_log_count - before

        for _number in range(5):
            self._make_at(self.neighbour)
        count()
        few = count()
        for _number in range(5):
            self._make_at(self.neighbour)
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestServiceCallQueries(PsaCallCase):
    def test_finding_conflicts_costs_the_same_for_many_calls(self):
        calls = self.env["psa.service.call"]
        days = ("Mon", "Tue", "Wed", "Thu", "Fri")

        def count(found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found._psa_find_conflicts()
            return self.env.cr.sql_log_count - before

        for day in days:
            calls |= self._make_call(f"{day} 10:00")
            calls |= self._make_call(f"{day} 10:00", technician_id=self.technician_all.id)
        calls = calls.sudo()
        count(calls)
        self.assertEqual(count(calls[:4]), count(calls))

    def test_the_next_call_costs_the_same_for_many_tickets(self):
        tickets = self.env["helpdesk.ticket"]
        for day in ("Mon", "Tue", "Wed", "Thu"):
            ticket = self._make_ticket()
            self._make_call(f"{day} 10:00", tickets=ticket)
            tickets |= ticket

        def count(found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found.with_user(self.dispatcher).mapped("psa_next_call_at")
            return self.env.cr.sql_log_count - before

        count(tickets)
        self.assertEqual(count(tickets[:2]), count(tickets))
