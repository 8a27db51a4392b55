import logging
from collections import defaultdict

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)

LIVE_TYPE = "psa_live/changed"
# A message with more ids than this says only that much has changed.
MOST_IDS = 200
PENDING = "psa_live"


class Pending:
    """What of one model waits to be told."""

    __slots__ = ("ids", "routes")

    def __init__(self):
        self.ids = set()
        self.routes = defaultdict(set)


class PsaLive(models.AbstractModel):
    """Gathers what changed in a transaction, and sends one message for each channel when it ends."""

    _name = "psa.live"
    _description = "Live screens"

    @api.model
    def _get_pending(self, model):
        """Return what waits to be told of `model`, ready to be added to.

        Not a matter of the transaction itself: that is flushed at each savepoint, and would send a message each time.
        """
        postcommit = self.env.cr.postcommit
        if PENDING not in postcommit.data:
            postcommit.data[PENDING] = {}
            postcommit.add(self._tell_after_commit)
        return postcommit.data[PENDING].setdefault(model, Pending())

    @api.model
    def _tell_after_commit(self):
        pending = self.env.cr.postcommit.data.pop(PENDING, {})
        try:
            with self.env.registry.cursor() as cr:
                api.Environment(cr, SUPERUSER_ID, {})["psa.live"]._tell_pending(pending)
        except Exception:
            # What was saved is saved; a screen that misses a message is made up for by the next one.
            _logger.exception("Open screens could not be told of changes of %s", ", ".join(pending))

    @api.model
    def _tell_pending(self, pending):
        for model, noted in pending.items():
            records = self.env[model]
            routes = noted.routes
            for route, ids in records._psa_find_routes(noted.ids).items():
                routes[route] |= ids
            heard = defaultdict(set)
            for route, channels in records._psa_get_live_channels(list(routes)).items():
                for channel in channels:
                    heard[channel] |= routes[route]
            self._tell(model, heard)

    @api.model
    def _tell(self, model, heard):
        """Send that records changed: which ones, and nothing of what stands in them.

        :param dict heard: {channel: ids}
        """
        for channel, ids in heard.items():
            message = {"model": model, "ids": sorted(ids), "is_cut": False}
            if len(ids) > MOST_IDS:
                message |= {"ids": [], "is_cut": True}
            self.env["bus.bus"]._sendone(channel, LIVE_TYPE, message)
