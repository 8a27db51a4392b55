import json
import logging
import re

from odoo import SUPERUSER_ID, http
from odoo.fields import Datetime
from odoo.http import request

from ..logic.delivery import Delivery

DOOR = "/psa/alerts/v1"
# Nothing larger is even read.
HARD_LIMIT = 8 * 1024 * 1024
_SECRET = re.compile(rf"({DOOR}/|{DOOR}\?[^\s\"']*?token=)[^\s/?&\"']+")
ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
    "max_content_length": HARD_LIMIT,
    "psa_raw_body": True,
}


class AlertDoor(http.Controller):
    @http.route(f"{DOOR}/<string:token>", **ROUTE)
    def receive(self, token, **_fields):
        """Take a message of a monitoring system at its secret address."""
        return self._receive(token)

    @http.route(DOOR, **ROUTE)
    def receive_with_header(self, **_fields):
        """Take a message whose secret is in a header. One in the query would stand in every log on the way."""
        return self._receive(read_token(request.httprequest.headers))

    def _receive(self, token):
        """Check secret, size and form of the message, store it, answer."""
        if not request.db:
            return make_answer(503, "no database, try again later", retry_after=30)
        if "psa.alert.source" not in request.env.registry:
            raise request.not_found()  # another database of the same server
        # Superuser: the sender is no user of ours; the secret decides what it may do, and that is one thing.
        env = request.env(user=SUPERUSER_ID, su=True)
        headers = {name.lower(): value for name, value in request.httprequest.headers.items()}
        delivery = Delivery(
            token=token,
            body=request.httprequest.get_data(),
            headers=headers,
            charset=request.httprequest.mimetype_params.get("charset", ""),
        )
        answer = env["psa.alert.source"]._receive(delivery, Datetime.now())
        if answer.status == 202:
            # Durable before anything is answered, and before anybody is woken who would not find it otherwise.
            env.cr.commit()
            env["psa.alert.event"]._wake_processing()
        return make_answer(answer.status, answer.text, answer.retry_after)


def read_token(headers):
    """The secret of a sender that can set headers: it stays out of logs on the way."""
    scheme, _blank, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return headers.get("X-PSA-Token", "").strip()


def make_answer(status, text, retry_after=0):
    headers = [("Retry-After", str(retry_after))] if retry_after else []
    key = "status" if status < 400 else "error"
    return http.Response(
        json.dumps({key: text}), status=status, headers=headers, content_type="application/json"
    )


def mask(text):
    """`text` with the secret of an address left out."""
    return _SECRET.sub(r"\1***", text)


class MaskSecrets(logging.Filter):
    """Keeps the secrets in addresses out of the access log."""

    def filter(self, record):
        if isinstance(record.args, tuple) and any(DOOR in str(value) for value in record.args):
            record.args = tuple(mask(value) if isinstance(value, str) else value for value in record.args)
        if DOOR in str(record.msg):
            record.msg = mask(str(record.msg))
        return True


if not any(isinstance(one, MaskSecrets) for one in logging.getLogger("werkzeug").filters):
    logging.getLogger("werkzeug").addFilter(MaskSecrets())
