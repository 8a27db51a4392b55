"""Dispatchers at work: on a tablet by finger, and two beside each other."""

from harness import client, database, rows, running

from tools.shots import chromium, sign_in

TABLET = {"width": 768, "height": 1024}
HOLD = 600  # milliseconds before the finger moves; a shorter touch begins to scroll
LOGIN = "tablet"


def _find_group(admin, name):
    """Return the command that gives a group of the service desk."""
    domain = [("name", "=", name), ("privilege_id.name", "=", "Service desk")]
    [found] = admin.call("res.groups", "search", domain=domain)
    return [(4, found)]


def _fill(admin):
    """Make a dispatcher, a technician in a queue and a ticket to be scheduled; return the ids of the latter two."""

    def create(model, **values):
        return admin.call(model, "create", vals_list=[values])[0]

    create("res.users", name="Dana", login=LOGIN, password=LOGIN, group_ids=_find_group(admin, "Dispatcher"))
    joe = create("res.users", name="Joe", login="joe", group_ids=_find_group(admin, "Technician: own queues"))
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

        # Told when the card is gone, and not before; the finger that taps the block gets its menu.
        assert _count_notices(name, call["id"]) == 0
        with page.expect_response(lambda answer: "psa_board_settle" in answer.url):
            page.tap(".psa_done_card button:has-text('Close')")
        page.tap(".psa_block")
        page.wait_for_selector(".psa_block_menu")
        assert page.locator(".psa_block_menu [role='menuitem']").all_inner_texts()[0] == "Open service call"
        assert _count_notices(name, call["id"]) == 1


def _count_notices(name, call):
    """Notices of a call; over the wire each person finds only the own ones."""
    query = f"SELECT count(*) FROM psa_notice WHERE service_call_id = {call}"
    [[count]] = rows(name, query)
    return int(count)


def test_what_one_dispatcher_holds_has_the_name_on_the_board_of_the_other():
    with database() as name, running(name) as server, chromium("a board beside another") as browser:
        admin = client(server, "admin")
        _fill(admin)
        eva = {
            "name": "Eva",
            "login": "eva",
            "password": "eva",
            "group_ids": _find_group(admin, "Dispatcher"),
        }
        admin.call("res.users", "create", vals_list=[eva])
        pages = []
        for login in (LOGIN, "eva"):
            context = browser.new_context(viewport=TABLET, timezone_id="UTC", locale="en-US")
            sign_in(context, server.url, login)
            page = context.new_page()
            page.goto(f"{server.url}/odoo/dispatch")
            page.wait_for_selector(".psa_ticket_card")
            pages.append(page)
        mine, others = pages
        others.wait_for_timeout(2000)  # its line to the bus
        card = mine.locator(".psa_ticket_card").bounding_box()
        mine.mouse.move(card["x"] + 40, card["y"] + 12)
        mine.mouse.down()
        mine.mouse.move(card["x"] + 90, card["y"] + 80, steps=6)
        others.wait_for_selector(".psa_ticket_card.psa_held_by_other .psa_holder")
        assert others.inner_text(".psa_holder") == "Dana"
        assert not mine.locator(".psa_holder").count()
        mine.mouse.up()
        others.wait_for_selector(".psa_holder", state="detached")
