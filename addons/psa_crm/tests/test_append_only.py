"""The mixin is tried on a throw-away model, so that it is proved without any ledger of another addon."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, tagged

from ..exceptions import AppendOnlyError


class PsaTestLedger(models.Model):
    _name = "psa.test.ledger"
    _description = "Test ledger"
    _module = None
    _inherit = ["psa.append.only.mixin"]
    _append_only_mutable = ("state",)

    name = fields.Char()
    state = fields.Char()
    note = fields.Char()


class PsaTestLedgerNote(models.Model):
    _name = "psa.test.ledger"
    _description = "Test ledger"
    _module = None
    _inherit = ["psa.test.ledger"]
    _append_only_mutable = ("note",)


@tagged("post_install", "-at_install")
class TestPsaAppendOnly(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in (PsaTestLedger, PsaTestLedgerNote):
            add_to_registry(cls.registry, model)
        cls.registry._setup_models__(cls.env.cr, ["psa.test.ledger"])
        cls.registry.init_models(cls.env.cr, ["psa.test.ledger"], {"module": "psa_crm"})
        cls.addClassCleanup(cls._forget_test_model)
        cls.row = cls.env["psa.test.ledger"].create({"name": "first", "state": "new"})

    @classmethod
    def _forget_test_model(cls):
        for model in cls.registry.values():
            model._inherit_children.discard("psa.test.ledger")
        del cls.registry["psa.test.ledger"]

    def test_a_written_row_cannot_be_changed_even_by_the_superuser(self):
        with self.assertRaisesRegex(AppendOnlyError, "Test ledger cannot be changed \\(Name\\)"):
            self.row.sudo().write({"name": "second"})
        self.assertEqual(self.row.name, "first")

    def test_one_forbidden_field_refuses_the_whole_write(self):
        with self.assertRaises(AppendOnlyError):
            self.row.write({"state": "done", "name": "second"})
        self.assertEqual(self.row.state, "new")

    def test_named_fields_of_all_classes_may_change(self):
        self.row.write({"state": "done", "note": "seen"})
        self.assertRecordValues(self.row, [{"state": "done", "note": "seen"}])

    def test_a_written_row_cannot_be_deleted(self):
        with self.assertRaisesRegex(AppendOnlyError, "cannot be deleted"):
            self.row.sudo().unlink()
        self.assertTrue(self.row.exists())

    def test_nothing_to_change_is_no_offence(self):
        self.env["psa.test.ledger"].write({"name": "nobody"})
        self.row.write({})
