"""A signed-in user of a running suite: the same calls that the web client and a browser make."""

from __future__ import annotations

import re
from typing import Any

import requests


class Refused(Exception):
    """The server answered with an error; the message is the one a user would read."""


class Session:
    """One user's browser session against `url`."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self.url, self.login = url.rstrip("/"), login
        self.http = requests.Session()
        self.uid = self._sign_in(password)

    def _sign_in(self, password: str) -> int:
        page = self.http.get(f"{self.url}/web/login", timeout=60)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        if not token:
            raise Refused(f"{self.url}/web/login shows no sign-in form")
        answer = self.http.post(
            f"{self.url}/web/login",
            data={"login": self.login, "password": password, "csrf_token": token.group(1)},
            timeout=60,
        )
        if "/web/login" in answer.url:
            raise Refused(f"{self.login} could not sign in")
        return int(self._rpc("/web/session/get_session_info", {})["uid"])

    def _rpc(self, path: str, params: dict[str, Any]) -> Any:
        answer = self.http.post(f"{self.url}{path}", json={"jsonrpc": "2.0", "params": params}, timeout=300)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            problem = content["error"].get("data") or {}
            raise Refused(f"{self.login}: {problem.get('message') or content['error'].get('message')}")
        return content.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method as the web client does."""
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._rpc(f"/web/dataset/call_kw/{model}/{method}", params)

    def find(self, model: str, domain: list[Any], fields: list[str], **options: Any) -> list[dict[str, Any]]:
        """Read the records this user may see."""
        return list(self.call(model, "search_read", domain, fields, **options))

    def one(self, model: str, domain: list[Any], fields: list[str], **options: Any) -> dict[str, Any]:
        """Read exactly one record; the error says what was looked for."""
        found = self.find(model, domain, fields, limit=2, **options)
        if len(found) != 1:
            raise Refused(f"{self.login}: expected one {model} for {domain}, found {len(found)}")
        return found[0]

    def page(self, path: str) -> requests.Response:
        """Open a page as a browser would, without following redirects."""
        return self.http.get(f"{self.url}{path}", timeout=60, allow_redirects=False)
