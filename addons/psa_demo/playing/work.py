"""Time worked, approved, reviewed and billed."""

from datetime import timedelta

from .diary import Diary

# What happened to the time entries of so many working days ago; older ones are approved.
DRAFT_AGO, SUBMITTED_AGO = 1, 4
HOLD = "The brewery's order number is still missing."
CHANGE = "Half of the search was our own fault."
WRITE_OFF = "Not worth an invoice."


class Work:
    """The work of everybody."""

    def __init__(self, world, desk):
        self.world = world
        self.desk = desk
        self.diary = Diary()

    # ------------------------------------------------------------------
    # Last month
    # ------------------------------------------------------------------

    def play_last_month(self):
        """Everything worked and approved."""
        first = self.world.last_month
        shifts = self._plan("work_last_month", lambda row: self.world.workday(first, int(row["day"])))
        self.desk.open(_get_openings(shifts))
        self._approve(self._log(shifts))
        self._close(shifts)

    def bill_last_month(self):
        """Everything reviewed, billed and posted."""
        items = self.world.env["psa.billing.item"].search([("state", "=", "draft")])
        items.with_user(self.world.user("olga")).action_approve()
        end = self.world.month - timedelta(days=1)
        for company in (self.world.ref("base.main_company"), self.world.ref("company_europe")):
            run = self._run(company, end)
            run.move_ids.with_user(self.world.user("acc")).with_company(company).action_post()

    def _run(self, company, day, **values):
        runs = self.world.env["psa.billing.run"].with_user(self.world.user("bill")).with_company(company)
        run = runs.create({"company_id": company.id, "cutoff_date": day, "invoice_date": day, **values})
        run.action_run()
        return run

    # ------------------------------------------------------------------
    # The last ten working days
    # ------------------------------------------------------------------

    def play_lately(self):
        """Work that waits for approval, for review, or for the next run; and the desk of today."""
        shifts = self._plan("work_lately", lambda row: self.world.ago(int(row["ago"])))
        today = self.desk.get_today()
        self.desk.open(_get_openings(shifts) + today)
        self.desk.talk(today)
        entries = self._log(shifts)
        self._submit([line for row, line in entries if DRAFT_AGO < int(row["ago"]) <= SUBMITTED_AGO])
        older = [(row, line) for row, line in entries if int(row["ago"]) > SUBMITTED_AGO]
        self._approve(older)
        self._review(older)
        self._close(shifts)

    def bill_cobalt(self):
        """One customer wanted the invoice early: a draft of 40 minutes at 100.00 an hour."""
        cobalt = self.world.ref("partner_cobalt_freight")
        self._run(self.world.ref("base.main_company"), self.world.today, partner_ids=cobalt.ids)

    def _review(self, entries):
        """Approve, hold, change or write off what the work became, as the tables say."""
        items = self.world.env["psa.billing.item"]
        found = items.search(
            [
                ("source_model", "=", "account.analytic.line"),
                ("source_id", "in", [line.id for _row, line in entries]),
            ]
        ).grouped("source_id")
        decided = {}
        for row, line in entries:
            decided[row["then"]] = decided.get(row["then"], items) | found.get(line.id, items)
        anna, olga = self.world.user("anna"), self.world.user("olga")
        (decided["ready"] | decided["billed"]).with_user(olga).action_approve()
        decided["hold"].with_user(anna)._hold(HOLD)
        decided["changed"].with_user(anna)._adjust({"minutes_billed": 60}, CHANGE)
        decided["written_off"].with_user(olga)._write_off(WRITE_OFF)

    # ------------------------------------------------------------------
    # Time entries
    # ------------------------------------------------------------------

    def _plan(self, table, get_day):
        """[(row, start, end)] in the order of their starts; nobody is in two places at once."""
        world = self.world
        wanted = sorted(
            ((world.at(get_day(row), row["at"]), row) for row in world.rows(table)),
            key=lambda shift: shift[0],
        )
        return [(row, *self.diary.book(row["who"], start, int(row["minutes"]))) for start, row in wanted]

    def _log(self, shifts):
        """[(row, time entry)], each in the name of who worked."""
        lines = self.world.env["account.analytic.line"]
        entries = []
        for who in dict.fromkeys(row["who"] for row, _start, _end in shifts):
            own = [shift for shift in shifts if shift[0]["who"] == who]
            made = lines.with_user(self.world.user(who)).create([self._prepare(*shift) for shift in own])
            entries += zip([row for row, _start, _end in own], made.with_env(lines.env), strict=True)
        return entries

    def _prepare(self, row, start, end):
        return {
            "psa_ticket_id": self.desk.tickets[row["ticket"]].id,
            "psa_start_at": start,
            "psa_end_at": end,
            "name": row["text"],
            "psa_work_type_id": self.world.ref(f"psa_contracts.psa_work_type_{row['work_type']}").id,
        }

    def _submit(self, lines):
        """Each person hands in what is theirs."""
        joined = self.world.env["account.analytic.line"].union(*lines)
        for user, own in joined.grouped("user_id").items():
            own.with_user(user).action_psa_submit()
        return joined

    def _approve(self, entries):
        """The service manager approves; his own time the owner."""
        lines = self._submit([line for _row, line in entries])
        sam = self.world.user("sam")
        his = lines.filtered(lambda line: line.user_id == sam)
        (lines - his).with_user(sam).action_psa_approve()
        his.with_user(self.world.user("olga")).action_psa_approve()

    def _close(self, shifts):
        """Close the tickets whose work is done, when their last work ended."""
        ends = {row["ticket"]: end for row, _start, end in shifts}
        for row in {row["ticket"]: row for row, _start, _end in shifts}.values():
            if row["closed"]:
                self.desk.close(row, ends[row["ticket"]])


def _get_openings(shifts):
    """A ticket is opened ten minutes before the first work on it."""
    return [(row, start - timedelta(minutes=10)) for row, start, _end in shifts]
