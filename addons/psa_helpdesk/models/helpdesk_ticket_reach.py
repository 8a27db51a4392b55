from odoo import api, models

# A ticket opens what it points at: a contractor sees the contact and the asset of a ticket, and everybody the names.
REACHING_FIELDS = (
    "partner_id", "psa_site_id", "psa_asset_id", "project_id", "task_id", "milestone_id",
    "psa_parent_id", "psa_origin_id", "duplicate_id",
)  # fmt: skip


class HelpdeskTicket(models.Model):
    """Nobody points a ticket at what they may not see, and so opens it."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # What a client says as default counts like what it says as value.
            defaults = self.default_get(list(REACHING_FIELDS))
            self._psa_check_reach([defaults | vals for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._psa_check_reach([vals])
        return super().write(vals)

    @api.model
    def _psa_check_reach(self, vals_list):
        """Refuse values that point at records the user may not read.

        :raises AccessError: as reading the record itself would
        """
        for name in REACHING_FIELDS:
            if wanted := {vals[name] for vals in vals_list if vals.get(name)}:
                self.env[self._fields[name].comodel_name].browse(wanted).check_access("read")
