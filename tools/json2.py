"""A client of Odoo's JSON-2 interface: `POST /json/2/<model>/<method>` with a bearer key."""

import json
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """The server answered with an error. `status` is HTTP's, `name` the exception's on the server."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(f"{status} {name}: {message}")
        self.status, self.name, self.message = status, name, message


class Json2:
    """Calls as one user. `Json2(url, key).call("res.partner", "search_read", domain=[], fields=["name"])`."""

    def __init__(self, url: str, key: str, timeout: float = 60) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.timeout = timeout

    def call(self, model: str, method: str, **arguments: object) -> Any:
        """Call a public method; `ids` and `context` are arguments like any other. Raises `Refused`."""
        request = urllib.request.Request(  # noqa: S310 - the address is the caller's own server
            f"{self.url}/json/2/{model}/{method}",
            data=json.dumps(arguments).encode(),
            headers={"Authorization": f"bearer {self.key}", "Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise _refused(error) from error

    def read(self, model: str, record_id: int, *fields: str) -> dict[str, Any]:
        """Some fields of one record."""
        rows = self.call(model, "read", ids=[record_id], fields=list(fields))
        found: dict[str, Any] = rows[0]
        return found


def _refused(error: urllib.error.HTTPError) -> Refused:
    body = error.read().decode(errors="replace")
    try:
        found = json.loads(body)
        return Refused(error.code, str(found["name"]), str(found["message"]))
    except (ValueError, KeyError, TypeError):
        return Refused(error.code, error.reason, body[:500])
