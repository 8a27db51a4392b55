from odoo import api, fields, models

from ..logic import rounding


class ResCompany(models.Model):
    _inherit = "res.company"

    psa_service_project_id = fields.Many2one(
        "project.project",
        string="Service desk project",
        domain="[('company_id', '=', id), ('allow_timesheets', '=', True), ('is_template', '=', False)]",
        help="Keeps time on tickets whose contract and queue name no project: without one Odoo would cost it at 0.",
    )
    psa_default_role_id = fields.Many2one(
        "project.role",
        string="Usual role",
        default=lambda self: self.env.ref("psa_contracts.project_role_technician", raise_if_not_found=False),
        help="The role of work by employees who have none of their own; it decides the rate.",
    )
    # Rounding of work that no contract takes (Rule D9.6)
    psa_rounding_scope = fields.Selection(
        [("entry", "Each entry"), ("ticket", "Each ticket"), ("day", "Each person and day")],
        string="Round up",
        required=True,
        default="entry",
        help="What is summed before it is rounded up, where no contract takes the work.",
    )
    psa_rounding_increment = fields.Integer(string="Round up to", help="Minutes; 0: not rounded.")
    psa_rounding_grace = fields.Integer(
        string="Grace", help="Minutes over a full increment that are not charged; never the first increment."
    )

    _psa_rounding_positive = models.Constraint(
        "CHECK(psa_rounding_increment >= 0 AND psa_rounding_grace >= 0)", "Rounding may not be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._psa_ensure_service_project()
        return companies

    def _psa_ensure_service_project(self):
        """Make sure each company has a project that can take time on tickets. One company, one project.

        :return: the projects, in the order of the companies, as superuser
        """
        # sudo: whoever logs the first hour, or creates a company, need not be allowed to create projects.
        companies = self.sudo()
        missing = companies.filtered(lambda company: not company.psa_service_project_id._psa_takes_time())
        created = (
            self.env["project.project"]
            .sudo()
            .create([company._prepare_service_project() for company in missing])
        )
        for company, project in zip(missing, created, strict=True):
            company.psa_service_project_id = project
        return companies.psa_service_project_id

    def _prepare_service_project(self):
        """Values of the project for time on tickets: everybody inside may log on it, customers do not see it."""
        self.ensure_one()
        return {
            "name": self.env._("Service desk"),
            "company_id": self.id,
            "allow_timesheets": True,
            "privacy_visibility": "employees",
        }

    def _psa_get_rounding(self):
        """The rounding of work without a contract, for `logic/rounding.py`."""
        self.ensure_one()
        return rounding.Policy(
            rounding.Scope(self.psa_rounding_scope), self.psa_rounding_increment, self.psa_rounding_grace
        )
