from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertPlacement(PsaAlertsCase):
    """Whose alert it is, triage (rule D10.48) and what a source remembers."""

    def _wait(self, clock="10:00", **values):
        alert = self._say(clock, **{"customer": "old-mill", "device": None, **values})
        self.assertTrue(alert.is_in_triage)
        return alert

    def _attach(self, alerts, user=None, **values):
        dialog = (
            self.env["psa.alert.place"]
            .with_user(user or self.technician)
            .create({"alert_ids": [(6, 0, alerts.ids)], "partner_id": self.cobalt.id, **values})
        )
        return dialog.action_apply()

    def test_an_unknown_customer_waits_counted_and_without_ticket(self):
        self._wait("10:00")
        alert = self._say("10:05", customer="old-mill", device=None)
        self.assertEqual((alert.occurrence_count, alert.state), (2, "open"))
        self.assertFalse(alert.ticket_id)
        self.assertEqual(alert.placement_note, "Customer 'old-mill' is not mapped")

    def test_clocks_of_a_placed_alert_start_at_its_first_message(self):
        alert = self._wait("10:00")
        self._say("10:40", customer="old-mill", device=None)
        self._attach(alert)
        self.assertEqual(alert.partner_id, self.cobalt)
        self.assertEqual(alert.ticket_id.psa_started_at, at("10:00"))
        self.assertFalse(alert.is_in_triage)

    def test_what_recovered_meanwhile_gets_no_ticket(self):
        alert = self._wait("10:00")
        self._say("10:40", "resolved", customer="old-mill", device=None)
        self.assertFalse(alert.is_in_triage)
        self._attach(alert)
        self.assertFalse(alert.ticket_id)

    def test_the_source_remembers_and_places_all_that_wait_for_the_same_customer(self):
        first, second = self._wait(key="disk"), self._wait(key="backup", customer="OLD-mill")
        other = self._wait(key="line", customer="somebody")
        self._attach(first)
        self.assertEqual(second.partner_id, self.cobalt)
        self.assertTrue(second.ticket_id)
        self.assertTrue(other.is_in_triage)
        self.assertEqual(self._say("11:00", key="new", customer="Old-Mill").partner_id, self.cobalt)

    def test_forgetting_places_only_the_chosen_ones(self):
        first, second = self._wait(key="disk"), self._wait(key="backup")
        self._attach(first, remember=False)
        self.assertTrue(first.ticket_id)
        self.assertTrue(second.is_in_triage)

    def test_an_alert_that_names_nobody_is_remembered_by_its_asset(self):
        alert = self._wait(customer=None, device="CFT-ESX1")
        self.assertIn("not mapped", alert.placement_note)
        self._attach(alert, asset_id=self.cobalt_server.id)
        again = self._say("10:10", key="fan", customer=None, device="cft-esx1")
        self.assertEqual((again.partner_id, again.asset_id), (self.cobalt, self.cobalt_server))

    def test_the_asset_chosen_in_the_dialog_is_taken_also_where_the_source_remembers(self):
        alone = self._wait()
        self._attach(alone, asset_id=self.cobalt_server.id)
        self.assertEqual((alone.asset_id, alone.ticket_id.psa_asset_id), (self.cobalt_server,) * 2)
        several = self._wait(key="a", customer="mill-2") | self._wait(key="b", customer="mill-2")
        self._attach(several, asset_id=self.cobalt_server.id)
        self.assertEqual(several.asset_id, self.cobalt_server)

    def test_the_site_of_one_asset_is_not_remembered_for_the_whole_customer(self):
        alert = self._wait(device="new-box")
        self._attach(alert, asset_id=self.cobalt_server.id, site_id=self.depot.id)
        mappings = self.source.mapping_ids.filtered(lambda one: one.external_key in ("old-mill", "new-box"))
        self.assertEqual(
            {mapping.kind: mapping.site_id for mapping in mappings},
            {"customer": self.depot.browse(), "device": self.depot},
        )

    def test_a_mapped_asset_that_moved_to_another_customer_is_that_customers(self):
        self.harbor_server.write({"partner_id": self.cobalt.id, "site_id": False})
        mapping = self.source.mapping_ids.filtered(lambda one: one.kind == "device")
        self.assertEqual(mapping.partner_id, self.cobalt)
        unnamed = self._say("10:00", customer=None)
        self.assertEqual((unnamed.partner_id, unnamed.asset_id), (self.cobalt, self.harbor_server))
        self.assertEqual(unnamed.ticket_id.psa_asset_id, self.harbor_server)
        named = self._say("10:00", key="fan")
        self.assertEqual(named.ticket_id.commercial_partner_id, self.harbor)
        self.assertFalse(named.asset_id)
        self.assertIn("mapped to another customer", named.placement_note)

    def test_a_mapped_site_that_is_not_the_customers_any_more_is_left_out(self):
        self.env["psa.alert.mapping"].create(
            {
                "source_id": self.source.id,
                "external_ref": "branch",
                "partner_id": self.cobalt.id,
                "site_id": self.depot.id,
            }
        )
        self.depot.parent_id = self.harbor
        alert = self._say("10:00", customer="branch", device=None)
        self.assertEqual((alert.ticket_id.commercial_partner_id, alert.site_id.id), (self.cobalt, False))

    def test_an_asset_that_moved_before_its_alert_has_a_ticket_does_not_cost_the_ticket(self):
        self.harbor_server.active = False
        alert = self._say("10:00")
        self.harbor_server.write({"active": True, "partner_id": self.cobalt.id, "site_id": False})
        alert.with_user(self.technician).action_make_ticket()
        self.assertEqual(alert.ticket_id.commercial_partner_id, self.harbor)
        self.assertFalse(alert.asset_id)
        self.assertIn("belongs to another customer", alert.placement_note)

    def test_a_mapping_made_in_the_list_places_too(self):
        alert = self._wait()
        self.env["psa.alert.mapping"].with_user(self.alert_manager).create(
            {"source_id": self.source.id, "external_ref": "old-mill", "partner_id": self.cobalt.id}
        )
        self.assertTrue(alert.ticket_id)

    def test_the_asset_is_found_by_name_among_the_customers_own(self):
        self.assertEqual(
            self._say("10:00", customer="cobalt-freight", device="cft-esx1:443").asset_id.id, False
        )
        alert = self._say("10:00", key="k2", customer="cobalt-freight", device="cft-esx1")
        self.assertEqual(alert.asset_id, self.cobalt_server)

    def test_an_ambiguous_name_is_explained_and_never_picked(self):
        self._make_asset(self.cobalt, "DC01")
        self._make_asset(self.cobalt, "dc01")
        alert = self._say("10:00", customer="cobalt-freight", device="DC01")
        self.assertFalse(alert.asset_id)
        self.assertEqual(alert.placement_note, "2 assets of the customer are named 'DC01'")
        self.assertTrue(alert.ticket_id)

    def test_an_asset_of_another_customer_is_never_taken(self):
        alert = self._say("10:00", customer="cobalt-freight", device="HDT-DC01")
        self.assertFalse(alert.asset_id)
        self.assertEqual(alert.ticket_id.commercial_partner_id, self.cobalt)

    def test_the_fallback_of_a_source_of_one_customer(self):
        self.source.partner_id = self.cobalt
        self.assertEqual(self._say("10:00", customer=None, device=None).partner_id, self.cobalt)

    def test_an_archived_customer_or_asset_suppresses_the_alert_with_the_reason(self):
        self.harbor_server.active = False
        alert = self._say("10:00")
        self.assertEqual((alert.state, alert.ticket_id.id), ("suppressed", False))
        self.assertEqual(alert.placement_note, "Asset HDT-DC01 is archived")
        self._say("10:01", "resolved")
        self.assertEqual(alert.state, "resolved")

    def test_placing_many_costs_the_same_number_of_queries(self):
        def placing(count, customer):
            for number in range(count):
                self._say("10:00", process=False, key=f"{customer}{number}", customer=customer, device=None)
            self._process()
            self.env.invalidate_all()
            mapping = {"source_id": self.source.id, "external_ref": customer, "partner_id": self.cobalt.id}
            self.patch(type(self.alerts), "_make_tickets", lambda alerts, promised_at=None: None)
            before = self.env.cr.sql_log_count
            self.env["psa.alert.mapping"].create(mapping)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        placing(1, "warm-up")
        self.assertEqual(placing(3, "three"), placing(30, "thirty"))

    def test_the_dialog_refuses_what_belongs_to_somebody_else(self):
        alert = self._wait()
        with self.assertRaisesRegex(UserError, "belong to another customer"):
            self._attach(alert, asset_id=self.harbor_server.id)
        with self.assertRaisesRegex(UserError, "belong to another customer"):
            self._attach(alert, site_id=self.westgate.id)

    def test_the_dialog_of_somebody_else_is_closed_and_names_nothing_that_one_may_not_see(self):
        alert = self._wait()
        dialogs = self.env["psa.alert.place"]
        values = {"alert_ids": alert.ids, "partner_id": self.harbor.id}
        mine = dialogs.with_user(self.technician).create(values)
        for deed in (
            lambda dialog: dialog.read(["said"]),
            lambda dialog: dialog.write({"partner_id": self.cobalt.id}),
            lambda dialog: dialog.action_apply(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                deed(mine.with_user(self.outsider))
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        asset = self._make_asset(self.cobalt, "TYO-1", company_id=japan.id)
        tokyo = self._make_customer("Tokyo Dental Test", company_id=japan.id)
        for named in ({"asset_id": asset.id}, {"partner_id": tokyo.id}, {"site_id": tokyo.id}):
            with self.subTest(named=named), self.assertRaises(AccessError), self.env.cr.savepoint():
                dialogs.with_user(self.technician).create(values | named)

    def test_the_dialog_proposes_the_site_of_the_asset(self):
        alert = self._wait()
        form = Form(
            self.env["psa.alert.place"].with_user(self.technician).with_context(default_alert_ids=alert.ids)
        )
        self.assertEqual(form.said, "old-mill")
        form.partner_id = self.harbor
        form.asset_id = self.harbor_server
        self.assertEqual(form.site_id, self.westgate)
        form.partner_id = self.cobalt
        self.assertFalse(form.asset_id)
        self.assertFalse(form.site_id)

    def test_somebody_without_alerts_attaches_nothing(self):
        with self.assertRaises(AccessError):
            self._attach(self._wait(), user=self.plain)

    def test_a_mapping_is_unique_and_stands_for_a_whole_customer(self):
        mappings = self.env["psa.alert.mapping"].with_user(self.alert_manager)
        values = {"source_id": self.source.id, "partner_id": self.cobalt.id}
        with self.assertRaisesRegex(ValidationError, "visible character"):
            mappings.create({**values, "external_ref": "\u200b"})
        with self.assertRaisesRegex(ValidationError, "contact or a site"):
            mappings.create({**values, "external_ref": "x", "partner_id": self.depot.id})
        with self.assertRaisesRegex(ValidationError, "two customers"):
            mappings.create({**values, "external_ref": "x", "site_id": self.westgate.id})
