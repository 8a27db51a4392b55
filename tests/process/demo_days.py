"""Plays the demo world on given days and measures what a visitor would find. Runs inside `odoo shell`.

Each day is played in a transaction of its own that is rolled back. The figures go to standard output, a line of JSON a
day that begins with a mark.
"""

import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields

from odoo.addons.psa_demo.playing import play
from odoo.addons.psa_demo.playing.world import World


def main(env, moments, mark):
    """Measure the world at each of `moments`, texts of naive UTC."""
    for moment in moments:
        with freeze_time(moment):
            now = fields.Datetime.now()
            play(env, now)
            env.flush_all()
            figures = {"moment": moment, **measure(World(env, now))}
        env.cr.rollback()
        env.registry.clear_all_caches()
        print(mark + json.dumps(figures, default=str), flush=True)


def measure(world):
    """Everything the test asks about. The last step makes invoices, as a visitor would."""
    figures = {"problems": [*_find_overlaps(world), *_find_misplaced(world)]}
    for part in (_measure_time, _measure_desk, _measure_morning, _measure_alerts, _measure_money):
        figures |= part(world)
    return figures


def _get_lines(world):
    return world.env["account.analytic.line"].search([("psa_ticket_id", "!=", False)])


def _find_overlaps(world):
    lines = _get_lines(world).filtered("psa_start_at")
    for user, own in lines.grouped("user_id").items():
        own = own.sorted("psa_start_at")
        for before, after in zip(own, own[1:], strict=False):
            if after.psa_start_at < before.psa_end_at:
                yield f"{user.login} is at two places at {after.psa_start_at}"


def _find_misplaced(world):
    for line in _get_lines(world):
        contract, ticket = line.psa_contract_id, line.psa_ticket_id
        if contract and line.date < contract.date_start:
            yield f"{line.name} was worked before its contract"
        if line.psa_start_at < ticket.psa_started_at:
            yield f"{line.name} was worked before its ticket"
        if line.psa_end_at > world.now or line.date >= world.today:
            yield f"{line.name} is not worked yet"
        if line.date.weekday() >= 5:
            yield f"{line.name} was worked on a weekend"
        if line.company_id != ticket.company_id or line.employee_id.company_id != line.company_id:
            yield f"{line.name} is in another company than its ticket"
    for ticket in world.env["helpdesk.ticket"].search([("psa_started_at", ">", world.now)]):
        yield f"{ticket.name} is not opened yet"


def _measure_time(world):
    states = _get_lines(world)._read_group(
        [("psa_ticket_id", "!=", False)], ["psa_state"], ["__count", "user_id:count_distinct"]
    )
    items = world.env["psa.billing.item"]._read_group(
        [("is_billed", "=", False), ("company_id", "=", world.ref("base.main_company").id)],
        ["state"],
        ["__count"],
    )
    return {
        "time": {state: count for state, count, _users in states},
        "workers": max(users for _state, _count, users in states),
        "items": dict(items),
        "balance": world.ref("block_harbor").remaining_minutes,
        "leaves": sorted(world.env["hr.leave"].search([]).mapped("state")),
    }


def _measure_desk(world):
    tickets = world.env["helpdesk.ticket"]
    opened = tickets.search([("psa_is_open", "=", True)])
    stages = world.ref("psa_helpdesk.psa_queue_service_desk")._get_applicable_stages()
    used = {stage for (stage,) in tickets._read_group([], ["stage_id"])}
    # The host's second way to cancel is no stage of the demo world.
    rejected = world.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
    return {
        "open": len(opened),
        "tickets": tickets.search_count([]),
        "unused_stages": (stages - rejected).filtered(lambda stage: stage not in used).mapped("name"),
        "at_risk": len(opened.filtered(lambda ticket: ticket.psa_sla_state == "at_risk")),
        "overdue": len(opened.filtered("psa_is_overdue")),
        "without_promise": opened.filtered(lambda ticket: not ticket.psa_sla_policy_id).mapped("name"),
        "carl": tickets.with_user(world.user("carl")).search_count([]),
    }


