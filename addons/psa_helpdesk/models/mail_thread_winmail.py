import logging

from tnefparse import TNEF

from odoo import api, models
from odoo.tools.mail import append_content_to_html, html_sanitize, is_html_empty

_logger = logging.getLogger(__name__)

MOST_FILES = 100
SIGNATURE = b"\x78\x9f\x3e\x22"


class MailThread(models.AbstractModel):
    """Outlook sends files packed into one `winmail.dat`, which nobody else can open: they are unpacked on arrival."""

    _inherit = "mail.thread"

    @api.model
    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        payload = super()._message_parse_extract_payload(message, message_dict, save_original)
        attachments = []
        for attachment in payload["attachments"]:
            packed = self._psa_unpack_winmail(attachment)
            if packed is None:
                attachments.append(attachment)
                continue
            files, body = packed
            attachments += files
            if body and is_html_empty(payload["body"]):
                payload["body"] = body
        return {**payload, "attachments": attachments}

    @api.model
    def _psa_unpack_winmail(self, attachment):
        """Return (files, body) of a packed attachment; None where it is none, or cannot be read and stays as it is."""
        content = attachment[1]
        if not isinstance(content, bytes) or not content.startswith(SIGNATURE):
            return None
        try:
            packed = TNEF(content, do_checksum=False)
            files = [
                self._Attachment(self._psa_clean_file_name(file.long_filename() or file.name), file.data, {})
                for file in packed.attachments[:MOST_FILES]
                if file.data
            ]
            body = self._psa_read_winmail_body(packed)
        except Exception:
            # Anything can be in a file of outside: it is kept as it came.
            _logger.info("A winmail.dat could not be unpacked", exc_info=True)
            return None
        if len(packed.attachments) > MOST_FILES or not (files or body):
            return None
        return files, body

    @api.model
    def _psa_read_winmail_body(self, packed):
        html = packed.htmlbody
        if html:
            text = html if isinstance(html, str) else bytes(html).decode("utf-8", "replace")
            return html_sanitize(text, sanitize_tags=False, strip_classes=True)
        text = packed.body
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        return append_content_to_html("", text, preserve=True) if text else ""

    @api.model
    def _psa_clean_file_name(self, name):
        text = name if isinstance(name, str) else bytes(name or b"").decode("utf-8", "replace")
        return text.replace("\x00", "").replace("\\", "/").rpartition("/")[2].strip() or "attachment"
