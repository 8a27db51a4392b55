"""Time zones as users and calendars name them -> names that this machine knows."""

import logging

import pytz

from .logic.zones import UTC_NAME, first_known, is_known

_logger = logging.getLogger(__name__)


def find_zone(*names):
    """Return the first of `names` that can be counted in, None where there is none.

    Odoo offers names from a list of its own; for those that machines do not have any more it knows the present ones.
    """
    for name in filter(None, names):
        found = next(filter(is_known, _spellings(name)), None)
        if found:
            return found
        _logger.warning("Time zone %s is not known to this machine", name)
    return None


def usable_zone(*names):
    """Return the first of `names` that can be counted in, else UTC."""
    return first_known(find_zone(*names), UTC_NAME)


def _spellings(name):
    yield name
    try:
        yield pytz.timezone(name).zone
    except (pytz.UnknownTimeZoneError, ValueError):
        return
