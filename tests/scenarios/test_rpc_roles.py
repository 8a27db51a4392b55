"""Each role of the desk, as a program meets it: over RPC with a key of that person, on a database with all our addons.

What each role may do with each model says the role matrix beside the tests of the addon; this asks for the same by
`/json/2`, by deeds where the matrix says no. Then by examples which records: own queue and others, the contractor's own
tickets, and no rate or cost for anybody who works on tickets.
"""

import csv
import json
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.tests.common import PsaHelpdeskCase
from odoo.addons.psa_helpdesk.tests.workflow_common import PsaWorkflowCase

ADDONS = Path(__file__).parents[2] / "addons"
COLUMNS = {"psa_helpdesk": "technician technician_all dispatcher manager contractor plain portal",
           "psa_alerts": "technician dispatcher manager contractor plain portal"}  # fmt: skip
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
# What Odoo says where it is asked too much; nothing of it is logged as an error of ours.
REFUSALS = ("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.models")
DESK = ("technician", "technician_all", "dispatcher", "manager", "contractor")
MONEY = (
    ("hr.employee", "hourly_cost"),
    ("account.analytic.line", "amount"),
    ("account.analytic.line", "psa_bill_rate"),
    ("psa.billing.item", "price_unit"),
    ("psa.rate", "amount"),
    ("psa.contract", "rate_ids"),
)
# Columns of the matrix of psa_timesheet_billing by the names that users have here.
TIME_ROLES = {
    "technician": "technician",
    "service_manager": "manager",
    "contractor": "contractor",
    "portal": "portal",
}
WATCHED = ("technician", "contractor", "dispatcher", "manager")


