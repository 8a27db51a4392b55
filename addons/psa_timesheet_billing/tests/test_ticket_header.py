from lxml import etree

from odoo.tests import tagged

from .common import PsaTimeCase

# What a technician does with a ticket, in the order in which a phone offers it: the first that is shown is the only
# button there. Action or method, and its key.
ORDER = [
    ("action_psa_acknowledge", None),
    ("action_psa_start_timer", "t"),
    ("action_psa_stop_timer", "t"),
    ("action_take", None),
    ("action_psa_log_time", "l"),
    ("action_psa_book_call", "g"),
    ("action_wait_for_customer", "w"),
    ("psa_helpdesk.psa_ticket_escalate_action", "k"),
    ("action_close", "y"),
    ("action_reopen", None),
    ("action_open_duplicate_wizard", None),
]


@tagged("post_install", "-at_install")
class TestTicketHeader(PsaTimeCase):
    def _read_header(self, user):
        """[(name, key)] of the buttons in the header of the ticket's form, all addons put together."""
        views = self.env["helpdesk.ticket"].with_user(user)
        view = self.env.ref("psa_helpdesk.psa_ticket_view_form")
        arch = etree.fromstring(views.get_view(view.id, "form")["arch"])
        escalate = str(self.env.ref("psa_helpdesk.psa_ticket_escalate_action").id)
        return [
            (
                "psa_helpdesk.psa_ticket_escalate_action"
                if button.get("name") == escalate
                else button.get("name"),
                button.get("data-hotkey"),
            )
            for button in arch.findall("./header/button")
        ]

    def test_the_buttons_stand_in_the_order_of_need(self):
        self.assertEqual(self._read_header(self.joe), ORDER)

    def test_no_two_buttons_that_show_together_have_one_key(self):
        keys = [key for name, key in self._read_header(self.joe) if key and name != "action_psa_stop_timer"]
        self.assertEqual(len(keys), len(set(keys)))

    def test_a_contractor_has_what_he_may_do_in_the_same_order(self):
        header = self._read_header(self.carl)
        self.assertEqual(header, [button for button in ORDER if button in header])
        self.assertIn(("action_psa_start_timer", "t"), header)
        self.assertNotIn(("psa_helpdesk.psa_ticket_escalate_action", "k"), header)
