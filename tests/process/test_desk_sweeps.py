"""Sweeps of the desk with real commits, deaths and a second sweep beside: no step is lost and none is taken twice.

SLA thresholds, workflow rules about time, notices and the on-call ladder are due at once. A step and the notices that
belong to it are one transaction; what leaves the house arrives at least once, and says by its key that it is the same.
"""

import re
import secrets
import subprocess
import time
from collections import Counter

import pytest
from harness import database, rows
from harness import shell as run_in_shell

from tools import odoo_config
from tools.places import PYTHON, VENV
from tools.postgres import TEST

PATIENCE = 180
TICKETS = 4
MOMENT = re.compile(r"\d+/\d+/\d+,\s[\d:]+\s[AP]M")

WORLD = """
import json
from datetime import datetime, timedelta
now = datetime.now().replace(microsecond=0)
group = env.ref("psa_helpdesk.psa_helpdesk_group_technician")
manager_group = env.ref("psa_helpdesk.psa_helpdesk_group_manager")
def user(login, group):
    return env["res.users"].create(
        {"name": login.title(), "login": login, "email": f"{login}@example.com", "group_ids": [(6, 0, group.ids)]}
    )
joe, dana, sam = user("joe", group), user("dana", group), user("sam", manager_group)
manager_group.user_ids = sam
for one in joe + dana + sam:
    env["psa.notice.preference"].create(
        {"user_id": one.id, "urgent_1": "pager", "pager_address": f"https://pager.example.com/{one.login}"}
    )
rota = env["psa.oncall.rota"].create({"name": "Nights", "step_ids": [(0, 0, {"name": "First"})]})
env["psa.oncall.slot"].create(
    {"rota_id": rota.id, "step_id": rota.step_ids.id, "user_id": dana.id,
     "start_at": now - timedelta(days=1), "stop_at": now + timedelta(days=2)}
)
queue = env["helpdesk.ticket.team"].create(
    {"name": "Sweep", "user_id": dana.id, "user_ids": [(6, 0, joe.ids)], "psa_oncall_rota_id": rota.id,
     "psa_oncall_pages": True}
)
rules = [
    ("idle", {"idle_minutes": 10}, "assignee"), ("overdue", {}, "manager"), ("sla_missed", {}, "leader"),
    ("sla_percent", {"percent": 80}, "assignee"), ("unsolved", {"after_minutes": 60}, "leader"),
]
for event, values, audience in rules:
    rule = env["psa.workflow.rule"].create(
        {"name": f"Rule {event}", "event": event, "active": True, **values, "action_ids": [
            (0, 0, {"kind": "notice", "audience": audience, "is_urgent": True, "subject": f"{event} {{{{number}}}}"}),
            (0, 0, {"kind": "tag", "tag_ids": [(6, 0, env["helpdesk.ticket.tag"].create({"name": event}).ids)]}),
        ]}
    )
    rule.switched_on_at = now - timedelta(days=1)
env["res.partner"].create({"name": "Harbor Dental Group", "is_company": True})
env.cr.commit()
print(json.dumps({"queue": queue.id, "user": joe.id}))
"""

# Tickets for which everything has been due for hours at the moment that is printed with them.
TICKETS_DUE = f"""
import json
from datetime import datetime, timedelta
at = datetime.now().replace(microsecond=0) + timedelta(minutes=1)
customer = env["res.partner"].search([("name", "=", "Harbor Dental Group")])
tickets = env["helpdesk.ticket"].create([
    {{"name": "Server down", "description": "<p>-</p>", "partner_id": customer.id, "priority": "3",
      "team_id": env["helpdesk.ticket.team"].search([("name", "=", "Sweep")]).id,
      "user_id": env["res.users"].search([("login", "=", "joe")]).id, "psa_started_at": at - timedelta(hours=5)}}
    for _number in range({TICKETS})
])
env.cr.commit()
print(json.dumps({{"ids": tickets.ids, "at": at.isoformat()}}))
"""

