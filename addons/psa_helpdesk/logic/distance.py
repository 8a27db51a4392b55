"""Distances between places on the earth, as the crow flies: no map service is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Place:
    """A point in degrees; north and east are above zero."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Box:
    """The degrees within which everything near a place lies, for a first look at a table."""

    south: float
    north: float
    west: float
    east: float


def place(latitude: float | None, longitude: float | None) -> Place | None:
    """Return the point, None where nobody has looked it up: contacts without coordinates carry 0, 0."""
    return Place(latitude or 0.0, longitude or 0.0) if latitude or longitude else None


def kilometres(here: Place, there: Place) -> float:
    """Return the length of the great circle between two places (haversine)."""
    phi, psi = math.radians(here.latitude), math.radians(there.latitude)
    half_high = math.sin((psi - phi) / 2) ** 2
    half_wide = math.sin(math.radians(there.longitude - here.longitude) / 2) ** 2
    chord = half_high + math.cos(phi) * math.cos(psi) * half_wide
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def box_around(here: Place, radius_km: float) -> Box:
    """Return a box that holds every place within `radius_km`, near the poles or the date line the whole round."""
    high = radius_km / KM_PER_DEGREE * 1.01
    narrow = math.cos(math.radians(min(89.0, abs(here.latitude) + high)))
    wide = high / narrow
    west, east = here.longitude - wide, here.longitude + wide
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return Box(here.latitude - high, here.latitude + high, west, east)
