from odoo import api, models


class PsaDialogMixin(models.AbstractModel):
    """Dialogs about records that their user names by id.

    Whoever may open a dialog could name any record in it, and read there what it is called: names of linked records
    are shown without asking for a right. So what a dialog links to is checked whenever it is written down.
    """

    _name = "psa.dialog.mixin"
    _description = "Dialog about records"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._psa_check_links()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._psa_check_links()
        return result

    def _psa_check_links(self):
        """:raises AccessError: where a record that the dialog links to is not for this user"""
        raise NotImplementedError
