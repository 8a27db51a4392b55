from odoo import api, fields, models


class PsaTicketConvert(models.TransientModel):
    """Ask for the project in which the work of a ticket goes on."""

    _name = "psa.ticket.convert"
    _description = "Convert a ticket to a task"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    project_id = fields.Many2one(
        "project.project",
        required=True,
        check_company=True,
        domain="[('company_id', 'in', [False, company_id]), ('is_template', '=', False)]",
    )
    name = fields.Char(string="Title", required=True)

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id")).exists()
        if ticket:
            ticket.check_access("write")
            defaults |= {"name": ticket.name, "project_id": ticket.project_id.id}
        return {name: value for name, value in defaults.items() if name in fields_list}

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._check_reach()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_reach()
        return result

    def _check_reach(self):
        self.ticket_id.check_access("write")
        self.project_id.check_access("read")

    def action_convert(self):
        """Convert, and open the task."""
        self.ensure_one()
        task = self.ticket_id._psa_convert_to_task(self.project_id, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.task",
            "res_id": task.id,
            "views": [[False, "form"]],
        }
