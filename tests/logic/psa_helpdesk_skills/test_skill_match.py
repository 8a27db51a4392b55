"""Who has the skills that a ticket wants: all of them or none, and the one known least decides."""

import pytest

from odoo.addons.psa_helpdesk_skills.logic.skill_match import Verdict, judge

NETWORKS, SERVERS = 1, 2


@pytest.mark.parametrize(
    ("rank", "wanted", "known", "expected"),
    [
        (1, [], {NETWORKS: 100}, Verdict(1)),
        (1, [NETWORKS], {NETWORKS: 100}, Verdict(102)),
        (1, [NETWORKS], {NETWORKS: 0}, Verdict(2)),
        (1, [NETWORKS, SERVERS], {NETWORKS: 100, SERVERS: 20}, Verdict(22)),
        (1, [NETWORKS, SERVERS], {NETWORKS: 100}, Verdict(0, (SERVERS,))),
        (1, [NETWORKS, SERVERS], {}, Verdict(0, (NETWORKS, SERVERS))),
        (0, [NETWORKS], {NETWORKS: 100}, Verdict(0)),
    ],
)
def test_how_well_somebody_fits(rank, wanted, known, expected):
    assert judge(rank, wanted, known) == expected
