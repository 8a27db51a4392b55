"""Collecting: how sources get into the ledger, and out of it again."""

from odoo import api, models


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    # What an approver looked at: a change of these asks again.
    _APPROVED_FIELDS = frozenset(
        {
            "amount",
            "minutes_billed",
            "quantity",
            "cover",
            "contract_id",
            "partner_id",
            "draw_hundredths",
            "block_id",
        }
    )

    @api.model
    def _collect(self, vals_list, complete=None):
        """Bring what may be billed into the ledger. Idempotent, in one batch, with a constant number of queries.

        An open item with the same key is kept when nothing changed and rewritten otherwise; what a person
        changed, wrote off or what is billed stays as it is. An approval by a person does not outlive a change
        of the amount: the item goes back to review.

        :param vals_list: values of items; `source_model`, `source_id` and `kind` are required, `part` is "0"
            unless given, `due_date` is `date` unless given, `state` counts for new items only
        :param complete: {source_model: ids} for which vals_list is the whole truth: their other open items
            that nobody decided about are removed
        :return: the items, in the order of vals_list
        """
        # The ledger is written by collectors alone: nobody has write access, whoever triggers a collector.
        ledger = self.sudo()
        rows = [ledger._prepare_collect_values(vals) for vals in vals_list]
        found = ledger._find_by_key(rows, complete or {})
        keys = [ledger._get_key(row) for row in rows]
        drawn_before = ledger.browse([item.id for item in found.values()]).block_id
        fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
        for key, row in zip(keys, rows, strict=True):
            if key in found:
                found[key]._recollect(row)
        stale = [item.id for key, item in found.items() if key not in set(keys)]
        ledger.browse(stale)._remove_open()
        found.update(zip(fresh, ledger.create(list(fresh.values())), strict=True))
        collected = ledger.browse([found[key].id for key in keys])
        (drawn_before | collected.block_id)._tell_low_balance()
        return self.browse(collected.ids)

    @api.model
    def _withdraw(self, source_model, ids):
        """Take what came from these sources out of the ledger, except what is on an invoice."""
        # Same reason as in _collect.
        items = self.sudo().search(
            [("source_model", "=", source_model), ("source_id", "in", ids), ("is_billed", "=", False)]
        )
        blocks = items.block_id
        items.unlink()
        blocks._tell_low_balance()

    @api.model
    def _prepare_collect_values(self, vals):
        row = {"part": "0", **vals}
        row.setdefault("due_date", row["date"])
        return row

    @api.model
    def _get_key(self, row):
        return row["source_model"], row["source_id"], row["kind"], row["part"]

    def _find_by_key(self, rows, complete):
        """The items of the sources of `rows` and `complete`, by key."""
        sources = {model: set(ids) for model, ids in complete.items()}
        for row in rows:
            sources.setdefault(row["source_model"], set()).add(row["source_id"])
        wanted = {self._get_key(row) for row in rows}
        found = {}
        for model, ids in sources.items():
            for item in self.search([("source_model", "=", model), ("source_id", "in", list(ids))]):
                key = self._get_key(item)
                if key in wanted or item.source_id in complete.get(model, ()):
                    found[key] = item
        return found

    def _recollect(self, row):
        """Rewrite this item where `row` differs, unless it is decided."""
        self.ensure_one()
        if self._is_settled():
            return
        changes = {name: row[name] for name in row if name != "state" and self._differs(name, row[name])}
        if not changes:
            return
        if self.state == "approved" and self.approved_by_id and self._APPROVED_FIELDS & changes.keys():
            changes |= {"state": "draft", "approved_by_id": False, "approved_at": False}
        self.write(changes)

    def _differs(self, name, value):
        field = self._fields[name]
        new = field.convert_to_cache(value, self, validate=False)
        old = field.convert_to_cache(self[name], self, validate=False)
        if field.type == "monetary":
            return self.currency_id.compare_amounts(new or 0, old or 0) != 0
        return (new or False) != (old or False)

    def _remove_open(self):
        """Delete those that are not settled; corrections stay, their maker knows when they go."""
        self.filtered(lambda item: not item._is_settled() and not item.part.startswith("adj/")).unlink()
