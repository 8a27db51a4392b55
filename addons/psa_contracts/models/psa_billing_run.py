from odoo import fields, models


class PsaBillingRun(models.Model):
    _name = "psa.billing.run"
    _description = "Billing run"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    cutoff_date = fields.Date(
        string="Up to",
        required=True,
        default=fields.Date.context_today,
        help="Work up to this day, included.",
    )
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done"), ("problems", "Done with problems")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
