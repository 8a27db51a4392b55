"""Dispatchers book one technician at the same moment: he gets one service call, the others are told."""

from concurrent.futures import ThreadPoolExecutor

from harness import client, database, running

PEOPLE = 4


def test_a_technician_is_booked_once():
    with (
        database() as name,
        running(name, workers=PEOPLE, provokes=["could not serialize access"]) as server,
    ):
        people = [client(server, "admin") for _person in range(PEOPLE)]

        def create(model, **values):
            return people[0].call(model, "create", vals_list=[values])[0]

        customer = create("res.partner", name="Harbor Dental", is_company=True)
        tickets = [
            create("helpdesk.ticket", name="Printer", description="<p>Jammed</p>", partner_id=customer)
            for _person in people
        ]
        [slot, *_rest] = people[0].call("psa.service.call", "psa_board_suggest", ticket_id=tickets[0])

        def book(person, ticket):
            return person.call(
                "psa.service.call",
                "psa_board_book",
                ticket_id=ticket,
                technician_id=slot["technician_id"],
                start=slot["start"],
            )

        with ThreadPoolExecutor(PEOPLE) as pool:
            answers = list(pool.map(book, people, tickets))
        booked = [answer["call"] for answer in answers if "call" in answer]
        refused = [answer["conflicts"] for answer in answers if "conflicts" in answer]
        assert len(booked) == 1, answers
        assert len(refused) == PEOPLE - 1
        assert all(" is on V0" in words[0] for words in refused)
        calls = people[0].call("psa.service.call", "search", domain=[("ticket_ids", "in", tickets)])
        assert calls == booked
