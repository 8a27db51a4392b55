"""Asking another system: one GET whose target, size and time are bounded, and which follows nobody elsewhere."""

import ipaddress
import socket
import ssl
import time
from urllib.parse import urlsplit

import urllib3

from .logic.body import BodyRefused, inflate

CONNECT_SECONDS = 3
READ_SECONDS = 10  # between two pieces
ALL_SECONDS = 30
PIECE = 64 * 1024


class NotAnsweredError(Exception):
    """The other system gave no answer that can be used; `kind` is one of the keys of the texts of a source."""

    def __init__(self, kind, status=0):
        super().__init__(kind)
        self.kind = kind
        self.status = status


def fetch(url, headers, is_inside, limit):
    """Return the body at `url`, at most `limit` bytes of it.

    The name is looked up once and exactly that address is called, so that a second look-up cannot lead elsewhere.
    Redirects are not followed, proxies of the environment not used, certificates always checked.

    :param bool is_inside: whether an address of a private network, and a line without TLS, are meant
    :raises NotAnsweredError: with the kind of the obstacle; never with the address or what is secret in it
    """
    parts = urlsplit(url)
    until = time.monotonic() + ALL_SECONDS
    obstacle = NotAnsweredError("unknown")
    for address in find_addresses(parts, is_inside):
        body, obstacle = _try(parts, address, headers, limit, until)
        if body is not None:
            return body
    raise obstacle


def _try(parts, address, headers, limit, until):
    """Return (body, None), or (None, why there is none) where another address of the same name may be better."""
    try:
        return _get(parts, address, headers, limit, until), None
    except urllib3.exceptions.SSLError as problem:
        raise NotAnsweredError("tls") from problem
    except (urllib3.exceptions.HTTPError, OSError):
        return None, NotAnsweredError("silent")


def find_addresses(parts, is_inside):
    """Return the addresses behind the name.

    :raises NotAnsweredError: where one of them is in a private network that was not meant; addresses of the machine's
        surroundings (link-local), where clouds keep their credentials, are never meant
    """
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        rows = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError) as problem:
        raise NotAnsweredError("unknown") from problem
    found = list(dict.fromkeys(row[4][0] for row in rows))
    for one in found:
        address = ipaddress.ip_address(one.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        is_fit = address.is_global or (is_inside and (address.is_private or address.is_loopback))
        if not is_fit or address.is_link_local or address.is_multicast or address.is_unspecified:
            raise NotAnsweredError("private")
    return found


def _get(parts, address, headers, limit, until):
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _open_pool(parts, address) as pool:
        answer = pool.urlopen(
            "GET",
            target,
            headers={"Host": parts.netloc, "Accept": "application/json", **headers},
            retries=False,
            redirect=False,
            timeout=timeout,
            preload_content=False,
        )
        try:
            if answer.status != 200:
                raise NotAnsweredError("status", answer.status)
            return _read(answer, limit, until)
        finally:
            answer.close()


def _open_pool(parts, address):
    if parts.scheme != "https":
        return urllib3.HTTPConnectionPool(address, parts.port or 80)
    return urllib3.HTTPSConnectionPool(
        address,
        parts.port or 443,
        ssl_context=ssl.create_default_context(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


def _read(answer, limit, until):
    raw = b""
    for piece in answer.stream(PIECE, decode_content=False):
        raw += piece
        if len(raw) > limit:
            raise NotAnsweredError("large")
        if time.monotonic() > until:
            raise NotAnsweredError("silent")
    try:
        return inflate(raw, answer.headers.get("Content-Encoding", ""), limit)
    except BodyRefused as problem:
        raise NotAnsweredError("large" if problem.status == 413 else "unreadable") from problem
