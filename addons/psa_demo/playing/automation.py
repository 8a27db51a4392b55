"""Workflow rules: one at work from the first day, so that tickets have something to tell, and the shipped examples."""

NAME = "Critical tickets: the service manager follows"


def switch_on(world):
    """Make the rule once; it only adds a follower, so that what is played afterwards stays the same."""
    rules = world.env["psa.workflow.rule"].with_context(active_test=False)
    if rules.search_count([("name", "=", NAME)], limit=1):
        return
    rules.create(
        {
            "name": NAME,
            "sequence": 5,
            "event": "created",
            "company_id": False,
            "domain": "[('priority', '=', '3')]",
            "action_ids": [
                (0, 0, {"kind": "follower", "audience": "users", "user_ids": [(6, 0, world.user("sam").ids)]})
            ],
            "active": True,
        }
    )
