from odoo import api, models

from ..exceptions import AppendOnlyError


class PsaAppendOnlyMixin(models.AbstractModel):
    """Records that are written once: the pages of a ledger.

    Changing and deleting is refused to everybody, the superuser included, because what the ledger explains
    (a bill, a missed promise) must stay explainable.

    ``_append_only_mutable`` names the fields that may still change. Each class of the inheritance chain names
    only its own; the names add up. Mark the parent's many2one ``ondelete="restrict"``: a cascade of the
    database does not ask this mixin. Stored computed fields are not held back, they follow their sources.
    """

    _name = "psa.append.only.mixin"
    _description = "Append-only record"

    _append_only_mutable = ()

    def write(self, vals):
        refused = set(vals) - self._get_append_only_mutable()
        if refused and self:
            labels = sorted(self._fields[name].string if name in self._fields else name for name in refused)
            raise AppendOnlyError(
                self.env._(
                    "%(what)s cannot be changed (%(fields)s) because it is part of a record that must stay as it"
                    " was written. Add a new entry that corrects it.",
                    what=self.env._(self._description),
                    fields=", ".join(labels),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if self:
            raise AppendOnlyError(
                self.env._(
                    "%(what)s cannot be deleted because it is part of a record that must stay as it was written."
                    " Add a new entry that corrects it.",
                    what=self.env._(self._description),
                )
            )

    @api.model
    def _get_append_only_mutable(self):
        """The names of all fields that may change after creation, collected from the whole class chain."""
        return frozenset().union(*(vars(cls).get("_append_only_mutable", ()) for cls in type(self).__mro__))
