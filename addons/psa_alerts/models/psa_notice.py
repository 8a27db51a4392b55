from odoo import fields, models


class PsaNotice(models.Model):
    """Notices about a source lead to it."""

    _inherit = "psa.notice"

    alert_source_id = fields.Many2one(
        "psa.alert.source", string="Source", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    def _get_subject_record(self):
        return self.alert_source_id or super()._get_subject_record()

    def _get_link_label(self):
        return self.env._("Open the source") if self.alert_source_id else super()._get_link_label()
