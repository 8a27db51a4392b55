from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestWorkflowWords(PsaWorkflowCase):
    """Conditions read as people say them, also those that are not finished, and an unfinished rule is not switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.with_user(cls.manager).ticket_properties = [
            {"name": "rack", "string": "Rack", "type": "char"},
            {"name": "keeper", "string": "Keeper", "type": "many2one", "comodel": "res.partner"},
            {"name": "traits", "string": "Traits", "type": "tags", "tags": [["hot", "Hot", 1]]},
            {"name": "bought", "string": "Bought", "type": "date"},
        ]
        cls.technician.tz = cls.manager.tz = "Europe/Berlin"

    def _draft(self, domain):
        rule = self.make_rule("created", ("priority", {"priority": "3"}), domain=domain, active=False)
        return rule.with_user(self.manager).with_context(lang="en_US", tz="Europe/Berlin")

    def _say(self, domain):
        sentence = self._draft(domain).sentence
        said = sentence.removeprefix("When a ticket is created and ").removesuffix(": Set priority: Critical")
        self.assertNotEqual(said, sentence)
        return said

    def test_conditions_of_each_kind_of_field(self):
        mia, joe = self.mia.partner_id, self.technician
        for domain, said in (
            ([("user_id", "=", False)], "Assigned to is not set"),
            ([("user_id", "!=", False)], "Assigned to is set"),
            ([("user_id", "in", joe.ids)], f"Assigned to is {joe.name}"),
            ([("user_id", "not in", joe.ids)], f"Assigned to is not {joe.name}"),
            ([("user_id", "ilike", "jo")], "Assigned to contains “jo”"),
            ([("tag_ids", "=", False)], "Tags is not set"),
            ([("priority", "in", ["2", "3"])], "Priority is High or Critical"),
            ([("name", "not ilike", "test")], "Title does not contain “test”"),
            ([("name", "=ilike", "fire%")], "Title starts with “fire”"),
            ([("psa_is_overdue", "!=", False)], "Overdue is Yes"),
            ([("psa_is_overdue", "=", False)], "Overdue is No"),
            (
                [("create_date", ">=", "today -7d"), ("create_date", "<", "today")],
                "Created on is in the last 7 days",
            ),
            (
                [("create_date", ">=", "2026-03-01 23:00:00"), ("create_date", "<=", "2026-03-02 22:59:59")],
                "Created on is between 3/2/26, 12:00\u202fAM and 3/2/26, 11:59\u202fPM",
            ),
            ([("create_date", ">", "2026-03-02 08:00:00")], "Created on is after 3/2/26, 9:00\u202fAM"),
            (
                [("partner_id", "any", [("create_date", ">=", "today"), ("create_date", "<", "today +1d")])],
                "Created on is today",
            ),
            ([("properties.keeper", "=", mia.id)], f"Keeper is {mia.display_name}"),
            ([("properties.keeper", "=", False)], "Keeper is not set"),
            ([("properties.traits", "in", "hot")], "Traits is Hot"),
            ([("properties.bought", "<", "2026-03-02")], "Bought is before 03/02/2026"),
            ([("user_id", "child_of", joe.ids)], f"Assigned to is {joe.name} or one below"),
            # Typed into the code editor: no record, and no reason to show nobody any rule.
            ([("psa_parent_id", "=", True)], "Part of is Yes"),
            ([("psa_parent_id", "=", 10**12)], "Part of is 1000000000000"),
        ):
            with self.subTest(domain):
                self.assertEqual(self._say(domain), said)

    def test_what_is_not_finished_says_so_and_keeps_the_rule_off(self):
        """As the editor leaves a condition whose field was chosen and nothing more."""
        for domain, said in (
            ([("user_id", "in", [])], "Assigned to is (choose a value)"),
            ([("user_id", "not in", [])], "Assigned to is not (choose a value)"),
            ([("user_id", "ilike", "")], "Assigned to contains (enter a text)"),
            ([("tag_ids", "in", [])], "Tags is (choose a value)"),
            ([("priority", "in", [])], "Priority is (choose a value)"),
            ([("name", "=", "")], "Title is (enter a text)"),
            ([("name", "ilike", "")], "Title contains (enter a text)"),
            ([("name", "not ilike", "")], "Title does not contain (enter a text)"),
            ([("name", "=ilike", "%")], "Title starts with (enter a text)"),
            ([("partner_id", "any", [])], "Contact is (choose a value)"),
            ([("properties.rack", "ilike", "")], "Rack contains (enter a text)"),
            ([("properties.traits", "in", "")], "Traits is (choose a value)"),
        ):
            with self.subTest(domain):
                rule = self._draft([("priority", "=", "3"), *domain])
                self.assertIn(f"and Priority is Critical and {said}:", rule.sentence)
                problem = f"The condition “{said}” is not finished. Finish it, or delete it."
                self.assertEqual((rule.warning, rule.health), (problem, "warning"))
                self.assertEqual(rule.action_check()["params"]["message"], problem)
                with self.assertRaises(ValidationError) as refused:
                    rule.action_switch_on()
                self.assertEqual(str(refused.exception), problem)
                self.assertFalse(rule.active)

    def test_a_condition_before_the_change_is_asked_for_its_value_too(self):
        rule = self.make_rule("updated", ("priority", {"priority": "3"}), active=False)
        rule.domain_before = "[('user_id', 'in', [])]"
        with self.assertRaisesRegex(ValidationError, "“Assigned to is .choose a value.” is not finished"):
            rule.active = True
        rule.domain_before = "[('user_id', '=', False)]"
        rule.active = True
        self.assertTrue(rule.active)

    def test_a_rule_that_acts_is_not_left_half_written(self):
        rule = self.make_rule("created", ("priority", {"priority": "3"}))
        with self.assertRaisesRegex(ValidationError, "not finished"):
            rule.domain = "[('name', 'ilike', '')]"

    def test_a_trace_says_what_was_missing(self):
        self.make_rule("created", ("priority", {"priority": "3"}), domain=[("user_id", "!=", False)])
        self.make_rule("created", ("priority", {"priority": "3"}), domain=[("partner_id", "=", False)])
        self.make_rule("created", ("priority", {"priority": "3"}), domain=[("name", "=ilike", "fire%")])
        self.make_rule("created", ("priority", {"priority": "3"}), domain=[("psa_is_overdue", "!=", False)])
        ticket = self._make_ticket(name="Printer is jammed", user_id=False)
        run = self.runs(ticket).with_user(self.manager).with_context(lang="en_US")
        for words in (
            "Assigned to is not set, needs a value",
            f"Contact is {ticket.partner_id.display_name}, needs no value",
            "Title is Printer is jammed, needs a text that starts with “fire”",
            "Overdue is No, needs Yes",
        ):
            self.assertIn(words, run.summary)

    def test_a_text_that_no_trace_can_hold_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no text can hold"):
            self._draft([("name", "ilike", "a\x00b")])
