from odoo import fields, models

from ..logic import upload_policy
from ..logic.upload_policy import Refusal


class ResCompany(models.Model):
    _inherit = "res.company"

    psa_default_queue_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Default queue",
        domain="[('company_id', 'in', [False, id])]",
        help="Takes the tickets that come without a queue, for example by mail.",
    )
    psa_portal_upload_megabytes = fields.Integer(
        string="Largest file (MB)",
        default=20,
        help="The largest file a customer may send with a ticket.",
    )
    psa_portal_upload_files = fields.Integer(
        string="Files at once", default=10, help="How many files a customer may send in one go."
    )

    psa_first_contact_days = fields.Integer(
        string="A solution holds after (days)",
        default=7,
        groups="base.group_user",
        help="A ticket that is opened again within these days was not solved at first contact.",
    )

    _psa_first_contact_days_positive = models.Constraint(
        "CHECK (psa_first_contact_days >= 0)", "A solution cannot hold after less than no days."
    )
    _psa_portal_upload_positive = models.Constraint(
        "CHECK (psa_portal_upload_megabytes > 0 AND psa_portal_upload_files > 0)",
        "The limits for files of customers must be above zero.",
    )

    def _psa_get_upload_limits(self):
        """Return what a customer may send in one go, for `logic/upload_policy.py`."""
        self.ensure_one()
        return upload_policy.Limits(
            max_bytes=self.psa_portal_upload_megabytes * upload_policy.MEGABYTE,
            max_files=self.psa_portal_upload_files,
        )

    def _psa_get_upload_accept(self):
        """Return the file types for the `accept` of a file input."""
        return ",".join(f".{extension}" for extension in upload_policy.allowed_extensions())

    def _psa_get_upload_problems(self, uploads):
        """Return one sentence for each file that a customer may not send, see `logic/upload_policy.py`."""
        limits = self._psa_get_upload_limits()
        return [
            self._psa_explain_refused(refused, limits) for refused in upload_policy.check(uploads, limits)
        ]

    def _psa_explain_refused(self, refused, limits):
        name = refused.upload.name
        if refused.reason is Refusal.TOO_LARGE:
            return self.env._(
                "%(file)s is larger than %(number)s MB. Send a smaller file or a link.",
                file=name,
                number=limits.max_bytes // upload_policy.MEGABYTE,
            )
        if refused.reason is Refusal.TOO_MANY:
            return self.env._(
                "%(file)s is one file too many. Send at most %(number)s at once.",
                file=name,
                number=limits.max_files,
            )
        if refused.reason is Refusal.EMPTY:
            return self.env._("%(file)s is empty. Choose another file.", file=name)
        if refused.reason is Refusal.CONTENT:
            return self.env._(
                "The content of %(file)s is not what its name says. Send the original file.", file=name
            )
        return self.env._(
            "Files like %(file)s are not accepted. Send a picture, a PDF, a text or a ZIP file.", file=name
        )
