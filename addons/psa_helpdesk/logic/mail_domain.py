"""Which customer a mail of an unknown sender is from: by the domain of the address, where that is the customer's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

# Behind such a domain is anybody. The largest providers of mailboxes, by their own names.
PUBLIC_PROVIDERS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.fr",
    "hotmail.de", "hotmail.fr", "hotmail.co.uk", "live.de", "live.fr", "live.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr",
    "yahoo.co.uk", "yahoo.it", "yahoo.es", "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com", "mac.com",
    "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "gmx.fr", "web.de", "t-online.de", "freenet.de", "arcor.de",
    "mail.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com", "pm.me", "tutanota.com", "tuta.io", "tuta.com",
    "fastmail.com", "zoho.com", "mail.com", "email.com", "mail.ru", "yandex.ru", "yandex.com", "qq.com", "163.com",
    "126.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bluewin.ch", "hispeed.ch", "libero.it",
    "virgilio.it", "tiscali.it", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "cox.net", "bellsouth.net",
    "btinternet.com", "sky.com", "virginmedia.com", "ziggo.nl", "telenet.be", "skynet.be", "seznam.cz", "wp.pl", "o2.pl",
})  # fmt: skip
_SEPARATORS = re.compile(r"[\s,;]+")
_DOMAIN = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")


@dataclass(frozen=True, slots=True)
class Match:
    """The customer whose domain it is, if exactly one has it, and why not otherwise."""

    customer: int | None
    why: str


def read_domain(address: str | None) -> str:
    """Return the domain of an e-mail address in small letters, "" where there is none."""
    _name, at, domain = (address or "").strip().strip("<>").rpartition("@")
    return _clean(domain) if at else ""


def read_listed(text: str | None) -> list[str]:
    """Return the words of a list that somebody typed, as domains: "@Harbor.example; harbor-dental.example"."""
    words = (word.rpartition("@")[2] for word in _SEPARATORS.split(text or "") if word)
    return [_clean(word) or word.lower() for word in words]


def is_domain(text: str) -> bool:
    """Whether a text can be the domain of an address."""
    return bool(_DOMAIN.match(text))


def is_public(domain: str) -> bool:
    """Whether mailboxes of this domain are given to anybody."""
    return domain in PUBLIC_PROVIDERS


def own_domains(email: str | None, website: str | None, listed: str | None) -> frozenset[str]:
    """Return the domains that are the customer's own: of its address, of its website, and those typed in."""
    address = website or ""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    found = {read_domain(email), _clean(host.removeprefix("www.")), *read_listed(listed)}
    return frozenset(domain for domain in found if is_domain(domain) and not is_public(domain))


def find_customer(address: str | None, customers: Iterable[tuple[int, frozenset[str]]]) -> Match:
    """Find whose mail it is.

    :param customers: (id, own domains)
    """
    domain = read_domain(address)
    if not is_domain(domain):
        return Match(None, "no address")
    if is_public(domain):
        return Match(None, f"{domain} gives mailboxes to anybody")
    owners = sorted({customer for customer, domains in customers if domain in domains})
    if len(owners) == 1:
        return Match(owners[0], f"{domain} is the customer's own")
    return Match(None, f"{len(owners)} customers have {domain}" if owners else f"nobody has {domain}")


def _clean(domain: str) -> str:
    name = domain.strip().strip(".").lower()
    try:
        return name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        return ""
