from zoneinfo import ZoneInfo

from odoo import models
from odoo.http import request


class ResUsers(models.Model):
    _inherit = "res.users"

    def _psa_sees_whole_company(self):
        """Say whether this customer sees what belongs to the whole company: contracts, hours, cover."""
        self.ensure_one()
        # sudo: the level is kept from customers, who could otherwise read what their colleagues may see
        return self.sudo().partner_id.psa_portal_level == "company"

    def _psa_get_portal_zone(self):
        """The zone in which this reader is told about moments: the own one, else the browser's, else ours."""
        self.ensure_one()
        # a cookie that is no zone is none
        browser = request.cookies.get("tz") if request else None
        for name in (self.sudo().tz, browser, self.sudo().company_id.partner_id.tz):
            if zone := _find_zone(name):
                return zone
        return ZoneInfo("UTC")


def _find_zone(name):
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
