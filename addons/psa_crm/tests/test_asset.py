from psycopg2.errors import ForeignKeyViolation, UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PsaCrmCase


@tagged("post_install", "-at_install")
class TestPsaAsset(PsaCrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.switch = cls.env["product.product"].create({"name": "Switch 24"})
        cls.printer = cls.env["product.product"].create({"name": "Printer"})

    def _as_user(self, customer, name="HDG-DC01", **values):
        return (
            self.env["psa.asset"]
            .with_user(self.user)
            .create({"name": name, "partner_id": customer.id, **values})
        )

    def test_tags_are_drawn_in_turn_and_a_given_one_is_kept(self):
        self.env.ref("psa_crm.psa_asset_sequence").sudo().number_next = 321
        first, second, own = (
            self.env["psa.asset"]
            .with_user(self.user)
            .create(
                [
                    {"name": "HDG-DC01", "partner_id": self.harbor.id},
                    {"name": "HDG-SQL02", "partner_id": self.harbor.id},
                    {"name": "HDG-OLD", "partner_id": self.harbor.id, "tag": "INV-7"},
                ]
            )
        )
        self.assertEqual((first + second + own).mapped("tag"), ["A000321", "A000322", "INV-7"])

    def test_the_company_is_the_users(self):
        self.assertEqual(self._as_user(self.harbor).company_id, self.company_a)

    def test_one_product_has_one_serial_number_once_whatever_the_case(self):
        self._as_user(self.harbor, product_id=self.switch.id, serial=" SN-1a ")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._as_user(self.cobalt, name="other", product_id=self.switch.id, serial="sn-1A")

    def test_an_archived_asset_keeps_its_serial_number(self):
        self._as_user(self.harbor, product_id=self.switch.id, serial="SN-1").active = False
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self._as_user(self.harbor, name="again", product_id=self.switch.id, serial="SN-1")

    def test_the_same_serial_number_is_free_for_another_product_and_company(self):
        self._as_user(self.harbor, product_id=self.switch.id, serial="SN-1")
        self._as_user(self.harbor, name="printer", product_id=self.printer.id, serial="SN-1")
        self._make_asset(self.harbor, product_id=self.switch.id, serial="SN-1", company_id=self.company_b.id)

    def test_an_empty_serial_number_is_none(self):
        asset = self._as_user(self.harbor, product_id=self.switch.id, serial="  ")
        self._as_user(self.harbor, name="second", product_id=self.switch.id, serial="")
        self.assertFalse(asset.serial)

    def test_only_a_customer_owns_assets(self):
        for owner in (self.mia, self.westgate):
            with self.subTest(owner=owner.name), self.assertRaisesRegex(ValidationError, "Harbor Dental"):
                self._as_user(owner)

    def test_the_site_is_one_of_the_customers(self):
        asset = self._as_user(self.harbor, site_id=self.westgate.id)
        self.assertEqual(asset.site_id, self.westgate)
        depot = self._make_site(self.cobalt, "Depot")
        for wrong in (depot, self.mia, self.harbor):
            with self.subTest(site=wrong.name), self.assertRaisesRegex(ValidationError, "no site of Harbor"):
                asset.site_id = wrong

    def test_moving_to_another_customer_needs_another_site(self):
        asset = self._as_user(self.harbor, site_id=self.westgate.id)
        with self.assertRaisesRegex(ValidationError, "no site of Cobalt"):
            asset.partner_id = self.cobalt
        with Form(asset) as form:
            form.partner_id = self.cobalt
            self.assertFalse(form.site_id)
        self.assertEqual(asset.partner_id, self.cobalt)

    def test_a_site_does_not_leave_its_assets_behind(self):
        asset = self._make_asset(self.harbor, site_id=self.westgate.id)
        with self.assertRaisesRegex(ValidationError, "stands there"):
            self.westgate.with_user(self.partner_user).parent_id = self.cobalt
        self.westgate.invalidate_recordset()
        asset.site_id = False
        self.westgate.with_user(self.partner_user).parent_id = self.cobalt
        self.assertEqual(self.westgate.commercial_partner_id, self.cobalt)

    def test_creating_leaves_the_dictionaries_of_the_caller_alone(self):
        values = {"name": "Router", "partner_id": self.harbor.id, "serial": " X1 "}
        self.env["psa.asset"].create([values])
        self.assertEqual(values, {"name": "Router", "partner_id": self.harbor.id, "serial": " X1 "})

    def test_no_asset_contains_itself(self):
        rack = self._as_user(self.harbor, name="Rack")
        switch = self._as_user(self.harbor, name="Switch", parent_id=rack.id)
        with self.assertRaisesRegex(ValidationError, "cannot contain itself"):
            rack.parent_id = switch
        with self.assertRaisesRegex(ValidationError, "cannot contain itself"):
            rack.parent_id = rack

    def test_parts_belong_to_the_same_customer(self):
        rack = self._as_user(self.harbor, name="Rack")
        with self.assertRaisesRegex(ValidationError, "different customers"):
            self._as_user(self.cobalt, name="Switch", parent_id=rack.id)
        switch = self._as_user(self.harbor, name="Switch", parent_id=rack.id)
        with self.assertRaisesRegex(ValidationError, "different customers"):
            rack.partner_id = self.cobalt
        (rack + switch).write({"partner_id": self.cobalt.id})
        self.assertEqual(switch.partner_id, self.cobalt)

    def test_things_of_another_company_are_refused(self):
        theirs = self._make_customer("Other", company_id=self.company_b.id)
        with self.assertRaises(UserError):
            self._make_asset(theirs)

    def test_the_parts_button_counts_what_it_opens(self):
        rack = self._as_user(self.harbor, name="Rack")
        self._as_user(self.harbor, name="Switch", parent_id=rack.id)
        action = rack.action_open_children()
        self.assertEqual(rack.child_count, 1)
        self.assertEqual(self.env["psa.asset"].search_count(action["domain"]), rack.child_count)

    def test_a_copy_is_another_piece(self):
        asset = self._as_user(self.harbor, product_id=self.switch.id, serial="SN-1")
        twin = asset.copy()
        self.assertFalse(twin.serial)
        self.assertNotEqual(twin.tag, asset.tag)
        self.assertEqual(twin.name, "HDG-DC01 (copy)")

    def test_found_by_name_tag_and_serial_number(self):
        asset = self._as_user(self.harbor, product_id=self.switch.id, serial="SN-77")
        for text in ("hdg-dc", asset.tag, "sn-77"):
            with self.subTest(text=text):
                found = self.env["psa.asset"].with_user(self.user).name_search(text)
                self.assertIn(asset.id, [row[0] for row in found])

    def test_drop_downs_say_tag_and_customer(self):
        asset = self._as_user(self.harbor, tag="A000321")
        self.assertEqual(asset.display_name, "HDG-DC01")
        self.assertEqual(
            asset.with_context(formatted_display_name=True).display_name,
            "HDG-DC01\t--A000321, Harbor Dental Group--",
        )

    def test_properties_of_ones_own_are_kept(self):
        base = self.env["properties.base.definition"]._get_definition_for_property_field(
            "psa.asset", "properties"
        )
        base.sudo().properties_definition = [{"name": "rack_unit", "string": "Rack unit", "type": "integer"}]
        asset = self._as_user(self.harbor)
        asset.properties = {"rack_unit": 12}
        asset.invalidate_recordset()
        self.assertEqual(asset.properties["rack_unit"], 12)

    def test_a_customer_or_site_with_assets_cannot_be_deleted(self):
        self._make_asset(self.harbor, site_id=self.westgate.id)
        for record in (self.westgate, self.harbor):
            with self.subTest(record=record.name), mute_logger("odoo.sql_db"):
                with self.assertRaises(ForeignKeyViolation), self.env.cr.savepoint():
                    record.with_user(self.manager).unlink()

    def test_changes_are_told_in_the_chatter(self):
        asset = self._as_user(self.harbor).with_context(tracking_disable=False, mail_notrack=False)
        self.env.cr.flush()
        asset.site_id = self.westgate
        self.env.cr.flush()
        told = asset.message_ids.sudo().tracking_value_ids.mapped("new_value_char")
        self.assertEqual(told, [self.westgate.display_name])
