from odoo.http import request, route
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..logic.upload_policy import Upload


def _describe(file):
    """Return the facts about an uploaded file, and rewind it."""
    content = file.stream.read()
    file.stream.seek(0)
    return Upload(file.filename or "", len(content), guess_mimetype(content))


def get_upload_problems(files):
    """Return one sentence for each file that a customer may not send."""
    company = request.env.company.sudo()  # portal users may not read all of the company
    return company._psa_get_upload_problems([_describe(file) for file in files if file.filename])


def get_upload_values(files, ticket):
    """Return the values of the attachments of `ticket` for files that were found to be in order."""
    return [
        {"name": file.filename, "raw": file.stream.read(), "res_model": ticket._name, "res_id": ticket.id}
        for file in files
        if file.filename
    ]


class PsaAttachmentController(AttachmentController):
    """Say at once what is wrong with a file that a customer adds to an answer; the ticket checks every door."""

    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        if thread_model == "helpdesk.ticket" and not request.env.user._is_internal():
            problems = get_upload_problems([ufile])
            if problems:
                return request.make_json_response({"error": "\n".join(problems)})
        return super().mail_attachment_upload(ufile, thread_id, thread_model, is_pending=is_pending, **kwargs)
