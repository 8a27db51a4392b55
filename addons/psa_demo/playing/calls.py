"""Where the technicians go: service calls of today and the next working days."""

from datetime import timedelta

# Who, on which working day from today on, when, how long, where, and how far it is.
PLAN = [
    ("joe", 0, "09:00", 90, "on_site", "confirmed"),
    ("joe", 0, "13:00", 60, "on_site", "planned"),
    ("nina", 0, "10:30", 60, "remote", "confirmed"),
    ("nina", 1, "09:30", 120, "on_site", "planned"),
    ("joe", 1, "11:00", 60, "phone", "planned"),
    ("joe", 2, "08:30", 180, "on_site", "planned"),
]


def book(world):
    """Book the plan for open tickets that these technicians have, each its own."""
    free = {who: list(_find_tickets(world, who)) for who in ("joe", "nina")}
    for who, days, clock, minutes, place, state in PLAN:
        if not free[who]:
            continue
        start = world.at(world.workday(world.today, days), clock)
        call = world.env["psa.service.call"].create(
            {
                "ticket_ids": [(6, 0, [free[who].pop(0).id])],
                "technician_id": world.user(who).id,
                "start_at": start,
                "stop_at": start + timedelta(minutes=minutes),
                "place": place,
                "travel_minutes": 20 if place == "on_site" else 0,
                # Kept only where something happens to speak against it on this day.
                "override_reason": "Arranged with the customer",
            }
        )
        if state == "confirmed":
            call.action_confirm()


def _find_tickets(world, who):
    return world.env["helpdesk.ticket"].search(
        [
            ("user_id", "=", world.user(who).id),
            ("psa_is_open", "=", True),
            ("commercial_partner_id", "!=", False),
            ("company_id", "=", world.ref("base.main_company").id),
        ],
        order="id",
    )
