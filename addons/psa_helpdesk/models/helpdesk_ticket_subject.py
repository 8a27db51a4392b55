from odoo import api, models
from odoo.exceptions import ValidationError

# More is no subject: lists and mails show one line.
LONGEST_SUBJECT = 250


def one_line(text):
    """Return a text of outside without NUL, line ends and double spaces."""
    return " ".join(str(text or "").replace("\x00", "").split())


class HelpdeskTicket(models.Model):
    """The subject is one line that says something, whoever wrote it and wherever it came from."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._psa_clean_subject(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._psa_clean_subject(vals))

    @api.model
    def message_new(self, msg, custom_values=None):
        given = dict(custom_values or {})
        given["name"] = self._psa_fit_subject(given.get("name") or msg.get("subject"))
        return super().message_new(msg, custom_values=given)

    @api.model
    def _psa_fit_subject(self, text):
        return one_line(text)[:LONGEST_SUBJECT] or self.env._("No subject")

    @api.model
    def _psa_clean_subject(self, vals):
        """Return `vals` with the subject on one line.

        What a person typed is refused where it is empty or too long; what came by mail or from a machine is cut,
        because it must not be lost: its message keeps the whole.

        :raises ValidationError: for an empty or a too long subject of a person
        """
        if "name" not in vals:
            return vals
        subject = one_line(vals["name"])
        if self._psa_may_book():
            subject = self._psa_fit_subject(subject)
        elif not subject:
            raise ValidationError(
                self.env._("A ticket needs a subject: say in a few words what it is about.")
            )
        elif len(subject) > LONGEST_SUBJECT:
            raise ValidationError(
                self.env._(
                    "The subject has %(length)s characters, %(longest)s fit. Put the rest into the description.",
                    length=len(subject),
                    longest=LONGEST_SUBJECT,
                )
            )
        return {**vals, "name": subject}
