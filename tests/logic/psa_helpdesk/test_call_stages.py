"""A call goes forward, may leave stages out, and never comes back from its end."""

import pytest

from odoo.addons.psa_helpdesk.logic import call_stages


@pytest.mark.parametrize(
    ("stage", "followers"),
    [
        ("planned", {"confirmed", "on_the_way", "on_site", "done", "absent", "cancelled"}),
        ("confirmed", {"on_the_way", "on_site", "done", "absent", "cancelled"}),
        ("on_the_way", {"on_site", "done", "absent", "cancelled"}),
        ("on_site", {"done", "absent", "cancelled"}),
        ("done", set()),
        ("absent", set()),
        ("cancelled", set()),
    ],
)
def test_what_may_follow(stage, followers):
    everything = call_stages.OPEN | call_stages.CLOSED
    assert {wanted for wanted in everything if call_stages.may_follow(stage, wanted)} == followers


def test_every_stage_is_open_or_closed():
    assert not call_stages.OPEN & call_stages.CLOSED
    assert call_stages.MOVABLE < call_stages.OPEN
    assert set(call_stages.FORWARD) < call_stages.OPEN | call_stages.CLOSED
