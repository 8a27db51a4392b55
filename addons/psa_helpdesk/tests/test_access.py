from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestAccess(PsaHelpdeskCase):
    """Which tickets, contacts and assets each role of ours sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._make_ticket(name="In my queue")
        cls.elsewhere = cls._make_ticket(name="Elsewhere", team_id=cls.other_queue.id)
        cls.mine_elsewhere = cls._make_ticket(
            name="Mine elsewhere", team_id=cls.other_queue.id, user_id=cls.technician.id
        )
        cls.of_contractor = cls._make_ticket(
            name="Contractor's",
            partner_id=cls.ivan.partner_id.id,
            user_id=cls.contractor.id,
            psa_asset_id=cls.cobalt_server.id,
            psa_site_id=cls.depot.id,
        )
        cls.all_tickets = cls.own | cls.elsewhere | cls.mine_elsewhere | cls.of_contractor

    def _seen_by(self, user):
        return self.env["helpdesk.ticket"].with_user(user).search([("id", "in", self.all_tickets.ids)])

    def test_technician_sees_own_queues_and_own_tickets(self):
        self.assertEqual(self._seen_by(self.technician), self.own | self.mine_elsewhere | self.of_contractor)
        for operation in ("read", "write"):
            with self.subTest(operation), self.assertRaises(AccessError):
                self.elsewhere.with_user(self.technician).check_access(operation)

    def test_nobody_reads_the_dialog_of_a_colleague(self):
        names = [
            name
            for name, model in self.registry.items()
            if model._transient and name.startswith("psa.") and model._original_module == "psa_helpdesk"
        ]
        self.assertIn("psa.ticket.close", names)
        for name in (*names, "helpdesk.ticket.merge"):
            with self.subTest(name):
                domain = self.env["ir.rule"].with_user(self.technician)._compute_domain(name, "read")
                self.assertIn("create_uid", str(domain))
        dialog = (
            self.env["psa.ticket.close"]
            .with_user(self.manager)
            .create({"ticket_id": self.elsewhere.id, "resolution": "<p>The code is 4711</p>"})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.technician).read(["resolution"])

    def test_technician_cannot_delete_a_ticket(self):
        for user in (self.technician, self.technician_all, self.dispatcher, self.contractor):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.of_contractor.with_user(user).unlink()

    def test_other_roles_see_all_queues(self):
        for user in (self.technician_all, self.dispatcher, self.manager):
            with self.subTest(user.name):
                self.assertEqual(self._seen_by(user), self.all_tickets)

    def test_user_without_a_role_sees_only_what_he_follows(self):
        self.assertFalse(self._seen_by(self.plain))
        self.own.message_subscribe(self.plain.partner_id.ids)
        self.assertEqual(self._seen_by(self.plain), self.own)
        with self.assertRaises(AccessError):
            self.own.with_user(self.plain).name = "x"

    def test_tickets_of_another_company_are_hidden_from_everybody(self):
        company = self.env["res.company"].create({"name": "Brightwater Test Europe"})
        foreign_queue = self._make_queue("Europe", company_id=company.id)
        foreign = self._make_ticket(team_id=foreign_queue.id, company_id=company.id)
        for user in (self.technician, self.technician_all, self.dispatcher, self.manager):
            with self.subTest(user.name), self.assertRaises(AccessError):
                foreign.with_user(user).check_access("read")

    def test_configuration_is_for_the_manager(self):
        for user in (self.technician, self.technician_all, self.dispatcher, self.contractor):
            for record in (self.queue, self.stage_new, self.env.ref("psa_helpdesk.psa_channel_fax")):
                with self.subTest(f"{user.name}, {record}"), self.assertRaises(AccessError):
                    record.with_user(user).name = "x"
        self.queue.with_user(self.manager).name = "Field service"

    # The contractor

    def test_contractor_sees_only_tickets_assigned_or_followed(self):
        self.assertEqual(self._seen_by(self.contractor), self.of_contractor)
        self.own.message_subscribe(self.contractor.partner_id.ids)
        self.assertEqual(self._seen_by(self.contractor), self.of_contractor | self.own)

    def test_contractor_sees_no_unassigned_ticket_of_a_queue(self):
        """The host shows the unassigned tickets of a queue to its members, whoever they are."""
        self.queue.user_ids += self.contractor
        self.assertEqual(self._seen_by(self.contractor), self.of_contractor)

    def test_restriction_beats_every_role_of_the_ladder(self):
        self.contractor.group_ids += self.env.ref("psa_helpdesk.psa_helpdesk_group_technician_all")
        self.assertEqual(self._seen_by(self.contractor), self.of_contractor)

    def test_contractor_cannot_touch_foreign_tickets(self):
        for operation in ("read", "write"):
            with self.subTest(operation), self.assertRaises(AccessError):
                self.own.with_user(self.contractor).check_access(operation)
        with self.assertRaises(AccessError):
            self.own.with_user(self.contractor).action_take()
        with self.assertRaises(AccessError):
            self.own.with_user(self.contractor).message_post(body="x", subtype_xmlid="mail.mt_comment")

    def test_contractor_sees_only_contacts_of_his_tickets(self):
        everybody = self.harbor | self.cobalt | self.depot | self.westgate
        everybody |= (self.mia | self.ivan | self.technician).partner_id
        seen = self.env["res.partner"].with_user(self.contractor).search([("id", "in", everybody.ids)])
        self.assertEqual(seen, self.cobalt | self.depot | (self.ivan | self.technician).partner_id)
        with self.assertRaises(AccessError):
            self.harbor.with_user(self.contractor).read(["name"])

    def test_contractor_sees_only_assets_of_his_tickets(self):
        both = self.harbor_server | self.cobalt_server
        seen = self.env["psa.asset"].with_user(self.contractor).search([("id", "in", both.ids)])
        self.assertEqual(seen, self.cobalt_server)
        with self.assertRaises(AccessError):
            self.cobalt_server.with_user(self.contractor).name = "x"

    def test_contractor_reaches_nothing_by_naming_it_on_a_ticket_of_his(self):
        """His contacts and assets are those of his tickets: he does not say himself which those are."""
        foreign = {
            "partner_id": self.harbor.id,
            "psa_site_id": self.westgate.id,
            "psa_asset_id": self.harbor_server.id,
            "psa_origin_id": self.elsewhere.id,
            "psa_parent_id": self.elsewhere.id,
            "duplicate_id": self.elsewhere.id,
        }
        tickets = self.env["helpdesk.ticket"].with_user(self.contractor)
        values = {"name": "Mine", "description": "x", "team_id": self.queue.id}
        for name, value in foreign.items():
            with self.subTest(name), self.assertRaises(AccessError):
                self.of_contractor.with_user(self.contractor).write({name: value})
            with self.subTest(f"create with {name}"), self.assertRaises(AccessError):
                tickets.create({**values, name: value})
            with self.subTest(f"create with default {name}"), self.assertRaises(AccessError):
                tickets.with_context(**{f"default_{name}": value}).create(dict(values))
            with self.subTest(f"form with {name}"), self.assertRaises(AccessError):
                tickets.onchange({name: value}, [name], {name: {}, "psa_contact_phone": {}})
        with self.assertRaises(AccessError):
            self.harbor.with_user(self.contractor).read(["name"])

    def test_what_a_ticket_points_at_already_is_no_obstacle(self):
        self.own.psa_origin_id = self.elsewhere
        own = self.own.with_user(self.technician)
        own.write({"psa_origin_id": self.elsewhere.id, "priority": "3"})
        own.onchange({"psa_origin_id": self.elsewhere.id, "priority": "2"}, ["priority"], {"priority": {}})
        self.assertEqual(self.own.priority, "3")

    def test_contractor_takes_down_a_ticket_of_a_customer_he_works_for(self):
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.contractor)
            .create(
                {
                    "name": "Next one",
                    "description": "x",
                    "team_id": self.queue.id,
                    "partner_id": self.ivan.partner_id.id,
                    "psa_asset_id": self.cobalt_server.id,
                }
            )
        )
        self.assertEqual(ticket.user_id, self.contractor)

    def test_technician_names_no_ticket_of_another_queue(self):
        """The name of what a field points at is shown to whoever sees the ticket."""
        with self.assertRaises(AccessError):
            self.own.with_user(self.technician).psa_origin_id = self.elsewhere

    def test_contractor_works_on_his_ticket_in_the_form(self):
        ticket = self.of_contractor.with_user(self.contractor)
        with Form(ticket) as form:
            form.priority = "2"
        self.assertEqual(self.of_contractor.priority, "2")
        ticket.message_post(body="Cable is in", message_type="comment", subtype_xmlid="mail.mt_comment")
        ticket.action_close()
        self.assertFalse(self.of_contractor.psa_is_open)

    def test_contractor_counts_only_what_he_sees(self):
        customer = self.cobalt.with_user(self.contractor)
        self._make_ticket(partner_id=self.cobalt.id)
        self.assertEqual(customer.helpdesk_ticket_count_string, "1 / 1")

    def test_contractor_opens_nobody_by_pointing_a_ticket_at_them(self):
        """What his ticket points at is his to see, so he may not say where it points."""
        mine = self.of_contractor.with_user(self.contractor)
        tickets = self.env["helpdesk.ticket"].with_user(self.contractor)
        new = {"name": "Mine", "description": "x", "team_id": self.queue.id, "user_id": self.contractor.id}
        for name, record in (
            ("partner_id", self.harbor),
            ("psa_asset_id", self.harbor_server),
            ("psa_site_id", self.westgate),
            ("psa_parent_id", self.own),
            ("psa_origin_id", self.own),
            ("duplicate_id", self.own),
            ("project_id", self._make_project("Harbor move")),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                mine.write({name: record.id})
            with self.subTest(name), self.assertRaises(AccessError):
                tickets.create({**new, name: record.id})
            with self.subTest(f"default {name}"), self.assertRaises(AccessError):
                tickets.with_context(**{f"default_{name}": record.id}).create(dict(new))
        self.env["ir.default"].with_user(self.contractor).set(
            "helpdesk.ticket", "partner_id", self.harbor.id, user_id=True
        )
        with self.assertRaises(AccessError):
            tickets.create(dict(new))
        tickets.create({**new, "partner_id": self.ivan.partner_id.id})

    def test_contractor_sees_projects_and_tasks_of_his_own_only(self):
        project = self._make_project("Harbor move")
        task = self.env["project.task"].create({"name": "Pack", "project_id": project.id})
        milestone = self.env["project.milestone"].create({"name": "Packed", "project_id": project.id})
        for records in (project, task, milestone):
            with self.subTest(records._name), self.assertRaises(AccessError):
                records.with_user(self.contractor).read(["name"])
            self.assertNotIn(records, self.env[records._name].with_user(self.contractor).search([]))
            self.assertTrue(records.with_user(self.technician).name)
        task.write({"user_ids": [Command.link(self.contractor.id)], "milestone_id": milestone.id})
        for records in (project, task, milestone):
            self.assertTrue(records.with_user(self.contractor).name)

    def test_ratings_are_seen_by_whoever_sees_the_ticket(self):
        ratings = self.env["rating.rating"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": ticket.id,
                    "feedback": f"About {ticket.name}",
                }
                for ticket in self.elsewhere | self.of_contractor
            ]
        )
        of_project = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("project.project"),
                "res_id": self._make_project("Move").id,
            }
        )
        elsewhere, contractors = ratings
        for user, seen in (
            (self.technician, contractors | of_project),
            (self.contractor, contractors | of_project),
            (self.plain, of_project),
            (self.manager, ratings | of_project),
        ):
            with self.subTest(user.name):
                found = self.env["rating.rating"].with_user(user).search([])
                self.assertEqual(found & (ratings | of_project), seen)
                self.assertEqual(elsewhere.with_user(user).has_access("read"), elsewhere in seen)

    def test_a_call_is_noted_only_on_a_ticket_in_sight(self):
        calls = self.env["psa.sla.call"].with_user(self.technician)
        calls.create({"ticket_id": self.own.id, "note": "Called"})
        with self.assertRaises(AccessError):
            calls.create({"ticket_id": self.elsewhere.id, "note": "What is it called?"})

    def _make_project(self, name):
        return self.env["project.project"].create({"name": name, "privacy_visibility": "portal"})
