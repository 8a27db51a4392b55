import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS, Domain

PREFIX_LENGTH = 12


class PsaAlertSecret(models.Model):
    """One secret address of a source. Only a salted hash of it is kept, and its first letters to find it by."""

    _name = "psa.alert.secret"
    _description = "Address of a source"
    _order = "id desc"
    _rec_name = "prefix"

    source_id = fields.Many2one("psa.alert.source", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    prefix = fields.Char(string="Begins with", required=True, readonly=True)
    salt = fields.Char(required=True, readonly=True, groups=NO_ACCESS)
    digest = fields.Char(required=True, readonly=True, groups=NO_ACCESS)
    expires_at = fields.Datetime(string="Works until", readonly=True, help="Empty: without end.")

    _prefix_uniq = models.UniqueIndex("(prefix)")

    @api.model_create_multi
    def create(self, vals_list):
        result = super().create(vals_list)
        self.env["psa.alert.source"]._forget_gates()
        return result

    def write(self, vals):
        result = super().write(vals)
        self.env["psa.alert.source"]._forget_gates()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["psa.alert.source"]._forget_gates()
        return result

    def action_revoke(self):
        """Let this address end now."""
        self.source_id.check_access("write")
        # sudo: nobody may write secrets directly; the right on the source was checked
        self.sudo().expires_at = fields.Datetime.now()

    @api.model
    def _draw(self, source):
        """Make a secret for `source` and return it: 256 random bits behind a prefix that is no secret."""
        token = secrets.token_hex(PREFIX_LENGTH // 2) + secrets.token_urlsafe(32)
        salt = secrets.token_hex(16)
        self.create(
            {
                "source_id": source.id,
                "prefix": token[:PREFIX_LENGTH],
                "salt": salt,
                "digest": self._hash(token, salt),
            }
        )
        return token

    @api.model
    def _hash(self, token, salt):
        # One round is enough: the secret is random and long, not a password somebody thought of.
        return hmac.new(salt.encode(), token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _let_expire(self, hours):
        """Let the newest of these live on for `hours`, the others end now: never more than two are valid."""
        now = fields.Datetime.now()
        valid = self.filtered_domain(Domain("expires_at", "=", False) | Domain("expires_at", ">", now))
        newest = valid.sorted("id")[-1:]
        until = now + timedelta(hours=hours)
        newest.expires_at = min(newest.expires_at or until, until) if newest else False
        (valid - newest).write({"expires_at": now})
