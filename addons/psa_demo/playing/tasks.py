"""A project in Odoo's own app, whose tasks stand beside the tickets on the day and on the home of the desk."""

from datetime import timedelta

# What, who, hours until the deadline (negative: passed), planned hours, priority, whether it is done.
PLAN = [
    ("Order the rack and the cooling", "joe", -26, 1, "1", False),
    ("Draw the new cabling", "joe", 2, 3, "2", False),
    ("Agree the night of the move with the brewery", "paula", 9, 1, "3", False),
    ("Label the servers that stay", "nina", 3, 2, "0", True),
    ("Move the virtual machines", "nina", 5 * 24, 6, "2", False),
    ("Hand over and explain", "joe", 9 * 24, 2, "0", False),
]


def plan(world):
    """Make the project and its tasks, as their lead would."""
    project = world.env["project.project"].create(
        {
            "name": "Old Mill Brewery: new server room",
            "partner_id": world.ref("partner_old_mill").id,
            "company_id": world.ref("base.main_company").id,
            "user_id": world.user("paula").id,
        }
    )
    for name, who, hours, planned, priority, is_done in PLAN:
        task = world.env["project.task"].create(
            {
                "name": name,
                "project_id": project.id,
                "partner_id": project.partner_id.id,
                "user_ids": [(6, 0, world.user(who).ids)],
                "date_deadline": world.now + timedelta(hours=hours),
                "allocated_hours": planned,
                "priority": priority,
            }
        )
        if is_done:
            task.state = "1_done"