def _measure_morning(world):
    """What Sam finds on the way of the README's tour of a service manager's morning."""
    env = world.env(user=world.user("sam"))
    tickets, rules = env["helpdesk.ticket"], env["psa.workflow.rule"].with_context(active_test=False)
    home = env["psa.service.home"].get_home()["words"]
    words = {row["word"]: row["tickets"] for row in home}
    overdue = env.ref("psa_helpdesk.psa_workflow_rule_overdue")
    rehearsal = env["psa.workflow.rehearsal"].browse(overdue.action_rehearse()["res_id"])
    runs = env["psa.workflow.run"].search([("event", "=", "created")])
    day = world.workday(world.today, 0)
    board = env["psa.service.call"].psa_board_read(world.at(day, "00:00"), world.at(day, "23:59"))
    team = env["psa.my.day"].get_team()["rows"]
    return {
        "home": {word: counted["count"] for word, counted in words.items()},
        "home_opens": {
            word: tickets.search_count(counted["action"]["domain"]) for word, counted in words.items()
        },
        "tasks": {row["word"]: row["tasks"]["count"] for row in home},
        "rules": rules.search_count([]),
        "runs": sorted(set(runs.mapped("result"))),
        "rehearsed": [rehearsal.looked_at_count, len(rehearsal.line_ids)],
        "booked": len(board["calls"]),
        "to_schedule": len(board["tickets"]),
        "team": [row["name"] for row in team if row["cards"]],
        "promises": env["psa.sla.report"].search_count([]),
        "timeline": len(tickets.search([("psa_word", "=", "overdue")], limit=1).psa_sla_event_ids),
    }


def _measure_alerts(world):
    alerts = world.env["psa.alert"].search([])
    return {
        "alert_states": sorted(set(alerts.mapped("state"))),
        "sources": len(alerts.source_id),
        "found_by_asking": sum(alerts.source_id.mapped("poll_missed_count")),
        "asked": sum(alerts.source_id.mapped("poll_is_on")),
        "systems": sorted(set(alerts.source_id.mapped("system"))),
        "triage": len(alerts.filtered("is_in_triage")),
        "repeats": max(alerts.mapped("occurrence_count")),
        "placed": len(alerts.filtered("asset_id")),
    }


def _measure_money(world):
    moves = world.env["account.move"].search([("psa_billing_run_id", "!=", False)])
    main, europe = world.ref("base.main_company"), world.ref("company_europe")
    end = world.month - timedelta(days=1)
    last = moves.filtered(lambda move: move.invoice_date == end)
    german = last.filtered(lambda move: move.company_id == europe)
    figures = {
        "last_month": sorted(set(last.mapped("state"))),
        "last_month_count": len(last),
        "drafts": (moves - last).mapped("amount_untaxed"),
        "doubled": moves.filtered("duplicated_ref_ids").ids,
        "german": [german.currency_id.name, german.partner_id.lang, _get_tax_rates(german)],
        "forgotten": _count_forgotten(world, end),
    }
    for name, company in (("run", main), ("run_europe", europe)):
        runs = world.env["psa.billing.run"].with_user(world.user("bill")).with_company(company)
        run = runs.create({"company_id": company.id, "cutoff_date": world.today})
        figures[f"{name}_preview"] = len(run._get_preview())
        run.action_run()
        figures[name] = len(run.move_ids)
        figures[f"{name}_problems"] = run.problem_ids.mapped("reason")
    return figures


def _get_tax_rates(moves):
    return sorted(set(moves.invoice_line_ids.filtered("price_subtotal").tax_ids.mapped("amount")))


def _count_forgotten(world, end):
    """Fees and work of last month's table that no invoice has."""
    start = end - relativedelta(months=1)
    items = world.env["psa.billing.item"].search(
        [("kind", "=", "recurring"), ("is_billed", "=", False), ("due_date", ">", start)]
    )
    return len(items.filtered(lambda item: item.due_date <= end))
