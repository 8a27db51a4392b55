from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    psa_role_id = fields.Many2one(
        "project.role",
        string="Role for billing",
        groups="hr.group_hr_user",
        help="Proposed on this person's time entries; it decides the rate.",
    )

    def _psa_get_role(self):
        """The role of each employee's work: own, else the company's usual one. Returns one record for one employee."""
        # sudo: everybody who logs time needs the role, only HR reads employees.
        employee = self.sudo()
        return employee.psa_role_id or employee.company_id.psa_default_role_id
