from odoo import api, fields, models
from odoo.exceptions import AccessError


class AccountAnalyticLine(models.Model):
    """Time that a phone measured while it had no line: whoever approves sees it."""

    _inherit = "account.analytic.line"

    psa_is_device_time = fields.Boolean(
        string="Time of the phone",
        readonly=True,
        copy=False,
        help="Start or end was noted by a phone without connection and sent later: the phone said when.",
    )

    @api.model
    def _psa_check_deciding_fields(self, vals_list):
        result = super()._psa_check_deciding_fields(vals_list)
        if not self.env.su and any("psa_is_device_time" in vals for vals in vals_list):
            raise AccessError(self.env._("Only the timer says that the time is that of a phone."))
        return result

    @api.model
    def _psa_get_undecided_values(self):
        return super()._psa_get_undecided_values() | {"psa_is_device_time": False}
