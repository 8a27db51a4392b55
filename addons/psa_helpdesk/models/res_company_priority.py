from odoo import api, models


class ResCompany(models.Model):
    """Each company has its priority matrix from its first day."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # sudo: whoever founds a company need not be a service manager, and does not work in it yet
        self.env["psa.priority.cell"].sudo()._make_usual(companies)
        return companies
