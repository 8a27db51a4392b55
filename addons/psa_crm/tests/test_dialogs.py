from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

# Of the host's dialogs that ours extend; the host's own rules say who reads them.
HOSTS = {"account.move.reversal", "res.config.settings"}


@tagged("post_install", "-at_install")
class TestDialogs(TransactionCase):
    """No dialog of ours is read by anybody but who opened it, and none names what its user may not see.

    The host has no owner of a dialog: everybody with a right on the model reads all of them by their ids. Each dialog
    of every installed addon of ours is walked, so a new one is met here before it is met by a reviewer.
    """

    def _get_dialogs(self):
        ours = {
            name
            for name, model in self.registry.items()
            if model._transient
            and any(base.__module__.startswith("odoo.addons.psa_") for base in model.__mro__)
        }
        return [self.env[name] for name in sorted(ours - HOSTS)]

    def test_there_are_dialogs(self):
        self.assertGreater(len(self._get_dialogs()), 5)

    def test_each_dialog_is_read_by_whoever_opened_it_alone(self):
        for dialog in self._get_dialogs():
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", dialog._name), ("groups", "=", False)]
            )
            own = [
                rule
                for rule in rules
                if safe_eval(rule.domain_force, rule._eval_context()) == [("create_uid", "=", self.env.uid)]
            ]
            with self.subTest(dialog._name):
                self.assertTrue(own, "no rule lets everybody into the own rows alone")
                self.assertTrue(all(rule.perm_read and rule.perm_write and rule.perm_unlink for rule in own))

    def test_each_dialog_checks_what_it_links_to(self):
        mixin = self.registry["psa.dialog.mixin"]
        for dialog in self._get_dialogs():
            with self.subTest(dialog._name):
                self.assertIn("psa.dialog.mixin", _get_ancestors(dialog), "it does not inherit the mixin")
                self.assertIsNot(type(dialog)._psa_check_links, mixin._psa_check_links)


def _get_ancestors(model):
    """Return the technical names of all models that this one inherits."""
    return {base._name for base in type(model).__mro__ if getattr(base, "_name", None)}
