"""Asking another system: one GET whose target, size and time are bounded, and which follows nobody elsewhere."""

import time

import urllib3

from odoo.addons.psa_crm import outgoing

from .logic.body import BodyRefused, inflate

ALL_SECONDS = 30
PIECE = 64 * 1024


class NotAnsweredError(Exception):
    """The other system gave no answer that can be used; `kind` is one of the keys of the texts of a source."""

    def __init__(self, kind, status=0):
        super().__init__(kind)
        self.kind = kind
        self.status = status


def fetch(url, headers, is_inside, limit):
    """Return the body at `url`, at most `limit` bytes of it; see `psa_crm/outgoing.py` for where that may lead.

    :param bool is_inside: whether an address of a private network, and a line without TLS, are meant
    :raises NotAnsweredError: with the kind of the obstacle; never with the address or what is secret in it
    """
    until = time.monotonic() + ALL_SECONDS
    try:
        with outgoing.ask("GET", url, headers, is_inside=is_inside) as answer:
            if answer.status != 200:
                raise NotAnsweredError("status", answer.status)
            return _read(answer, limit, until)
    except outgoing.NotReachedError as problem:
        raise NotAnsweredError(problem.kind) from problem
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        raise NotAnsweredError("silent") from problem


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
