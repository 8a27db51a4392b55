"""A dispatcher books on a tablet: a ticket is held for a moment and dragged by the finger onto a technician."""

from harness import client, database, running

from tools.shots import chromium, sign_in

TABLET = {"width": 768, "height": 1024}
HOLD = 600  # milliseconds before the finger moves; a shorter touch begins to scroll
LOGIN = "tablet"


def _fill(admin):
    """Make a dispatcher, a technician in a queue and a ticket to be scheduled; return the ids of the latter two."""

    def create(model, **values):
        return admin.call(model, "create", vals_list=[values])[0]

    def group(name):
        [found] = admin.call(
            "res.groups", "search", domain=[("name", "=", name), ("privilege_id.name", "=", "Service desk")]
        )
        return [(4, found)]

    create("res.users", name="Dana", login=LOGIN, password=LOGIN, group_ids=group("Dispatcher"))
    joe = create("res.users", name="Joe", login="joe", group_ids=group("Technician: own queues"))
    customer = create("res.partner", name="Harbor Dental", is_company=True)
    queue = create("helpdesk.ticket.team", name="Field", user_ids=[(6, 0, [joe])])
    ticket = create(
        "helpdesk.ticket",
        name="Printer",
        description="<p>Jammed</p>",
        partner_id=customer,
        team_id=queue,
        user_id=False,
    )
    return joe, ticket


def _drag(page):
    """Rest a finger on the ticket, and draw it onto the technician's row."""
    card = page.locator(".psa_ticket_card").bounding_box()
    lane = page.locator(".psa_lane").last.bounding_box()
    start = card["x"] + card["width"] / 2, card["y"] + 12
    end = lane["x"] + min(lane["width"], TABLET["width"] - lane["x"]) / 2, lane["y"] + lane["height"] / 2
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *point):
        points = [{"x": point[0], "y": point[1]}] if point else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", *start)
    page.wait_for_timeout(HOLD)
    for step in range(1, 13):
        touch("touchMove", *(a + (b - a) * step / 12 for a, b in zip(start, end, strict=True)))
        page.wait_for_timeout(20)
    touch("touchEnd")


def test_a_ticket_is_dragged_by_a_finger_that_rests_first():
    with database() as name, running(name) as server, chromium("a board under a finger") as browser:
        admin = client(server, "admin")
        joe, ticket = _fill(admin)
        context = browser.new_context(viewport=TABLET, has_touch=True, timezone_id="UTC", locale="en-US")
        sign_in(context, server.url, LOGIN)
        page = context.new_page()
        page.goto(f"{server.url}/odoo/dispatch")
        page.wait_for_selector(".psa_ticket_card")
        page.wait_for_selector(".psa_lane")

        _drag(page)
        page.locator(".psa_done_card, .psa_book_anyway").first.wait_for()
        if page.locator(".psa_book_anyway").count():
            # On a Sunday nobody works: it is said, and booked with a reason.
            page.fill("#psa_override_reason", "Tablet")
            page.click(".psa_book_anyway")
            page.wait_for_selector(".psa_done_card")
        [call] = admin.call(
            "psa.service.call",
            "search_read",
            domain=[("ticket_ids", "in", [ticket])],
            fields=["technician_id"],
        )
        assert call["technician_id"][0] == joe
