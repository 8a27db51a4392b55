from odoo import api, fields, models

from ..logic.event import Ref, match_key
from ..logic.placement import AssetName, Place, Placed, find_asset, place


class PsaAlert(models.Model):
    """Whose alerts they are: the rules of `logic/placement.py`, with our customers and assets."""

    _inherit = "psa.alert"

    @api.model
    def _place_statements(self, statements):
        """Return {key: (Placed, reason to suppress)} for {key: the statement that makes an alert}."""
        maps = {source: source._get_map() for source in {one.source for one in statements.values()}}
        placed = {
            key: place(one.event.client, one.event.device, maps[one.source])
            for key, one in statements.items()
        }
        assets = self._find_assets(
            {
                (statements[key].source.company_id.id, found.place.partner_id)
                for key, found in placed.items()
                if found.place.partner_id and not found.place.asset_id and statements[key].event.device
            }
        )
        for key, found in placed.items():
            one = statements[key]
            owned = assets.get((one.source.company_id.id, found.place.partner_id), ())
            placed[key] = find_asset(found, one.event.device, owned)
        reasons = self._get_suppress_reasons({found.place for found in placed.values()})
        return {key: (found, reasons[found.place]) for key, found in placed.items()}

    @api.model
    def _find_assets(self, owners):
        """Return {(company id, customer id): [AssetName]} of these owners, archived assets too."""
        if not owners:
            return {}
        assets = (
            self.env["psa.asset"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("company_id", "in", [company for company, _partner in owners]),
                    ("partner_id", "in", [partner for _company, partner in owners]),
                ],
                ["name", "tag", "serial", "site_id", "partner_id", "company_id"],
            )
        )
        found = {}
        for asset in assets:
            names = frozenset(match_key(name) for name in (asset.name, asset.tag, asset.serial) if name)
            found.setdefault((asset.company_id.id, asset.partner_id.id), []).append(
                AssetName(asset.id, asset.site_id.id or 0, names)
            )
        return found

    @api.model
    def _get_suppress_reasons(self, places):
        """Return {place: why an alert of it gets no ticket, empty where it does}."""
        partners = self.env["res.partner"].browse({one.partner_id for one in places if one.partner_id})
        assets = self.env["psa.asset"].browse({one.asset_id for one in places if one.asset_id})
        partners.fetch(["active", "name"])
        assets.fetch(["active", "name"])
        gone = {partner.id: partner.name for partner in partners if not partner.active}
        retired = {asset.id: asset.name for asset in assets if not asset.active}
        reasons = {}
        for one in places:
            if one.partner_id in gone:
                reasons[one] = self.env._("Customer %(name)s is archived", name=gone[one.partner_id])
            elif one.asset_id in retired:
                reasons[one] = self.env._("Asset %(name)s is archived", name=retired[one.asset_id])
            else:
                reasons[one] = ""
        return reasons

    def _place_by_mapping(self):
        """Give these alerts a customer where their source knows one by now (rule D10.48)."""
        maps = {source: source._get_map() for source in self.source_id}
        found = {
            alert: place(alert._get_client(), alert._get_device(), maps[alert.source_id]) for alert in self
        }
        self._place({alert: placed for alert, placed in found.items() if placed.place.partner_id})

    def _place_by_hand(self, partner, site, asset):
        """Give these alerts the customer somebody chose for them."""
        chosen = Placed(
            Place(partner.id, site.id or asset.site_id.id or 0, asset.id or 0), is_site_chosen=bool(site)
        )
        self._place(dict.fromkeys(self, chosen))

    @api.model
    def _place(self, found):
        """Carry out {alert: Placed}; what still fires gets a ticket whose clocks start at its first message."""
        assets = self._find_assets(
            {(alert.company_id.id, placed.place.partner_id) for alert, placed in found.items()}
        )
        found = {
            alert: find_asset(
                placed, alert._get_device(), assets.get((alert.company_id.id, placed.place.partner_id), ())
            )
            for alert, placed in found.items()
        }
        reasons = self._get_suppress_reasons({placed.place for placed in found.values()})
        for alert, placed in found.items():
            alert.write(alert._prepare_place_values(placed, reasons[placed.place]))
        self.browse().concat(*found).filtered(
            lambda alert: alert.state in ("open", "acknowledged") and not alert.ticket_id
        )._make_tickets(fields.Datetime.now())

    def _prepare_place_values(self, placed, reason):
        values = {
            "partner_id": placed.place.partner_id,
            "site_id": placed.place.site_id or False,
            "asset_id": placed.place.asset_id or False,
            "placement_note": reason or placed.note,
        }
        return values | ({"state": "suppressed"} if reason else {})

    def _get_client(self):
        return Ref(self.client_ref or "", self.client_name or "")

    def _get_device(self):
        return Ref(self.device_ref or "", self.device_name or "")
