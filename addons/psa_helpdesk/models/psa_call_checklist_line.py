from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class PsaCallChecklistLine(models.Model):
    """A line to tick on a service call: read by whoever reads the call, ticked by whoever may write it."""

    _name = "psa.call.checklist.line"
    _description = "Line of a service call's checklist"
    _inherit = ["psa.checklist.line.mixin"]
    _order = "call_id, sequence, id"

    call_id = fields.Many2one(
        "psa.service.call", string="Service call", required=True, index=True, ondelete="cascade"
    )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            calls = self.env["psa.service.call"]._search(Domain.TRUE)
            domain = Domain(domain) & Domain("call_id", "in", calls)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su:
            return result
        allowed = self - result[0] if result else self
        # sudo: only to learn which calls these are; the check itself runs with the user's rights
        calls = allowed.sudo().call_id.sudo(False)
        seen = set(calls._filtered_access("read" if operation == "read" else "write").ids)
        hidden = allowed.filtered(lambda line: line.sudo().call_id.id not in seen)  # sudo: as above
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._("Whoever is on a service call, or plans it, may work on its checklist.")
        )

    def write(self, vals):
        if "call_id" in vals and any(line.call_id.id != vals["call_id"] for line in self):
            raise UserError(self.env._("A line of a checklist stays on its service call."))
        return super().write(vals)
