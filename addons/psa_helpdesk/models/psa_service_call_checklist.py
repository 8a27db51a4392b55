from odoo import api, fields, models


class PsaServiceCall(models.Model):
    """The checklists of a service call, and their lines to tick: what is to be done there, and who did it when."""

    _inherit = "psa.service.call"

    checklist_ids = fields.Many2many(
        "psa.checklist",
        "psa_service_call_checklist_rel",
        "call_id",
        "checklist_id",
        string="Checklists",
        copy=False,
        check_company=True,
        help="Their items are put on the service call when it is saved.",
    )
    checklist_line_ids = fields.One2many("psa.call.checklist.line", "call_id", string="Checklist", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls._psa_put_items({call: call.checklist_ids for call in calls})
        return calls

    def write(self, vals):
        if "checklist_ids" not in vals:
            return super().write(vals)
        before = {call: call.checklist_ids for call in self}
        result = super().write(vals)
        for call in self:
            gone = before[call] - call.checklist_ids
            call.checklist_line_ids.filtered(
                lambda line, gone=gone: line.checklist_id in gone and not line.is_done
            ).unlink()
        self._psa_put_items({call: call.checklist_ids - before[call] for call in self})
        return result

    def _psa_put_items(self, added):
        """Copy the items of checklists to the calls they were put on.

        :param dict added: {call: checklists}
        """
        self.env["psa.call.checklist.line"].create(
            [
                {
                    "call_id": call.id,
                    "checklist_id": checklist.id,
                    "sequence": item.sequence,
                    "name": item.name,
                }
                for call, checklists in added.items()
                for checklist in checklists
                for item in checklist.item_ids
            ]
        )