# Runs the four sweeps. `where` and `number` say before which commit it stops until it is killed, with everything
# written and nothing of it committed. Pages are noted in a file, as the pager's own list.
SWEEPS = """
import sys, time
from pathlib import Path
from datetime import datetime, timedelta
where, number, flag, go, posts, at = sys.argv[1:7]
now = datetime.fromisoformat(at)
from odoo.addons.psa_helpdesk.models import psa_notice_send
def post(address, payload, headers, is_inside=False):
    with open(posts, "a") as out:
        out.write(headers["Idempotency-Key"] + "\\n")
    return 200
psa_notice_send.outgoing.post_json = post
crons, commits, running = type(env["ir.cron"]), [], []
commit = crons._commit_progress
def commit_or_die(self, *args, **options):
    commits.append(running[-1])
    if running[-1] == where and commits.count(where) == int(number):
        self.env.flush_all()
        Path(flag).touch()
        time.sleep(600)
    return commit(self, *args, **options)
crons._commit_progress = commit_or_die
if where == "beside":
    Path(flag).touch()
    while not Path(go).exists():
        time.sleep(0.01)
sweeps = {
    "clock": lambda: env["psa.sla.clock"]._cron_sweep(now, limit=3),
    "timer": lambda: env["psa.workflow.timer"]._cron_sweep(now, limit=2),
    "page": lambda: env["psa.oncall.page"]._cron_call(now),
    "notice": lambda: env["psa.notice"]._cron_deliver(now + timedelta(hours=1)),
}
for name, sweep in sweeps.items():
    running.append(name)
    sweep()
    env.cr.commit()
print("swept")
"""


