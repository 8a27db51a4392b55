from odoo import api, models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @api.model
    def lazy_session_info(self):
        """Tell the systray of a running timer with the first lazy call, so that no page waits for it."""
        session = super().lazy_session_info()
        timers = self.env["psa.timer"]
        if timers.has_access("read"):
            session["psa_timer"] = {"running": timers.get_running()}
        return session
