from odoo import api, fields, models

from ..price_groups import PRICE_GROUPS


class PsaRate(models.Model):
    _name = "psa.rate"
    _description = "Hourly rate"
    _order = "contract_id, partner_id, role_id, work_type_id, date_from desc, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    role_id = fields.Many2one("project.role", index=True, help="Empty: every role.")
    work_type_id = fields.Many2one(
        "psa.work.type", string="Work type", check_company=True, help="Empty: every work type."
    )
    contract_id = fields.Many2one(
        "psa.contract",
        ondelete="cascade",
        index=True,
        check_company=True,
        help="Empty: not bound to a contract.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", help="Empty: every customer."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        compute="_compute_from_contract",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_from_contract",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_from = fields.Date(string="From", help="First day worked at this rate. Empty: always.")
    date_to = fields.Date(string="To", help="Last day worked at this rate. Empty: until a newer rate begins.")
    amount = fields.Float(
        string="Rate per hour",
        min_display_digits="Product Price",
        required=True,
        groups=PRICE_GROUPS,
        help="Not rounded: only the amount of a billing item is.",
    )

    _one_version_a_day = models.UniqueIndex(
        "(company_id, currency_id, COALESCE(contract_id, 0), COALESCE(partner_id, 0), COALESCE(role_id, 0), "
        "COALESCE(work_type_id, 0), COALESCE(date_from, '1900-01-01')) WHERE active",
        "A rate for this role and work type already begins on that day.",
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A rate may not end before it begins.",
    )
    _for_something = models.Constraint(
        "CHECK(role_id IS NOT NULL OR work_type_id IS NOT NULL)", "A rate is for a role, a work type or both."
    )
    _amount_positive = models.Constraint("CHECK(amount >= 0)", "A rate may not be negative.")

    @api.depends("contract_id")
    def _compute_from_contract(self):
        for rate in self:
            contract = rate.contract_id
            rate.company_id = contract.company_id or rate.company_id or self.env.company
            rate.currency_id = contract.currency_id or rate.currency_id or rate.company_id.currency_id

    @api.depends("role_id", "work_type_id")
    def _compute_display_name(self):
        for rate in self:
            names = [rate.role_id.name, rate.work_type_id.name]
            rate.display_name = " / ".join(name for name in names if name)
