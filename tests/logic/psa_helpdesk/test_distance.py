"""As the crow flies: known distances, and a box that leaves nobody out."""

import pytest

from odoo.addons.psa_helpdesk.logic.distance import Place, box_around, kilometres, place

BERLIN, PARIS = Place(52.5200, 13.4050), Place(48.8566, 2.3522)


@pytest.mark.parametrize(
    ("name", "here", "there", "km"),
    [
        ("nowhere to go", BERLIN, BERLIN, 0.0),
        ("Berlin to Paris", BERLIN, PARIS, 877.5),
        ("and back", PARIS, BERLIN, 877.5),
        ("a degree along the equator", Place(0, 0), Place(0, 1), 111.2),
        ("over the date line", Place(0, 179.5), Place(0, -179.5), 111.2),
        ("to the other side of the earth", Place(0, 0), Place(0, 180), 20015.1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kilometres(name, here, there, km):
    assert kilometres(here, there) == pytest.approx(km, abs=0.5)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [(0, 0, None), (None, None, None), (0, 9.5, Place(0, 9.5)), (51.5, 0, Place(51.5, 0))],
)
def test_place_without_coordinates_is_none(latitude, longitude, expected):
    assert place(latitude, longitude) == expected


@pytest.mark.parametrize(
    "here", [BERLIN, Place(0, 0), Place(-36.8, 174.8), Place(78.2, 15.6), Place(0.1, 179.99)]
)
@pytest.mark.parametrize("radius", [5, 60])
def test_box_holds_everything_near(here, radius):
    box = box_around(here, radius)
    step = radius / 111.2 * 0.999
    for high, wide in ((step, 0), (-step, 0), (0, step), (0, -step)):
        there = Place(here.latitude + high, here.longitude + wide)
        assert kilometres(here, there) <= radius
        assert box.south <= there.latitude <= box.north
        assert box.west <= (there.longitude + 180) % 360 - 180 <= box.east
