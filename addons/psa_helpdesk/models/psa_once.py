from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..logic.work_report import is_token

KEPT = timedelta(days=60)


class PsaOnce(models.Model):
    """What a phone asked for, by a mark of its own making: pressed twice or sent again after a lost line, done once."""

    _name = "psa.once"
    _description = "Done once"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="cascade")
    token = fields.Char(required=True, readonly=True)
    done_at = fields.Datetime(string="Done", required=True, readonly=True, index=True)

    _once = models.UniqueIndex("(user_id, token)")

    @api.model
    def _claim(self, token):
        """Say whether the present user asks for this the first time; from now on it is done.

        Two requests at the same moment: the second waits for the first and is then started anew by the host, because
        its view of the database is out of date; it finds the mark.

        :raises UserError: for what our screens do not send
        """
        if not is_token(token):
            raise UserError(self.env._("This request cannot be read. Reload the page."))
        claim = (
            "INSERT INTO %s (user_id, token, done_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"
        )
        table, now = SQL.identifier(self._table), fields.Datetime.now()
        row = SQL(claim, table, self.env.uid, token, now)
        return bool(self.env.execute_query(row))

    @api.autovacuum
    def _gc_marks(self):
        """Forget marks that no phone sends again."""
        # sudo: marks of everybody, which nobody may read
        self.sudo().search([("done_at", "<", fields.Datetime.now() - KEPT)]).unlink()
