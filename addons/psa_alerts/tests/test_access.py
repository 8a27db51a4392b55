from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestPsaAlertsAccess(PsaAlertsCase):
    def test_only_a_manager_reads_raw_messages(self):
        event = self._say("10:00").event_ids
        self.assertIn("disk", event.with_user(self.alert_manager).body)
        for field in ("body", "headers"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                event.with_user(self.technician).read([field])
            with self.assertRaises(AccessError):
                self.events.with_user(self.technician).search([(field, "ilike", "disk")])
        self.assertEqual(event.with_user(self.technician).kind, "problem")

    def test_a_technician_sees_sources_without_their_secrets(self):
        source = self.source.with_user(self.technician)
        self.assertEqual(source.name, "Backup HQ")
        with self.assertRaises(AccessError):
            source.secret_ids.mapped("prefix")
        with self.assertRaises(AccessError):
            self.env["psa.alert.secret"].with_user(self.technician).search([])
        with self.assertRaises(AccessError):
            source.rate_limit = 1

    def test_everything_of_a_foreign_company_stays_hidden(self):
        company = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        stranger = new_test_user(
            self.env,
            "psa_stranger",
            "psa_alerts.psa_alerts_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        alert = self._say("10:00")
        records = (alert, alert.event_ids, self.source, self.source.secret_ids, self.source.mapping_ids)
        for record in records:
            with self.subTest(model=record._name):
                theirs = record.with_user(stranger)
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])
        for button in ("action_acknowledge", "action_resolve", "action_make_ticket"):
            with self.subTest(button), self.assertRaises(AccessError):
                getattr(alert.with_user(stranger), button)()
        with self.assertRaises(AccessError):
            self.source.with_user(stranger).action_new_address()
        with self.assertRaises(AccessError):
            self.source.with_user(stranger).action_send_test()
        with self.assertRaises(AccessError):
            self.source.secret_ids.with_user(stranger).action_revoke()
        with self.assertRaises(AccessError):
            self.env["psa.alert.mapping"].with_user(stranger).create(
                {"source_id": self.source.id, "external_ref": "x", "partner_id": self.cobalt.id}
            )

    def test_portal_users_see_nothing_of_alerts_on_their_tickets(self):
        alert = self._say("10:00")
        alert.ticket_id.partner_id = self.mia.partner_id
        ticket = alert.ticket_id.with_user(self.mia)
        self.assertEqual(ticket.name, "Disk full")
        for field in ("psa_alert_ids", "psa_alert_count"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                ticket.read([field])

    def test_nothing_of_the_inside_can_be_called_from_outside(self):
        """Public methods are the buttons; the rest begins with an underscore and is not reachable by RPC."""
        for name in (
            "psa.alert",
            "psa.alert.event",
            "psa.alert.source",
            "psa.alert.secret",
            "psa.alert.mapping",
        ):
            model = self.registry[name]
            own = {
                attribute
                for cls in model.__mro__
                if cls.__module__.startswith("odoo.addons.psa_alerts.")
                for attribute, value in vars(cls).items()
                if callable(value) and not attribute.startswith(("_", "action_"))
            }
            self.assertLessEqual(own, {"create", "write", "unlink"}, name)

    def test_roles_of_the_desk_bring_those_of_monitoring(self):
        self.assertTrue(self.technician.has_group("psa_alerts.psa_alerts_group_user"))
        self.assertFalse(self.technician.has_group("psa_alerts.psa_alerts_group_manager"))
        self.assertTrue(self.manager.has_group("psa_alerts.psa_alerts_group_manager"))
        self.assertFalse(self.contractor.has_group("psa_alerts.psa_alerts_group_user"))