class RpcRolesCase(PsaHelpdeskCase, HttpCase):
    """Tickets of an own queue, of another one and of a contractor, and a key for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "technician": cls.technician,
            "technician_all": cls.technician_all,
            "dispatcher": cls.dispatcher,
            "manager": cls.manager,
            "contractor": cls.contractor,
            "plain": cls.plain,
            "portal": cls.mia,
        }
        cls.own = cls._make_ticket(name="Own queue")
        cls.elsewhere = cls._make_ticket(name="Other queue", team_id=cls.other_queue.id)
        cls.given = cls._make_ticket(
            name="Given to Carl",
            partner_id=cls.ivan.partner_id.id,
            team_id=cls.other_queue.id,
            user_id=cls.contractor.id,
            psa_asset_id=cls.cobalt_server.id,
        )
        cls.three = cls.own + cls.elsewhere + cls.given
        employee = {"hourly_cost": 38.75, "company_id": cls.env.company.id}
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Joe", "user_id": cls.technician.id, **employee}
        )
        cls.employee_of_contractor = cls.env["hr.employee"].create(
            {"name": "Carl", "user_id": cls.contractor.id, **employee}
        )
        cls.entry = cls.env["account.analytic.line"].create(
            {
                "psa_ticket_id": cls.given.id,
                "psa_minutes": 60,
                "name": "Cabling",
                "employee_id": cls.employee_of_contractor.id,
            }
        )
        cls.env.flush_all()
        expires = fields.Datetime.now() + timedelta(hours=1)
        cls.keys = {
            role: cls.env["res.users.apikeys"].with_user(user)._generate(None, "test", expires)
            for role, user in cls.users.items()
        }

    def _call(self, role, model, method, **params):
        with mute_logger(*REFUSALS):
            return self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(params),
                headers={"Content-Type": "application/json", "Authorization": f"bearer {self.keys[role]}"},
            )

    def _find(self, role, model, domain, names=("id",)):
        answer = self._call(role, model, "search_read", domain=domain, fields=list(names))
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()

    def _read_matrix(self, addon):
        with (ADDONS / addon / "tests" / "role_matrix.csv").open() as table:
            return {row.pop("model"): row for row in csv.DictReader(table)}

    def _may(self, role, model, letter, allowed):
        """Ask over RPC. What is said to be refused is tried in earnest, where there is something to try it on."""
        if letter == "r":
            return self._call(role, model, "search_count", domain=[]).status_code == 200
        if letter not in allowed:
            return self._try(role, model, letter)
        answer = self._call(role, model, "has_access", ids=[], operation=OPERATIONS[letter])
        return answer.status_code == 200 and answer.json() is True

    def _try(self, role, model, letter):
        """Do what must be refused, and say whether it was not."""
        if letter == "c":
            return self._call(role, model, "create", vals_list=[{}]).status_code == 200
        records = self.env[model].sudo().with_context(active_test=False).search([], limit=1)
        if not records:
            answer = self._call(role, model, "has_access", ids=[], operation=OPERATIONS[letter])
            return answer.status_code == 200 and answer.json() is True
        values = {"vals": {"display_name": "x"}} if letter == "u" else {}
        answer = self._call(role, model, OPERATIONS[letter], ids=records.ids, **values)
        return answer.status_code == 200


@tagged("post_install", "-at_install")
class TestRpcRoles(RpcRolesCase):
    # Role by model

    def test_each_role_may_do_over_rpc_exactly_what_the_matrix_says(self):
        for addon, columns in COLUMNS.items():
            for model, row in self._read_matrix(addon).items():
                for role in columns.split():
                    found = "".join(
                        letter for letter in OPERATIONS if self._may(role, model, letter, row[role])
                    )
                    with self.subTest(model=model, role=role):
                        self.assertEqual(found, row[role])

    # Which records

    def test_own_queue_and_others(self):
        ours = [("id", "in", self.three.ids)]
        for role, expected in (
            ("technician", self.own),
            ("technician_all", self.three),
            ("dispatcher", self.three),
            ("manager", self.three),
            ("contractor", self.given),
            ("plain", self.env["helpdesk.ticket"]),
        ):
            with self.subTest(role):
                found = {row["id"] for row in self._find(role, "helpdesk.ticket", ours)}
                self.assertEqual(found, set(expected.ids))
            for ticket in self.three:
                may_read = ticket in expected
                with self.subTest(role=role, ticket=ticket.name):
                    answer = self._call(role, "helpdesk.ticket", "read", ids=ticket.ids, fields=["name"])
                    self.assertEqual(answer.status_code, 200 if may_read else 403)
                    answer = self._call(role, "helpdesk.ticket", "psa_get_timeline", ids=ticket.ids)
                    self.assertEqual(answer.status_code, 200 if may_read else 403)
                    answer = self._call(
                        role, "helpdesk.ticket", "write", ids=ticket.ids, vals={"psa_vendor_ref": role}
                    )
                    self.assertEqual(answer.status_code, 200 if may_read else 403)

    def test_only_the_manager_deletes_and_configures(self):
        for role in DESK:
            with self.subTest(role):
                answer = self._call(
                    role, "helpdesk.ticket.team", "write", ids=self.queue.ids, vals={"color": 3}
                )
                self.assertEqual(answer.status_code, 200 if role == "manager" else 403)
                if role != "manager":
                    answer = self._call(role, "helpdesk.ticket", "unlink", ids=self.given.ids)
                    self.assertEqual(answer.status_code, 403)
        self.assertTrue(self.given.exists())

    def test_a_contractor_meets_nobody_but_the_customers_of_own_tickets(self):
        everybody = (self.harbor + self.cobalt).ids
        found = self._find("contractor", "res.partner", [("id", "in", everybody)])
        self.assertEqual([row["id"] for row in found], self.cobalt.ids)
        assets = (self.harbor_server + self.cobalt_server).ids
        found = self._find("contractor", "psa.asset", [("id", "in", assets)])
        self.assertEqual([row["id"] for row in found], self.cobalt_server.ids)
        answer = self._call(
            "contractor", "helpdesk.ticket", "write", ids=self.given.ids, vals={"partner_id": self.harbor.id}
        )
        self.assertEqual(answer.status_code, 403)

    def test_what_the_system_books_is_written_by_nobody(self):
        for role in DESK:
            for vals in (
                {"psa_touched_at": "2020-01-01 00:00:00"},
                {"number": "T1"},
                {"psa_answered_at": False},
            ):
                with self.subTest(role=role, vals=vals):
                    answer = self._call(role, "helpdesk.ticket", "write", ids=self.given.ids, vals=vals)
                    self.assertEqual(answer.status_code, 403)

    # Money

    def test_nobody_who_works_on_tickets_reads_a_rate_or_a_cost(self):
        for role in ("technician", "technician_all", "dispatcher", "contractor"):
            for model, name in MONEY:
                self.assertIn(name, self.env[model]._fields)
                with self.subTest(role=role, field=f"{model}.{name}"):
                    answer = self._call(role, model, "search_read", domain=[], fields=[name])
                    self.assertEqual(answer.status_code, 403, answer.text[:200])
                    answer = self._call(role, model, "search_count", domain=[(name, "!=", False)])
                    self.assertEqual(answer.status_code, 403, "neither by searching for it")
                    offered = self._call(role, model, "fields_get", allfields=[name])
                    self.assertNotIn(f'"{name}"', offered.text if offered.status_code == 200 else "")

    def test_a_contractor_reads_own_time_and_no_money_of_it(self):
        self.contractor.group_ids += self.env.ref("psa_timesheet_billing.psa_time_group_user")
        found = self._find(
            "contractor",
            "account.analytic.line",
            [("psa_ticket_id", "=", self.given.id)],
            ["psa_minutes", "name"],
        )
        self.assertEqual([row["psa_minutes"] for row in found], [60])
        offered = self._call(
            "contractor", "account.analytic.line", "fields_get", attributes=["type", "store"]
        ).json()
        names = [
            name
            for name, field in offered.items()
            if field["store"] and field["type"] in ("float", "monetary", "integer", "char")
        ]
        self.assertNotIn("amount", names)
        self.assertIn("unit_amount", names)
        whole = self._call("contractor", "account.analytic.line", "read", ids=self.entry.ids, fields=names)
        self.assertEqual(whole.status_code, 200, whole.text[:500])
        self.assertNotIn("38.75", whole.text)
        for model in ("psa.contract", "psa.billing.item", "psa.rate", "psa.billing.run"):
            with self.subTest(model):
                self.assertEqual(self._call("contractor", model, "search_count", domain=[]).status_code, 403)


@tagged("post_install", "-at_install")
class TestRpcRecords(RpcRolesCase, PsaWorkflowCase):
    """What hangs on tickets, by search, by id and by deeds; and the matrix of time and parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contractor.group_ids += cls.env.ref("psa_timesheet_billing.psa_time_group_user")
        never = [("name", "=", "No ticket of these")]
        cls.make_rule("updated", ("queue", {"team_id": cls.queue.id}), watch="priority", domain=never)
        cls.fan = cls.env["product.product"].create({"name": "Fan", "type": "consu", "list_price": 19.9})
        # On each ticket by whoever works there.
        cls.workers = {
            cls.own: cls.technician,
            cls.elsewhere: cls.technician_all,
            cls.given: cls.contractor,
        }
        cls.records = {}
        for ticket, worker in cls.workers.items():
            cls._hang_on(ticket, worker)
        cls.env.flush_all()

    @classmethod
    def _hang_on(cls, ticket, worker):
        ticket.priority = "3"
        made = {
            "psa.part": {"product_id": cls.fan.id, "user_id": worker.id},
            "psa.checklist.line": {"name": "Check the fan"},
        }
        for model, values in made.items():
            cls.records[model, ticket] = cls.env[model].create({"ticket_id": ticket.id, **values})
        cls.records["psa.service.call", ticket] = cls.env["psa.service.call"].create(
            {
                "ticket_ids": [Command.set(ticket.ids)],
                "technician_id": worker.id,
                "start_at": "2031-03-10 10:00:00",
                "override_reason": "test",
            }
        )
        cls.records["psa.notice", ticket] = cls.env["psa.notice"]._tell(worker, "Fan", "Look at it", ticket)
        for model in ("psa.workflow.run", "psa.sla.clock"):
            cls.records[model, ticket] = cls.env[model].search([("ticket_id", "=", ticket.id)])

    def _expect(self, model, role):
        """The tickets of which this role meets the records of `model`."""
        if role in ("dispatcher", "manager") and not (model == "psa.notice" and role == "dispatcher"):
            return set(self.workers)
        if model == "psa.notice":
            return {ticket for ticket, worker in self.workers.items() if worker == self.users[role]}
        return {"technician": {self.own}, "contractor": {self.given}}[role]

    def test_each_role_meets_what_hangs_on_the_tickets_it_sees(self):
        models = {model for model, _ticket in self.records}
        for model in sorted(models):
            mine = {ticket: self.records[model, ticket] for ticket in self.workers}
            self.assertTrue(all(mine.values()), model)
            every = [one for records in mine.values() for one in records.ids]
            for role in WATCHED:
                expected = self._expect(model, role)
                with self.subTest(model=model, role=role):
                    found = {row["id"] for row in self._find(role, model, [("id", "in", every)])}
                    wanted = {one for ticket in expected for one in mine[ticket].ids}
                    self.assertEqual(found, wanted)
                for ticket, records in mine.items():
                    with self.subTest(model=model, role=role, ticket=ticket.name):
                        answer = self._call(role, model, "read", ids=records.ids, fields=["display_name"])
                        self.assertEqual(answer.status_code, 200 if ticket in expected else 403)
            with self.subTest(model=model, role="portal"):
                answer = self._call("portal", model, "search_count", domain=[])
                self.assertEqual(answer.status_code, 403)

    def test_each_role_changes_what_is_its_own(self):
        everywhere = set(self.workers)
        for model, vals, may in (
            (
                "psa.checklist.line",
                {"is_done": True},
                {
                    "technician": {self.own},
                    "contractor": {self.given},
                    "dispatcher": everywhere,
                    "manager": everywhere,
                },
            ),
            (
                "psa.part",
                {"serial": "SN-1"},
                {
                    "technician": {self.own},
                    "contractor": {self.given},
                    "dispatcher": set(),
                    "manager": everywhere,
                },
            ),
            (
                "psa.service.call",
                {"result": "Done"},
                {
                    "technician": {self.own},
                    "contractor": {self.given},
                    "dispatcher": everywhere,
                    "manager": everywhere,
                },
            ),
            ("psa.notice", {"subject": "x"}, dict.fromkeys(WATCHED, set())),
            ("psa.workflow.run", {"event": "created"}, dict.fromkeys(WATCHED, set())),
            ("psa.sla.clock", {"state": "met"}, dict.fromkeys(WATCHED, set())),
        ):
            for role in (*WATCHED, "portal"):
                for ticket in self.workers:
                    with self.subTest(model=model, role=role, ticket=ticket.name):
                        ids = self.records[model, ticket].ids
                        answer = self._call(role, model, "write", ids=ids, vals=vals)
                        # A trace is refused as what is never changed, before anybody asks who may.
                        refused = 422 if model == "psa.workflow.run" else 403
                        is_allowed = ticket in may.get(role, ())
                        self.assertEqual(
                            answer.status_code, 200 if is_allowed else refused, answer.text[:300]
                        )

    def test_parts_are_written_down_on_tickets_in_sight_only(self):
        for role in WATCHED:
            for ticket in self.workers:
                seen = ticket in self._expect("psa.part", role)
                with self.subTest(role=role, ticket=ticket.name):
                    vals = {"ticket_id": ticket.id, "product_id": self.fan.id}
                    answer = self._call(role, "psa.part", "create", vals_list=[vals])
                    self.assertEqual(answer.status_code, 200 if seen else 403, answer.text[:300])

    def test_nobody_says_whose_a_part_is(self):
        part = self.records["psa.part", self.own]
        for vals in ({"customer_id": self.cobalt.id}, {"price_unit": 0.01}, {"user_id": self.contractor.id}):
            with self.subTest(vals):
                answer = self._call("technician", "psa.part", "write", ids=part.ids, vals=vals)
                self.assertEqual(answer.status_code, 403)
        answer = self._call("technician", "psa.part", "read", ids=part.ids, fields=["price_unit"])
        self.assertEqual(answer.status_code, 403)

    def test_each_role_may_do_with_time_exactly_what_the_matrix_says(self):
        for model, row in self._read_matrix("psa_timesheet_billing").items():
            for column, role in TIME_ROLES.items():
                found = "".join(
                    letter for letter in OPERATIONS if self._may(role, model, letter, row[column])
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(found, row[column])
