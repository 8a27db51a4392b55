"""psa_alerts/logic/delivery.py and rate_limit.py: one delivery and its repetition, the count of a minute."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_alerts.logic.delivery import delivery_id, own_delivery_id
from odoo.addons.psa_alerts.logic.rate_limit import Window

NOON = datetime(2026, 3, 2, 12, 0)


def drawn(headers=None, own="", raw=b"{}", seconds=0):
    return delivery_id(headers or {}, own, raw, NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (drawn(), drawn(seconds=59), True),
        (drawn(), drawn(seconds=60), False),
        (drawn(), drawn(raw=b"{ }"), False),
        (drawn(own="a"), drawn(own="a", raw=b"changed", seconds=9999), True),
        (drawn(own="a"), drawn(own="b"), False),
        (drawn({"webhook-id": "w"}, own="a"), drawn({"webhook-id": "w"}, own="b"), True),
        (drawn({"webhook-id": "a"}), drawn(own="a"), False),
        (drawn({"webhook-id": " "}, own="a"), drawn(own="a"), True),
        (drawn(own="x" * 300), drawn(own="x" * 301), False),
        (drawn(own="a\x00b"), drawn(own="ab"), False),
        (drawn(own="\ud800"), drawn(own="\ud801"), False),
    ],
    ids=["retry within the minute", "next minute", "another body", "own id, for ever", "another own id",
         "header beats body", "a header is no own id", "an empty header is none", "long ids stay different",
         "invisible characters count", "halves of characters count"],
)  # fmt: skip
def test_what_is_the_same_delivery(one, other, same):
    assert (one == other) is same


def test_ids_fit_the_index_and_the_database():
    assert len(drawn(own="x" * 5000)) < 100
    assert "\x00" not in drawn(own="a\x00b")


def test_an_element_has_the_same_id_alone_and_in_a_list():
    assert drawn(own="e1") == own_delivery_id("e1")


def test_the_minute_counts_and_begins_anew():
    window = Window()
    assert window.count_at(NOON) == 0
    window.let_in(NOON)
    window.let_in(NOON + timedelta(seconds=59))
    assert window.count_at(NOON + timedelta(seconds=59)) == 2
    assert window.wait(NOON + timedelta(seconds=59)) == 1
    assert window.wait(NOON + timedelta(seconds=20)) == 40
    assert window.count_at(NOON + timedelta(seconds=60)) == 0
    window.let_in(NOON + timedelta(seconds=70))
    assert window.wait(NOON + timedelta(seconds=70)) == 60
