import time

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client the server's moment (milliseconds), so that deadlines tick by one clock for all."""
        return super().session_info() | {"psa_server_now": int(time.time() * 1000)}
