from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .sla_common import PsaSlaCase


@tagged("post_install", "-at_install")
class TestIssue(PsaSlaCase):
    """Issue, sub-issue, source and own fields of a ticket: chosen, found, counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["helpdesk.ticket.category"]
        cls.printer, cls.network = categories.create([{"name": "Printer test"}, {"name": "Network test"}])
        cls.jam, cls.toner, cls.wifi = categories.create(
            [
                {"name": "Jam", "parent_id": cls.printer.id},
                {"name": "Toner", "parent_id": cls.printer.id},
                {"name": "Wi-Fi", "parent_id": cls.network.id},
            ]
        )

    def _chosen(self, ticket):
        return ticket.category_id, ticket.psa_issue_id, ticket.psa_sub_issue_id

    def test_sub_issue_is_limited_by_its_issue(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        values = {"name": "x", "description": "x", "psa_issue_id": self.printer.id}
        ticket = tickets.create(values | {"psa_sub_issue_id": self.jam.id})
        self.assertEqual(self._chosen(ticket), (self.jam, self.printer, self.jam))
        with self.assertRaisesRegex(ValidationError, "no sub-issue of Printer test"):
            tickets.create(values | {"psa_sub_issue_id": self.wifi.id})
        with self.assertRaises(ValidationError):
            ticket.psa_sub_issue_id = self.wifi
        ticket.psa_sub_issue_id = self.toner
        self.assertEqual(self._chosen(ticket), (self.toner, self.printer, self.toner))

    def test_another_issue_lets_go_of_the_sub_issue(self):
        ticket = self._make_ticket(category_id=self.jam.id).with_user(self.technician)
        ticket.psa_issue_id = self.printer
        self.assertEqual(ticket.psa_sub_issue_id, self.jam, "the same issue again changes nothing")
        ticket.psa_issue_id = self.network
        self.assertEqual(self._chosen(ticket), (self.network, self.network, self.jam.browse()))
        ticket.write({"psa_issue_id": False})
        self.assertFalse(ticket.category_id)

    def test_what_the_portal_or_a_mail_rule_chose_is_read_the_same(self):
        ticket = self._make_ticket(category_id=self.jam.id)
        self.assertEqual(self._chosen(ticket), (self.jam, self.printer, self.jam))
        ticket.category_id = self.network
        self.assertEqual(self._chosen(ticket), (self.network, self.network, self.jam.browse()))

    def test_many_tickets_keep_their_own_issues(self):
        one, other = (self._make_ticket(category_id=issue.id) for issue in (self.jam, self.network))
        (one | other).write({"psa_issue_id": self.printer.id})
        self.assertEqual((one.category_id, other.category_id), (self.jam, self.printer))

    def test_the_form_offers_the_sub_issues_of_the_issue(self):
        with Form(self.env["helpdesk.ticket"].with_user(self.technician)) as form:
            form.name, form.description = "Paper", "<p>Everywhere</p>"
            form.psa_issue_id = self.printer
            form.psa_sub_issue_id = self.jam
            form.psa_issue_id = self.network
            self.assertFalse(form.psa_sub_issue_id)
            form.psa_sub_issue_id = self.wifi
        self.assertEqual(form.record.category_id, self.wifi)

    def test_a_target_of_the_sub_issue_goes_first(self):
        """Rule D10.17 with what the form writes."""
        for category, minutes in ((self.printer, 90), (self.jam, 30)):
            self.policy.target_ids[0].copy(
                {"kind": "response", "priority": "3", "category_id": category.id, "minutes": minutes}
            )
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3", psa_issue_id=self.printer.id)
            self.assertEqual(self.clock(ticket, "response").target_seconds, 90 * 60)
            ticket.with_user(self.technician).psa_sub_issue_id = self.jam
        self.assertEqual(self.clock(ticket, "response").target_seconds, 30 * 60)

    def test_found_and_grouped_by_issue_and_sub_issue(self):
        made = self._make_ticket(category_id=self.jam.id) | self._make_ticket(category_id=self.printer.id)
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        domain = [("id", "in", made.ids)]
        self.assertEqual(
            tickets.search([*domain, ("psa_issue_id", "=", self.printer.id)]), made.sorted("id", reverse=True)
        )
        self.assertEqual(tickets.search_count([*domain, ("psa_sub_issue_id", "=", self.jam.id)]), 1)
        rows = tickets._read_group(domain, ["psa_issue_id", "psa_sub_issue_id"], ["__count"])
        self.assertEqual(
            {(issue.id, sub.id): count for issue, sub, count in rows},
            {(self.printer.id, self.jam.id): 1, (self.printer.id, False): 1},
        )

    def test_every_change_is_tracked(self):
        ticket = self._make_ticket(category_id=self.jam.id).with_user(self.technician)
        ticket = ticket.with_context(tracking_disable=False, mail_notrack=False)
        self.flush_tracking()
        ticket.write({"psa_sub_issue_id": self.toner.id, "psa_impact": "high"})
        self.flush_tracking()
        tracked = ticket.sudo().message_ids.tracking_value_ids.mapped("field_id.name")
        self.assertIn("category_id", tracked)
        self.assertIn("psa_impact", tracked)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    # Source

    def test_source_is_set_by_the_way_the_ticket_came(self):
        tickets = self.env["helpdesk.ticket"]
        mailed = tickets.message_new(
            {"subject": "Printer", "body": "<p>x</p>", "from": "mia@example.com", "to": "", "cc": ""},
            {"team_id": self.queue.id},
        )
        self.assertEqual(mailed.channel_id, self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email"))

    def test_tickets_are_counted_by_source(self):
        sources = ("helpdesk_mgmt.helpdesk_ticket_channel_phone", "psa_helpdesk.psa_channel_fax",
                   "psa_helpdesk.psa_channel_outlook", "psa_helpdesk.psa_channel_monitoring")  # fmt: skip
        made = self.env["helpdesk.ticket"]
        for number, xmlid in enumerate(sources, start=1):
            for _ in range(number):
                made |= self._make_ticket(channel_id=self.env.ref(xmlid).id)
        rows = (
            self.env["helpdesk.ticket"]
            .with_user(self.manager)
            .formatted_read_group([("id", "in", made.ids)], ["channel_id"], ["__count"])
        )
        counts = {row["channel_id"][0]: row["__count"] for row in rows}
        self.assertEqual([counts[self.env.ref(xmlid).id] for xmlid in sources], [1, 2, 3, 4])

    # Own fields

    def test_an_own_field_of_a_queue_is_searched_grouped_and_exported(self):
        self.queue.with_user(self.manager).ticket_properties = [
            {"name": "rack", "string": "Rack", "type": "char"},
        ]
        one, other = self._make_ticket(), self._make_ticket()
        one.with_user(self.technician).properties = {"rack": "R12"}
        other.with_user(self.technician).properties = {"rack": "R7"}
        self.env.flush_all()
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        domain = [("id", "in", (one | other).ids)]
        self.assertEqual(tickets.search([*domain, ("properties.rack", "=", "R12")]), one)
        rows = tickets.formatted_read_group(domain, ["properties.rack"], ["__count"])
        self.assertEqual({row["properties.rack"]: row["__count"] for row in rows}, {"R12": 1, "R7": 1})
        self.technician.group_ids += self.env.ref("base.group_allow_export")
        exported = (one | other).with_user(self.technician).export_data(["number", "properties.rack"])
        self.assertEqual([row[1] for row in exported["datas"]], ["R12", "R7"])
