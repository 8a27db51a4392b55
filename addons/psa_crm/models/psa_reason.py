from datetime import timedelta

from odoo import api, fields, models

KEPT = timedelta(days=90)
OFFERED = 5
LONGEST = 250


class PsaReason(models.Model):
    """A reason that one of us gave in a dialog, kept a while to be offered to the same person again.

    What a reason decided keeps its own copy; this one is a help for the hand, and nobody else reads it.
    """

    _name = "psa.reason"
    _description = "Reason given before"
    _rec_name = "text"
    _order = "given_at desc, id desc"

    user_id = fields.Many2one("res.users", string="Person", required=True, readonly=True, ondelete="cascade")
    kind = fields.Char(
        required=True, readonly=True, help="What was decided: each kind of dialog has its own."
    )
    text = fields.Char(required=True, readonly=True)
    given_at = fields.Datetime(
        string="Given", required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )

    _mine_idx = models.Index("(user_id, kind, given_at)")

    @api.model
    def get_recent(self, kind):
        """Return the last five distinct reasons of that kind that the present user gave, the latest first."""
        if not isinstance(kind, str) or "\0" in kind:
            return []  # no dialog of ours asks like that
        rows = self._read_group(
            [
                ("user_id", "=", self.env.uid),
                ("kind", "=", kind),
                ("given_at", ">", fields.Datetime.now() - KEPT),
            ],
            ["text"],
            ["given_at:max", "id:max"],
            order="given_at:max desc, id:max desc",
            limit=OFFERED,
        )
        return [text for text, *_latest in rows]

    @api.model
    def _keep(self, kind, text):
        """Keep what the present user gave as a reason."""
        text = " ".join((text or "").split())[:LONGEST]
        if text:
            # sudo: nobody writes here by hand, and the row is the user's own
            self.sudo().create({"user_id": self.env.uid, "kind": kind, "text": text})

    @api.autovacuum
    def _gc_old(self):
        self.search([("given_at", "<", fields.Datetime.now() - KEPT)], limit=10000).unlink()
