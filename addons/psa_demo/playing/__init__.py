"""Plays the weeks before the visitor came, through the same methods that people and programs use.

Data files hold what stands still: people, customers, assets, contracts. What happened is played here, so that
clocks, ledgers and invoices of the demo world are made by the suite itself and not typed in. Everything follows
from one moment, the `now` of the installation, and is the same on every day of the year:

- last month is worked, billed and posted;
- of the last ten working days the older half is approved and partly reviewed, the rest submitted, yesterday's a draft;
- parts were used on some of it, most of them wait for review;
- the desk of today has tickets in every stage, the monitoring alerts in every state, one of them only found by asking;
- a project beside it has tasks that are overdue, due today and done;
- this week's nights have people on call, and some mails of machines were kept out of the tickets.
"""

from . import automation, books, calls, leave, monitoring, oncall, parts, tasks
from .desk import Desk
from .work import Work
from .world import World


def play(env, now):
    """Play up to `now` (naive UTC)."""
    world = World(env, now)
    books.sign_contracts(world)
    automation.switch_on(world)
    desk = Desk(world)
    work = Work(world, desk)
    work.play_last_month()
    work.bill_last_month()
    work.play_lately()
    parts.use(world, desk)
    work.bill_cobalt()
    monitoring.hear(world)
    monitoring.ask(world)
    desk.date_back()
    leave.plan(world)
    calls.book(world)
    tasks.plan(world)
    oncall.plan(world)
    oncall.receive(world)