class Sweeper:
    """The four sweeps in a process of its own, that may be killed."""

    def __init__(self, desk, folder, at, where="", number=0, go="none"):
        name = secrets.token_hex(4)
        self.flag, self.errors = folder / f"{name}.flag", folder / f"{name}.err"
        config = odoo_config.write(folder / f"{name}.conf", TEST, desk.name, {"log_level": "warn"})
        program = folder / f"{name}.py"
        flags = ["x", where, str(number), str(self.flag), str(go), str(desk.posts), at]
        program.write_text(f"import sys; sys.argv = {flags!r}\n{SWEEPS}")
        with program.open() as read, self.errors.open("wb") as err:
            self.process = subprocess.Popen(
                [str(PYTHON), str(VENV / "bin" / "odoo"), "shell", "--config", str(config), "--no-http"],
                stdin=read,
                stdout=subprocess.DEVNULL,
                stderr=err,
                env={**TEST.environment(), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
            )

    def wait_until_it_stops(self):
        until = time.monotonic() + PATIENCE
        while not self.flag.exists():
            assert self.process.poll() is None, self.errors.read_text() or "it ended without stopping there"
            assert time.monotonic() < until, "it did not stop there"
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def finish(self):
        assert self.process.wait(PATIENCE) == 0, self.errors.read_text()
        assert "Traceback" not in self.errors.read_text(), self.errors.read_text()


class Desk:
    """The database, and what the pager took."""

    def __init__(self, name, folder):
        self.name, self.folder, self.posts = name, folder, folder / "posts"
        self.posts.touch()
        self.started = []
        run_in_shell(name, WORLD)

    def make_due(self):
        """(ids of tickets, moment at which everything is due)"""
        made = run_in_shell(self.name, TICKETS_DUE)
        return made["ids"], made["at"]

    def sweep(self, at, where="", number=0, go="none"):
        self.started.append(Sweeper(self, self.folder, at, where, number, go))
        return self.started[-1]

    def tell(self, ticket):
        """All that the sweeps did to one ticket, without its number and the moments that texts name."""
        number = rows(self.name, f"SELECT number FROM helpdesk_ticket WHERE id = {ticket}")[0][0]
        queries = {
            "steps": "SELECT clock.kind, step.mode, step.percent, step.is_overtaken FROM psa_sla_step step "
            f"JOIN psa_sla_clock clock ON clock.id = step.clock_id WHERE clock.ticket_id = {ticket}",
            # Without those that no sweep wrote: that a critical ticket is somebody's is told when it is made.
            "notices": "SELECT user_id, subject, channel, state FROM psa_notice "
            f"WHERE event IS NULL AND ticket_id = {ticket}",
            "rules": f"SELECT event, due_at IS NOT NULL, done_at IS NOT NULL FROM psa_workflow_timer WHERE ticket_id = {ticket}",
            "calls": f"SELECT rung, is_skipped, delivered_at IS NOT NULL FROM psa_oncall_call WHERE ticket_id = {ticket}",
            "notes": f"SELECT subject, message_type FROM mail_message WHERE model = 'helpdesk.ticket' AND res_id = {ticket}",
            "activities": f"SELECT summary, user_id FROM mail_activity WHERE res_model = 'helpdesk.ticket' AND res_id = {ticket}",
        }
        return {
            name: sorted(
                tuple(MOMENT.sub("then", str(value).replace(number, "#")) for value in row)
                for row in rows(self.name, query)
            )
            for name, query in queries.items()
        }

    def check(self, tickets, wanted):
        """Each of these tickets got exactly what an undisturbed one gets."""
        for ticket in tickets:
            told = self.tell(ticket)
            for name, lines in wanted.items():
                assert told[name] == lines, name

    def pager_keys(self, tickets):
        """The keys of what was sent to the pager about these tickets, as our database says."""
        ids = ",".join(map(str, tickets))
        found = rows(
            self.name,
            "SELECT key || '-pager' FROM psa_notice WHERE channel = 'pager' "
            f"AND state = 'sent' AND ticket_id IN ({ids})",
        )
        return {key for (key,) in found}

    def posted(self, keys):
        """{key: how often the pager heard of it}"""
        return Counter(key for key in self.posts.read_text().split() if key in keys)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with database() as name:
        desk = Desk(name, tmp_path_factory.mktemp("desk"))
        yield desk
        for sweeper in desk.started:
            sweeper.kill()


@pytest.fixture(scope="module")
def undisturbed(desk):
    """What the sweeps do to a ticket when nothing happens to them."""
    tickets, at = desk.make_due()
    desk.sweep(at).finish()
    told = desk.tell(tickets[0])
    desk.check(tickets, told)
    assert desk.posted(desk.pager_keys(tickets)) == Counter(desk.pager_keys(tickets))
    return told


def test_everything_is_due_at_once(undisturbed):
    """What the other tests compare with holds a step of each kind."""
    steps = {(kind, mode, percent) for kind, mode, percent, _overtaken in undisturbed["steps"]}
    assert {
        ("resolution", "warning", "100"),
        ("resolution", "escalation", "110"),
        ("resolution", "rule", "80"),
    } <= steps
    assert {event for event, _due, _done in undisturbed["rules"]} == {
        "idle", "overdue", "sla_missed", "sla_percent", "unsolved",
    }  # fmt: skip
    assert len(undisturbed["calls"]) == 1
    assert len(undisturbed["notices"]) >= 8
    assert {(channel, state) for _user, _subject, channel, state in undisturbed["notices"]} == {
        ("pager", "sent")
    }
    assert undisturbed["activities"]


def test_a_death_in_each_sweep_loses_no_step_and_repeats_none(desk, undisturbed):
    tickets, at = desk.make_due()
    for where, number in (("clock", 2), ("timer", 3), ("page", 2), ("notice", 4)):
        dying = desk.sweep(at, where, number)
        dying.wait_until_it_stops()
        dying.kill()
    desk.sweep(at).finish()
    desk.check(tickets, undisturbed)
    keys = desk.pager_keys(tickets)
    posted = desk.posted(keys)
    assert set(posted) == keys
    # The one that was on its way when its sender died came twice, with the same key; the others once.
    assert Counter(posted.values()) == {1: len(keys) - 1, 2: 1}


def test_what_a_dying_sweep_had_written_was_not_there(desk, undisturbed):
    """A step without its notices, or notices without their step, would be seen here."""
    tickets, at = desk.make_due()
    dying = desk.sweep(at, "clock", 1)
    dying.wait_until_it_stops()
    dying.kill()
    told = [desk.tell(ticket) for ticket in tickets]
    assert all(not one["steps"] and not one["notices"] and not one["activities"] for one in told)
    desk.sweep(at).finish()
    desk.check(tickets, undisturbed)


def test_two_sweeps_at_once_do_nothing_twice(desk, undisturbed, tmp_path):
    tickets, at = desk.make_due()
    go = tmp_path / "go"
    both = [desk.sweep(at, "beside", 0, go) for _worker in range(2)]
    for sweeper in both:
        sweeper.wait_until_it_stops()
    go.touch()
    for sweeper in both:
        sweeper.finish()
    desk.sweep(at).finish()  # what one left because the other held it
    desk.check(tickets, undisturbed)
    keys = desk.pager_keys(tickets)
    assert desk.posted(keys) == Counter(keys)
