from odoo import api, fields, models

TIME_GROUP = "psa_timesheet_billing.psa_time_group_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_minutes_month = fields.Integer(
        string="Time this month",
        compute="_compute_psa_minutes_month",
        groups=TIME_GROUP,
        help="Worked for the whole customer since the first of the month, as far as you may see it.",
    )

    @api.depends_context("uid")
    def _compute_psa_minutes_month(self):
        rows = self.env["account.analytic.line"]._read_group(
            self._psa_get_month_time_domain(), ["partner_id"], ["psa_minutes:sum"]
        )
        minutes = {}
        for contact, worked in rows:
            customer = contact.commercial_partner_id
            minutes[customer] = minutes.get(customer, 0) + worked
        for partner in self:
            partner.psa_minutes_month = minutes.get(partner.commercial_partner_id, 0)

    def _psa_get_month_time_domain(self):
        """The entries behind the number on the button."""
        first = fields.Date.context_today(self).replace(day=1)
        return [
            ("project_id", "!=", False),
            ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
            ("date", ">=", first),
        ]

    def action_psa_view_month_time(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_timesheet_billing.psa_time_action")
        return action | {
            "name": self.env._("Time of %(customer)s this month", customer=self.commercial_partner_id.name),
            "domain": self._psa_get_month_time_domain(),
            "context": {"is_timesheet": 1},
        }
