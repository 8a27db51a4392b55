from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

from ..logic.upload_policy import Upload


class HelpdeskTicket(models.Model):
    """Files that a customer adds to an answer, whichever door they come through; mail is the gateway's, not theirs."""

    _inherit = "helpdesk.ticket"

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        if not self.env.user._is_internal():
            self._psa_check_uploads(attachments or [], attachment_ids or [])
        return super()._process_attachments_for_post(attachments, attachment_ids, message_values)

    @api.model
    def _psa_check_uploads(self, attachments, attachment_ids):
        # sudo: files of the message being written; only name, size and kind are looked at
        waiting = self.env["ir.attachment"].sudo().browse(attachment_ids).exists()
        files = [(file.name, file.raw or b"") for file in waiting]
        files += [(entry[0], _to_bytes(entry[1])) for entry in attachments if len(entry) in (2, 3)]
        uploads = [Upload(name or "", len(content), guess_mimetype(content)) for name, content in files]
        # sudo: portal users may not read all of the company
        problems = self.env.company.sudo()._psa_get_upload_problems(uploads)
        if problems:
            raise ValidationError("\n".join(problems))


def _to_bytes(content):
    if isinstance(content, bytes):
        return content
    return str(content).encode()
