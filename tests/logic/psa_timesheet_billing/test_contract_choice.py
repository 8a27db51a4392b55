"""Which contract takes the work: contract_choice.py."""

from datetime import date

import pytest

from odoo.addons.psa_timesheet_billing.logic.contract_choice import Candidate, Why, choose

DAY = date(2026, 3, 16)
SERVICE = Candidate(1, date(2026, 1, 1), is_default=True)
OTHER = Candidate(2, date(2026, 1, 1))
ENDED = Candidate(3, date(2026, 1, 1), date(2026, 3, 15), is_default=True)
LAST_DAY = Candidate(4, date(2026, 1, 1), DAY)


@pytest.mark.parametrize(
    ("candidates", "preferred", "key", "why"),
    [
        pytest.param([SERVICE, OTHER], None, 1, Why.DEFAULT, id="the service contract"),
        pytest.param([OTHER], None, 2, Why.ONLY, id="the only one"),
        pytest.param([SERVICE, OTHER], 2, 2, Why.PREFERRED, id="the ticket's own"),
        pytest.param([ENDED, OTHER], 3, 2, Why.ONLY, id="the ticket's own has ended (rule 51)"),
        pytest.param(
            [SERVICE, Candidate(5, DAY, is_default=True)],
            None,
            None,
            Why.AMBIGUOUS,
            id="two service contracts",
        ),
        pytest.param([OTHER, LAST_DAY], None, None, Why.AMBIGUOUS, id="two others; the last day is included"),
        pytest.param([ENDED], None, None, Why.NONE, id="ended yesterday"),
        pytest.param([], None, None, Why.NONE, id="none"),
    ],
)
def test_choice(candidates, preferred, key, why):
    found = choose(candidates, DAY, preferred)
    assert (found.key, found.why) == (key, why)
