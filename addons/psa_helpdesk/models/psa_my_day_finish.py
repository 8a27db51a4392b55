import base64

from markupsafe import Markup
from PIL.Image import DecompressionBombError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty
from odoo.tools.image import ImageProcess
from odoo.tools.mimetypes import guess_mimetype

from odoo.addons.psa_crm.logic.outside import read_id
from odoo.addons.psa_crm.outside import read

from ..logic import call_stages, work_report
from ..logic.work_report import Reason, ReportProblem


class PsaMyDay(models.AbstractModel):
    """The finish sheet: what was done at a customer, handed in by one request that may come twice."""

    _inherit = "psa.my.day"

    @api.model
    def finish(self, token, ticket_id, values):
        """Write down the work on a ticket: on its service call, as a note with photos, as time, and close it.

        All of it or nothing. A request with a token that was done already changes nothing.

        :param str token: mark made by the screen, see `psa.once`
        :param dict values: see `logic/work_report.py`; `call_id` is the service call, and other addons read more
        :return: {"is_repeated", "is_closed", "next": an action that asks for what closing lacks, or False}
        """
        self._check_staff()
        if not self.env["psa.once"]._claim(token):
            return self._answer(self._find_ticket(ticket_id), is_repeated=True)
        report = self._read_report(values)
        ticket = self._find_ticket(ticket_id)
        call = self._find_call(values.get("call_id"), ticket, report)
        if report.is_absent and not call:
            raise UserError(self.env._("Only for a service call can the customer be absent."))
        photos = self._keep_photos(report, call or ticket)
        if call:
            self._finish_call(call, report, photos)
        self._note_report(ticket, call, report, photos)
        self._record_work(ticket, call, report, values)
        return self._close(ticket, report) if report.is_closing else self._answer(ticket)

    @api.model
    def _record_work(self, ticket, call, report, values):
        """Hook: whoever knows time and parts enters them here; before the ticket is closed, which may ask for them."""

    # Reading

    @api.model
    def _read_report(self, values):
        try:
            report = work_report.read(values)
        except ReportProblem as problem:
            raise UserError(self._explain(problem)) from None
        for picture in report.photos:
            self._check_picture(picture.name, picture.content)
        if report.signature:
            self._check_picture(self.env._("The signature"), report.signature)
        return report

    @api.model
    def _check_picture(self, name, content):
        """Refuse what only says that it is a picture, and what would fill the memory when it is opened."""
        is_picture = guess_mimetype(content) in work_report.PICTURES
        try:
            is_picture = is_picture and bool(ImageProcess(content, verify_resolution=True).image)
        except (UserError, ValueError, OSError, SyntaxError, DecompressionBombError):
            is_picture = False
        if not is_picture:
            raise UserError(self.env._("%(file)s is no picture. Take the photo again.", file=name))

    @api.model
    def _find_ticket(self, ticket_id):
        ticket = self.env["helpdesk.ticket"].browse(read(self.env, read_id, ticket_id)).exists()
        if not ticket:
            raise self._explain_unknown()
        ticket.check_access("read")
        return ticket

    @api.model
    def _find_call(self, call_id, ticket, report):
        """Return the service call that is finished, none where the ticket alone is.

        Of a call that was cancelled meanwhile, or whose customer was absent, nothing is finished: the call stays what
        the dispatcher read of it, and what was done nevertheless stands on the ticket.

        :raises UserError: where the call is about other tickets
        """
        calls = self.env["psa.service.call"]
        if not call_id:
            return calls
        call = calls.browse(read(self.env, read_id, call_id)).exists()
        if not call:
            raise UserError(self.env._("This service call is gone. Reload the page."))
        call.check_access("write")
        if ticket not in call.sudo().with_context(active_test=False).ticket_ids:  # sudo: compared only
            raise UserError(
                self.env._(
                    "%(call)s is not about ticket %(number)s. Reload the page.",
                    call=call.number,
                    number=ticket.number,
                )
            )
        is_over = call.state == call_stages.CANCELLED or (
            call.state == call_stages.ABSENT and not report.is_absent
        )
        return calls if is_over else call

    # Writing

    @api.model
    def _keep_photos(self, report, record):
        """Keep photos where their record is; whoever may read that may see them."""
        # sudo: the right to report on the record was checked; a file needs the right to write it
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": _name_picture(photo, index),
                        "raw": photo.content,
                        "res_model": record._name,
                        "res_id": record.id,
                    }
                    for index, photo in enumerate(report.photos, 1)
                ]
            )
        )

    @api.model
    def _finish_call(self, call, report, photos):
        """Finish the call; where a colleague has done so before, add what this one has to say."""
        if photos:
            # sudo: as in _keep_photos
            call.sudo().photo_ids |= photos
        if report.is_absent:
            if report.summary:
                call.result = _join(call.result, report.summary)
            call._psa_go_to(call_stages.ABSENT)
            return
        said = {
            "result": _join(call.result, report.summary),
            "signature": _to_field(report.signature),
            "signed_by": report.signed_by,
        }
        if call.state in call_stages.OPEN:
            call._psa_finish(**said)
        else:
            # What the customer signed stays; this signature stands in the note on the ticket.
            if call.signed_at:
                del said["signature"], said["signed_by"]
            call.write({name: value for name, value in said.items() if value})

    @api.model
    def _note_report(self, ticket, call, report, photos):
        """Write down on the ticket, for us alone, what was handed in."""
        lines = []
        if report.is_absent:
            lines.append(self.env._("%(call)s: the customer was not there.", call=call.number))
        lines += [report.summary, report.note]
        if report.signed_by:
            lines.append(self.env._("Signed by %(name)s.", name=report.signed_by))
        paragraphs = [Markup("<br/>").join(line.splitlines()) for line in lines if line]
        if not paragraphs and not photos:
            return
        files = [(_name_picture(photo, index), photo.content) for index, photo in enumerate(report.photos, 1)]
        if report.signature:
            files.append(("signature.png", report.signature))
        # sudo: who is sent to a customer may read the ticket, and reports on it in the own name
        author = ticket if ticket.has_access("write") else ticket.sudo()
        author.message_post(
            body=Markup().join(Markup("<p>%s</p>") % paragraph for paragraph in paragraphs),
            author_id=self.env.user.partner_id.id,
            attachments=files if call else files[len(report.photos) :],
            attachment_ids=[] if call else photos.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _close(self, ticket, report):
        """Close the ticket if nothing is missing; else say what is, in the dialog that mends it."""
        if not ticket.psa_is_open:
            return self._answer(ticket)
        if is_html_empty(ticket.psa_resolution):
            ticket.psa_resolution = Markup("<p>%s</p>") % Markup("<br/>").join(report.summary.splitlines())
        if ticket._psa_find_open_gates()[ticket]:
            return self._answer(ticket) | {"next": ticket._psa_open_close_dialog()}
        ticket._psa_move_to("resolved")
        return self._answer(ticket)

    @api.model
    def _answer(self, ticket, is_repeated=False):
        return {"is_repeated": is_repeated, "is_closed": not ticket.psa_is_open, "next": False}

    @api.model
    def _explain(self, problem):
        what = problem.what
        match problem.reason:
            case Reason.TOO_LARGE:
                return self.env._("%(file)s is too large. Take a smaller photo.", file=what)
            case Reason.TOO_MANY:
                return self.env._("At most %(number)s photos fit into a report. Remove some.", number=what)
            case Reason.UNREADABLE:
                return self.env._("%(file)s did not arrive whole. Add it again.", file=what)
            case Reason.TOO_LONG:
                return self.env._("The text is too long. Shorten it.")
            case Reason.EMPTY:
                return self.env._("Say what was done before you close the ticket: the customer reads it.")
            case Reason.CONTRADICTION:
                return self.env._("Nobody was there to sign or to see it solved. Keep the ticket open.")
            case _ if what == "signed_by":
                return self.env._("Say who signed.")
            case _:
                return self.env._("This request cannot be read. Reload the page.")


def _name_picture(photo, index):
    """A name with the ending that its content has: `photo.exe` of a picture becomes `photo.exe-1.jpg`."""
    extension = work_report.EXTENSIONS[guess_mimetype(photo.content)]
    stem = photo.name.rpartition(".")[0] or photo.name
    return f"{stem}-{index}.{extension}"


def _join(before, text):
    return "\n".join(part for part in dict.fromkeys((before or "", text)) if part)


def _to_field(content):
    """Bytes as an image field takes them."""
    return base64.b64encode(content) if content else False
