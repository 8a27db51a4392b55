from odoo import api, fields, models


class PsaTicketConvert(models.TransientModel):
    """Ask for the project in which the work of a ticket goes on."""

    _name = "psa.ticket.convert"
    _description = "Convert a ticket to a task"
    _inherit = ["psa.ticket.dialog.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(related="ticket_id.company_id")
    project_id = fields.Many2one(
        "project.project",
        required=True,
        check_company=True,
        domain="[('company_id', 'in', [False, company_id]), ('is_template', '=', False)]",
    )
    name = fields.Char(string="Title", required=True)

    @api.model
    def _prepare_from(self, ticket):
        return {"name": ticket.name, "project_id": ticket.project_id.id}

    def _psa_check_links(self):
        self.project_id.check_access("read")
        return super()._psa_check_links()

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
