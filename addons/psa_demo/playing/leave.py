"""Who is away: one has been, one will be, one asks."""

from datetime import timedelta


def plan(world):
    """Three leaves; the days are working days."""
    monday = world.today + timedelta(days=7 - world.today.weekday())
    sick, unpaid = (world.ref(f"hr_holidays.leave_type_{kind}") for kind in ("sick_time_off", "unpaid"))
    past = world.ago(3)
    leaves = world.env["hr.leave"].with_context(leave_fast_create=True, mail_activity_automation_skip=True)
    made = leaves.create(
        [
            _prepare(world, "bill", sick, past, past, "Flu"),
            _prepare(world, "dana", unpaid, monday, monday + timedelta(days=2), "Moving house"),
            _prepare(
                world, "joe", unpaid, monday + timedelta(days=10), monday + timedelta(days=11), "Fishing"
            ),
        ]
    )
    made[:2].filtered(lambda one: one.state != "validate").action_approve()


def _prepare(world, who, kind, first, last, name):
    return {
        "employee_id": world.ref(f"employee_{who}").id,
        "holiday_status_id": kind.id,
        "request_date_from": first,
        "request_date_to": last,
        "private_name": name,
    }
