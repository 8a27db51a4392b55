"""Six words for where work stands; they never overlap."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.work_word import Day, Word, Work, read_word

TODAY = Day(datetime(2026, 3, 2, 5), datetime(2026, 3, 3, 5))  # New York's second of March
NOON = datetime(2026, 3, 2, 17)


@pytest.mark.parametrize(
    ("work", "word"),
    [
        pytest.param(Work(True), Word.LATER, id="no deadline"),
        pytest.param(Work(True, due_at=NOON), Word.DUE, id="deadline today"),
        pytest.param(
            Work(True, due_at=datetime(2026, 3, 3, 4, 59, 59)), Word.DUE, id="last second of the day"
        ),
        pytest.param(Work(True, due_at=TODAY.end), Word.LATER, id="first second of the next day"),
        pytest.param(Work(True, due_at=datetime(2026, 3, 1)), Word.DUE, id="passed, not yet looked at"),
        pytest.param(Work(True, is_overdue=True, due_at=NOON), Word.OVERDUE, id="passed"),
        pytest.param(Work(True, is_at_risk=True, due_at=NOON), Word.AT_RISK, id="at risk, due today as well"),
        pytest.param(
            Work(True, is_at_risk=True, due_at=datetime(2026, 4, 1)), Word.AT_RISK, id="at risk, later"
        ),
        pytest.param(Work(True, is_waiting=True, due_at=NOON), Word.WAITING, id="waits"),
        pytest.param(
            Work(True, is_waiting=True, is_overdue=True), Word.OVERDUE, id="used up before it waited"
        ),
        pytest.param(Work(False, closed_at=NOON), Word.DONE, id="closed today"),
        pytest.param(Work(False, closed_at=TODAY.start), Word.DONE, id="closed in the first second"),
        pytest.param(Work(False, closed_at=TODAY.end), None, id="closed tomorrow, as the reader sees it"),
        pytest.param(Work(False, closed_at=datetime(2026, 3, 1)), None, id="closed before"),
        pytest.param(Work(False), None, id="closed nobody knows when"),
        pytest.param(Work(False, is_overdue=True, closed_at=NOON), Word.DONE, id="closed late today"),
    ],
)
def test_words(work, word):
    assert read_word(work, TODAY) is word
