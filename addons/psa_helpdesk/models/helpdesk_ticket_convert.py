from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..own_word import OWN_WORD
from .helpdesk_ticket_split import MOVABLE_TYPES


class HelpdeskTicket(models.Model):
    """A ticket that turns out to be a project's work goes on as a task; its open targets count nowhere (Rule D10.9)."""

    _inherit = "helpdesk.ticket"

    psa_converted_at = fields.Datetime(
        string="Became a task", copy=False, readonly=True, help="The work goes on in the task."
    )

    def _psa_convert_to_task(self, project, name):
        """Make a task of `project` from this ticket, move what hangs on it, end the ticket, and return the task.

        The task is made with the rights of the user; who follows the ticket follows it.
        """
        self.ensure_one()
        self.check_access("write")
        self._psa_check_convertible()
        task = self.env["project.task"].create(self._psa_prepare_task(project, name))
        # sudo: messages, files and what the system books follow whoever may write the ticket and made the task
        ticket, moved_to = self.sudo(), task.sudo()
        moved_to.message_subscribe(ticket.message_partner_ids.ids)
        ticket._psa_take_along(moved_to)
        ticket.write(
            {"project_id": project.id, "task_id": task.id, "psa_converted_at": fields.Datetime.now()}
        )
        # The customer is not told that anything was cancelled: the work goes on.
        self.with_context(psa_silent=OWN_WORD)._psa_move_to("cancelled")
        self._psa_tell_converted(task)
        return task

    def _psa_check_convertible(self):
        if not self.psa_is_open:
            raise UserError(
                self.env._(
                    "Ticket %(number)s cannot become a task because it is closed. Reopen it first.",
                    number=self.number,
                )
            )

    def _psa_prepare_task(self, project, name):
        return {
            "name": name,
            "project_id": project.id,
            "description": self.description,
            "partner_id": self.partner_id.id,
            "user_ids": self.user_id.ids,
            "priority": self.priority or "0",
            "company_id": project.company_id.id or self.company_id.id,
        }

    def _psa_take_along(self, task):
        """Move what people wrote, and the files, to the task. A hook: what else hangs on a ticket follows. Superuser."""
        messages = self.message_ids.filtered(lambda message: message.message_type in MOVABLE_TYPES)
        self._psa_move_messages(messages, task)
        self.attachment_ids.write({"res_model": task._name, "res_id": task.id})

    def _psa_tell_converted(self, task):
        """Link both sides."""
        texts = {
            self: self.env._("The work goes on in task %(task)s", task=task._get_html_link()),
            task: self.env._("From ticket %(ticket)s", ticket=self._get_html_link()),
        }
        for record, text in texts.items():
            record.message_post(
                body=Markup("<p>%s</p>") % text,
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )
