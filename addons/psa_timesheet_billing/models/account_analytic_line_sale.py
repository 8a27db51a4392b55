from odoo import api, models
from odoo.exceptions import ValidationError

UNSOLD = ["|", ("timesheet_invoice_id", "=", False), ("timesheet_invoice_id.state", "=", "cancel")]


class AccountAnalyticLine(models.Model):
    """Beside `sale_timesheet`: what the suite bills is never billed by a sales order as well.

    Odoo installs `sale_timesheet` by itself beside sales and timesheets. It is no dependency, so each use of its
    fields asks first whether they are there.
    """

    _inherit = "account.analytic.line"

    @api.model
    def _psa_is_sale_installed(self):
        return "is_so_line_edited" in self._fields

    @api.constrains(
        lambda self: ["so_line", "psa_ticket_id", "psa_contract_id"] if self._psa_is_sale_installed() else []
    )
    def _check_psa_so_line(self):
        # What a sales order has invoiced already stays with it.
        for line in self.filtered("so_line").filtered_domain(UNSOLD):
            if line._psa_is_service_time():
                raise ValidationError(
                    self.env._(
                        "%(entry)s cannot be billed by sales order %(order)s because its ticket or contract bills it. "
                        "Take it off the ticket and the contract first.",
                        entry=line.name,
                        order=line.so_line.order_id.name,
                    )
                )

    @api.model
    def _psa_keep_from_sale(self, vals):
        """Values that keep time with a ticket or a contract off sales orders; "edited" stops the host's own choice."""
        if self._psa_is_sale_installed() and (vals.get("psa_ticket_id") or vals.get("psa_contract_id")):
            return vals | {"so_line": False, "is_so_line_edited": True}
        return vals

    @api.model
    def _psa_get_open_domain(self):
        """Time that a sales order billed before the suite took it stays with that invoice."""
        domain = super()._psa_get_open_domain()
        if self._psa_is_sale_installed():
            domain = [*domain, *UNSOLD]
        return domain

    def _psa_collect(self):
        """Time that was there before `sale_timesheet` came is kept from it as soon as it is rated."""
        if self._psa_is_sale_installed():
            loose = self.sudo().filtered(  # the guard holds whoever approves
                lambda line: line._psa_is_service_time() and not line.is_so_line_edited
            )
            # What a sales order has invoiced already stays with it; the host would refuse the write.
            loose.filtered_domain(UNSOLD).write({"so_line": False, "is_so_line_edited": True})
        return super()._psa_collect()
