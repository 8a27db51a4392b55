"""Calling another system over HTTP: the address that was checked is the one that is called.

A name is looked up once, and exactly what was found is called, so that a second look-up cannot lead elsewhere. Redirects
are not followed, proxies of the environment not used, certificates always checked.
"""

import ipaddress
import json
import socket
import ssl
from contextlib import contextmanager
from urllib.parse import urlsplit

import urllib3

# IPv6 addresses in whose last four bytes translators find the IPv4 address that is called.
TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
# Of clouds, where they keep credentials, though no range of addresses says so.
CREDENTIALS = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "168.63.129.16", "192.0.0.192")))
CONNECT_SECONDS = 3
READ_SECONDS = 10  # between two pieces


class NotReachedError(Exception):
    """The other system was not called, or did not answer; never names the address or what is secret in it.

    `kind` is "unknown" (no such name), "private" (in a network that was not meant), "tls" or "silent".
    """

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def find_addresses(parts, is_inside=False):
    """Return the network addresses behind the host of a split URL.

    :param bool is_inside: whether an address of a private network is meant
    :raises NotReachedError: where there is none, or one of them is in a private network that was not meant; addresses
        of the machine's surroundings (link-local), where clouds keep their credentials, are never meant
    """
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        rows = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError) as problem:
        raise NotReachedError("unknown") from problem
    found = list(dict.fromkeys(row[4][0] for row in rows))
    if not found:
        raise NotReachedError("unknown")
    if not all(_is_fit(one, is_inside) for one in found):
        raise NotReachedError("private")
    return found


def _is_fit(text, is_inside):
    address = _translate(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in CREDENTIALS:
        return False
    is_private = address.is_private or address.is_loopback or getattr(address, "is_site_local", False)
    return is_inside if is_private else address.is_global


def _translate(address):
    """Return the IPv4 address to which an IPv6 address leads in the end, else the address itself."""
    if address.version == 4 or address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in TRANSLATED):
        return ipaddress.ip_address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


@contextmanager
def ask(method, url, headers, body=None, is_inside=False):
    """Call `url` and give the answer, whose body is not read yet.

    :param body: bytes to send
    :raises NotReachedError: see there
    """
    parts = urlsplit(url)
    answer = pool = None
    for address in find_addresses(parts, is_inside):
        pool = _open_pool(parts, address)
        try:
            answer = _send(pool, method, parts, headers, body)
            break
        except urllib3.exceptions.SSLError as problem:
            pool.close()
            raise NotReachedError("tls") from problem
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            pool.close()  # nothing was sent: another address of the same name may be better
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
            pool.close()  # ValueError: what cannot be sent, such as a secret with a line break
            raise NotReachedError("silent") from problem
    if answer is None:
        raise NotReachedError("silent")
    try:
        yield answer
    finally:
        answer.close()
        pool.close()


def post_json(url, payload, headers, is_inside=False):
    """Tell another system something; return the status of its answer.

    :raises NotReachedError: see there
    """
    headers = {"Content-Type": "application/json", **headers}
    with ask("POST", url, headers, json.dumps(payload).encode(), is_inside) as answer:
        return answer.status


def _send(pool, method, parts, headers, body):
    return pool.urlopen(
        method,
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        body=body,
        headers={"Host": parts.netloc, "Accept": "application/json", **headers},
        retries=False,
        redirect=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        preload_content=False,
    )


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
