from odoo.http import request, route
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..logic import upload_policy
from ..logic.upload_policy import Refusal, Upload


def _describe(file):
    """Return the facts about an uploaded file, and rewind it."""
    content = file.stream.read()
    file.stream.seek(0)
    return Upload(file.filename or "", len(content), guess_mimetype(content))


def get_upload_problems(files):
    """Return one sentence for each file that a customer may not send, see `logic/upload_policy.py`."""
    company = request.env.company.sudo()  # portal users may not read all of the company
    limits = company._psa_get_upload_limits()
    refused = upload_policy.check([_describe(file) for file in files if file.filename], limits)
    return [_explain(entry, limits) for entry in refused]


def _explain(refused, limits):
    name = refused.upload.name
    if refused.reason is Refusal.TOO_LARGE:
        return request.env._(
            "%(file)s is larger than %(number)s MB. Send a smaller file or a link.",
            file=name,
            number=limits.max_bytes // upload_policy.MEGABYTE,
        )
    if refused.reason is Refusal.TOO_MANY:
        return request.env._(
            "%(file)s is one file too many. Send at most %(number)s at once.",
            file=name,
            number=limits.max_files,
        )
    if refused.reason is Refusal.EMPTY:
        return request.env._("%(file)s is empty. Choose another file.", file=name)
    if refused.reason is Refusal.CONTENT:
        return request.env._(
            "The content of %(file)s is not what its name says. Send the original file.", file=name
        )
    return request.env._(
        "Files like %(file)s are not accepted. Send a picture, a PDF, a text or a ZIP file.", file=name
    )


def get_upload_values(files, ticket):
    """Return the values of the attachments of `ticket` for files that were found to be in order."""
    return [
        {"name": file.filename, "raw": file.stream.read(), "res_model": ticket._name, "res_id": ticket.id}
        for file in files
        if file.filename
    ]


class PsaAttachmentController(AttachmentController):
    """The same limits hold for files that a customer adds to an answer."""

    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        if thread_model == "helpdesk.ticket" and not request.env.user._is_internal():
            problems = get_upload_problems([ufile])
            if problems:
                return request.make_json_response({"error": "\n".join(problems)})
        return super().mail_attachment_upload(ufile, thread_id, thread_model, is_pending=is_pending, **kwargs)
