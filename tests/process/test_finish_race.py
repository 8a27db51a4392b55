"""A phone sends its finish sheet several times at the same moment: the work is written down once."""

from concurrent.futures import ThreadPoolExecutor

from harness import client, database, running

PRESSES = 4
TOKEN = "0123456789abcdef0123456789abcdef"


def test_a_sheet_that_comes_several_times_at_once_is_saved_once():
    with (
        database() as name,
        running(name, workers=PRESSES, provokes=["could not serialize access"]) as server,
    ):
        phones = [client(server, "admin") for _press in range(PRESSES)]
        customer = phones[0].call("res.partner", "create", vals_list=[{"name": "Harbor Dental"}])[0]
        values = {"name": "Printer", "description": "<p>Jammed</p>", "partner_id": customer}
        ticket = phones[0].call("helpdesk.ticket", "create", vals_list=[values])[0]

        def finish(phone):
            report = {"summary": "Roller changed", "minutes": 50}
            return phone.call("psa.my.day", "finish", token=TOKEN, ticket_id=ticket, values=report)

        with ThreadPoolExecutor(PRESSES) as pool:
            answers = list(pool.map(finish, phones))
        assert sorted(answer["is_repeated"] for answer in answers) == [False, True, True, True], answers
        domain = [("psa_ticket_id", "=", ticket)]
        lines = phones[0].call("account.analytic.line", "search_read", domain=domain, fields=["psa_minutes"])
        assert [line["psa_minutes"] for line in lines] == [50]
