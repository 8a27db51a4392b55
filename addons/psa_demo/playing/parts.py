"""Parts that were used on tickets, by those who worked on them."""


def use(world, desk):
    """Write them down in the name of who used them; some are approved already."""
    ready = world.env["psa.part"]
    for row in world.rows("parts_lately"):
        part = (
            world.env["psa.part"]
            .with_user(world.user(row["who"]))
            .create(
                {
                    "ticket_id": desk.tickets[row["ticket"]].id,
                    "product_id": world.ref(f"part_{row['product']}").id,
                    "quantity": float(row["quantity"]),
                    "serial": row["serial"],
                    "free_reason": row["free_reason"],
                    "date": world.ago(int(row["ago"])),
                }
            )
        )
        if row["then"] == "ready":
            ready |= part.with_env(ready.env)
    ready._get_items().with_user(world.user("olga")).action_approve()
