from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class PsaLiveMixin(models.AbstractModel):
    """Records whose lists, cards and forms follow what others do to them (`static/src/psa_live`).

    What a transaction changes is told once, when it ends: which records, and nothing of what stands in them. Each
    browser reads again under its own rights. Who is told is the model's business: it names channels that no client
    can ask for by name (`_psa_get_live_channels`), and `ir.websocket` gives them to those who may read the records.

    Rows are watched where they are written, so that computed values, links and sweeps are heard of as well.
    """

    _name = "psa.live.mixin"
    _description = "Tells open screens of changes"

    # Links by which the channels are chosen; who saw a record before it left hears of it too.
    _psa_live_columns = ("company_id",)

    @api.model
    def _psa_get_live_channels(self, routes):
        """Return who is told of what.

        :param list routes: distinct tuples of ids, one for each of `_psa_live_columns`
        :return: {route: [channels as the bus takes them, but never a text]}
        """
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._psa_note_live()
        return records

    def unlink(self):
        self._psa_note_routes()
        return super().unlink()

    def write(self, vals):
        if any(name in vals for name in self._psa_live_columns):
            self._psa_note_routes()
        result = super().write(vals)
        if any(self._fields[name].type in ("one2many", "many2many") for name in vals if name in self._fields):
            self._psa_note_live()  # links are no columns of the record
        return result

    def _write_multi(self, vals_list):
        self._psa_note_live()
        return super()._write_multi(vals_list)

    def _psa_note_live(self):
        """Remember that these records changed, until the transaction ends."""
        if self:
            self.env["psa.live"]._get_pending(self._name).ids.update(self.ids)

    def _psa_note_routes(self):
        """Remember who could see these records so far."""
        if self:
            noted = self.env["psa.live"]._get_pending(self._name)
            for record in self.sudo():  # sudo: ids of what decides who is told, whoever may read that
                noted.routes[tuple(record[name].id or None for name in self._psa_live_columns)].add(record.id)

    @api.model
    def _psa_find_routes(self, ids):
        """Return {route: ids} of those that are still there."""
        columns = SQL(", ").join(map(SQL.identifier, self._psa_live_columns))
        rows = self.env.execute_query(
            SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", columns, SQL.identifier(self._table), list(ids))
        )
        routes = defaultdict(set)
        for record_id, *route in rows:
            routes[tuple(route)].add(record_id)
        return routes
