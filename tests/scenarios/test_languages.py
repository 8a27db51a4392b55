"""People read the suite in their own language, and the catalogues hold what there is to read."""

from odoo.tests import TransactionCase, new_test_user, tagged

from tools import addons
from tools.catalogues import export_template, path_of


@tagged("post_install", "-at_install")
class TestLanguages(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        ours = cls.env["ir.module.module"].search([("name", "in", addons.suite())])
        ours._update_translations(["de_DE"])
        cls.technician = new_test_user(
            cls.env, "jana.scenario", groups="psa_helpdesk.psa_helpdesk_group_technician", lang="de_DE"
        )

    def test_the_templates_hold_what_odoo_finds(self):
        for name in addons.suite():
            with self.subTest(addon=name):
                self.assertEqual(path_of(name).read_text(), export_template(self.env, name), "run ./psa i18n")

    def test_a_german_technician_reads_german(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician).with_context(lang="de_DE")
        self.assertEqual(tickets.fields_get(["team_id"])["team_id"]["string"], "Warteschlange")
        self.assertEqual(tickets.fields_get(["psa_asset_id"])["psa_asset_id"]["string"], "Asset")
        self.assertIn("Zeit erfassen", tickets.get_view(view_type="form")["arch"])

    def test_a_german_customer_reads_german_words_for_the_status(self):
        labels = self.env["helpdesk.ticket"].with_context(lang="de_DE")._psa_get_portal_status_labels()
        self.assertIn("Wartet auf Sie", {label for label, _badge, _icon in labels.values()})

    def test_an_error_comes_in_the_language_of_who_made_it(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician).with_context(lang="de_DE")
        answer = tickets.create({"name": "Drucker", "description": "Papierstau"})
        with self.assertRaisesRegex(Exception, "kann nicht von Hand geschrieben werden"):
            answer.psa_touched_at = "2026-01-01 10:00:00"
