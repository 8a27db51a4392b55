"""The demo world keeps its promises to a visitor on every day of the year.

It is installed once without its past; the past is then played on days that are odd in one way or another, each in a
transaction that is rolled back, and what a visitor would find is measured by `demo_days.py`.
"""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import database

from tools import addons, databases, odoo_config, odoo_log
from tools.demo_database import set_parameters
from tools.places import LOGS, PYTHON, VENV
from tools.postgres import TEST

HERE = Path(__file__).parent
# Naive UTC. Portland is five hours behind, four in summer.
DAYS = {
    "the first of a month, a Sunday": "2026-03-01 15:00:00",
    "the second of a month, a Saturday": "2027-01-02 12:00:00",
    "the middle of a month, a Monday": "2026-06-15 19:30:00",
    "the last of February": "2026-02-28 16:00:00",
    "the evening of the last, in UTC the first": "2026-12-01 03:00:00",
    "the morning after summer time began": "2026-03-09 12:30:00",
    "the day summer time ends": "2026-11-01 06:30:00",
    "the last of a month with 31 days": "2026-08-31 21:00:00",
}
AT_ONCE = 2
MARK = "FIGURES "


def play(name: str, days: list[str]) -> dict[str, dict]:
    """The figures of each day, by day."""
    config = odoo_config.write(TEST.home / f"{name}.conf", TEST, name, {"log_level": "warn"})
    script = f"import sys; sys.path.insert(0, {str(HERE)!r}); import demo_days; demo_days.main(env, {days!r}, {MARK!r})\n"
    command = [PYTHON, VENV / "bin" / "odoo", "shell", "--config", config, "--no-http"]
    done = subprocess.run(
        command, input=script, capture_output=True, text=True, env=TEST.environment(), check=False
    )
    config.unlink()
    lines = [line.partition(MARK)[2] for line in done.stdout.splitlines() if MARK in line]
    found = {figures["moment"]: figures for figures in map(json.loads, lines)}
    assert set(found) == set(days), done.stdout[-3000:] + done.stderr[-3000:]
    return found


@pytest.fixture(scope="module")
def world():
    """Figures by day. Half of the days are played beside the others, on a copy."""
    log = LOGS / "process" / "demo-world.log"
    log.unlink(missing_ok=True)
    with database() as name:
        set_parameters(TEST, name, {"psa_demo.unplayed": "True"})
        databases.change_modules(TEST, name, install=[addons.DEMO], log=log)
        assert odoo_log.unexpected(log) == []
        with databases.passing(TEST, name, "proc") as copy, ThreadPoolExecutor(AT_ONCE) as pool:
            days = list(DAYS.values())
            halves = pool.map(play, (name, copy), (days[::2], days[1::2]))
            yield {day: figures for half in halves for day, figures in half.items()}


@pytest.fixture(params=DAYS.values(), ids=DAYS)
def figures(world, request):
    """What a visitor finds on one of the days."""
    return world[request.param]


def test_what_happened_could_have_happened(figures):
    assert figures["problems"] == []


def test_time_waits_for_approval_and_items_for_review(figures):
    assert figures["time"]["submitted"] >= 5
    assert figures["time"]["draft"] >= 3
    assert figures["workers"] >= 5
    assert figures["items"]["draft"] >= 5
    assert figures["items"]["approved"] >= 5
    assert figures["items"]["on_hold"] == figures["items"]["written_off"] == 1
    assert figures["balance"] == 80


def test_last_month_is_billed_and_posted(figures):
    assert figures["last_month"] == ["posted"]
    assert figures["last_month_count"] >= 7
    assert figures["forgotten"] == 0
    assert figures["drafts"] == [66.67]  # not the amount of ./psa demo, which bills the same customer today
    assert figures["doubled"] == []
    assert figures["german"] == ["EUR", "de_DE", [19.0]]


def test_a_billing_run_makes_invoices_at_once(figures):
    assert figures["run"] >= 3
    assert figures["run_europe"] >= 1
    assert figures["run_problems"] == figures["run_europe_problems"] == []


def test_the_desk_has_tickets_in_every_stage(figures):
    assert figures["unused_stages"] == []
    assert figures["open"] >= 20
    assert figures["tickets"] >= 40
    assert figures["at_risk"] >= 1
    assert 1 <= figures["overdue"] <= figures["open"] / 3
    assert figures["without_promise"] == []
    assert figures["carl"] == 2


def test_the_tour_of_a_service_managers_morning_is_true(figures):
    assert figures["home"] == figures["home_opens"]
    assert figures["home"]["overdue"] >= 1
    assert figures["tasks"]["overdue"] == figures["tasks"]["done"] == 1
    assert figures["rules"] >= 5
    assert {"did", "not"} <= set(figures["runs"])
    looked_at, would_have_acted = figures["rehearsed"]
    assert looked_at >= would_have_acted >= 1
    assert figures["booked"] >= 3
    assert figures["to_schedule"] >= 5
    assert len(figures["team"]) >= 2
    assert figures["promises"] >= 20
    assert figures["timeline"] >= 1


def test_monitoring_has_alerts_in_every_state(figures):
    assert {"open", "acknowledged", "suppressed", "resolved"} <= set(figures["alert_states"])
    assert figures["sources"] >= 8
    assert figures["systems"] == ["alertmanager", "generic"]
    assert figures["found_by_asking"] == 1
    assert figures["asked"] == 0, "the demo world calls no server"
    assert figures["triage"] >= 1
    assert figures["repeats"] >= 30
    assert figures["placed"] >= 10


def test_somebody_is_away(figures):
    assert figures["leaves"] == ["confirm", "validate", "validate"]
