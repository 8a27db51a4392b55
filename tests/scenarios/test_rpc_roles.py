"""Each role of the desk, as a program meets it: over RPC with a key of that person, on a database with all our addons.

What each role may do with each model says the role matrix beside the tests of the addon; this asks for the same by
`/json/2`, by deeds where the matrix says no. Then by examples which records: own queue and others, the contractor's own
tickets, and no rate or cost for anybody who works on tickets.
"""

import csv
import json
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.tests.common import PsaHelpdeskCase

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


@tagged("post_install", "-at_install")
class TestRpcRoles(PsaHelpdeskCase, HttpCase):
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
