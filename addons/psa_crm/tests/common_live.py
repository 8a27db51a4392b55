import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.bus.models.bus import channel_with_db, json_dump
from odoo.addons.psa_crm.models.psa_live import LIVE_TYPE, PENDING


class LiveMixin:
    """What the bus is given when a transaction ends, and who hears it."""

    def live_channels(self, user):
        """Return the channels that a browser of `user` gets, whatever it asks for."""
        request = SimpleNamespace(session=SimpleNamespace(uid=user.id))
        with patch("odoo.addons.bus.models.ir_websocket.request", request):
            channels = self.env["ir.websocket"].with_user(user)._build_bus_channel_list([])
        return {json_dump(channel_with_db(self.env.cr.dbname, channel)) for channel in channels}

    def live_pending(self):
        """Flush, and take what waits to be told."""
        self.env.flush_all()
        return self.env.cr.postcommit.data.pop(PENDING, {})

    def live_sent(self, model, deed):
        """Do `deed`, end the transaction, and return [(channel, payload)] of what was told about `model`."""
        self.live_pending()
        deed()
        pending = self.live_pending()
        self.env.cr.precommit.run()
        last = self.env["bus.bus"].sudo()._bus_last_id()
        self.env["psa.live"].sudo()._tell_pending(pending)
        self.env.cr.precommit.run()
        sent = self.env["bus.bus"].sudo().search([("id", ">", last)], order="id")
        said = [(message.channel, json.loads(message.message)) for message in sent]
        return [
            (channel, message["payload"])
            for channel, message in said
            if message["type"] == LIVE_TYPE and message["payload"]["model"] == model
        ]

    def live_heard(self, user, sent):
        """Return the ids that a browser of `user` is told."""
        channels = self.live_channels(user)
        return {one for channel, payload in sent if channel in channels for one in payload["ids"]}
