from odoo.tests import tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestContractChoice(PsaTimeCase):
    """Which contract takes an entry for which nobody chose one."""

    def test_the_service_contract_of_the_customer_takes_the_work(self):
        service = self._make_contract(is_default=True)
        self._make_contract(name="Project")
        ticket = self._make_ticket()
        self.assertEqual(ticket.psa_contract_id, service)
        self.assertEqual(self._log(psa_ticket_id=ticket.id).psa_contract_id, service)

    def test_a_contract_made_after_the_ticket_takes_the_work_too(self):
        service = self._make_contract(is_default=True)
        self.assertFalse(self.ticket.psa_contract_id)
        self.assertEqual(self._log().psa_contract_id, service)

    def test_the_contract_of_the_company_takes_the_work_for_its_people(self):
        service = self._make_contract(is_default=True)
        person = self.env["res.partner"].create({"name": "Mia", "parent_id": self.customer.id})
        self.assertEqual(self._make_ticket(partner_id=person.id).psa_contract_id, service)

    def test_several_others_are_left_to_a_person_and_it_says_so(self):
        first = self._make_contract(name="One")
        self._make_contract(name="Two")
        line = self._log()
        self.assertFalse(line.psa_contract_id)
        self.assertEqual(line.psa_cover_text, "Several contracts fit: choose one")
        self.assertTrue(line.psa_is_contract_missing)
        line.psa_contract_id = first
        self.assertFalse(line.psa_is_contract_missing)

    def test_drafts_of_contracts_take_nothing(self):
        self._make_contract(activate=False, is_default=True)
        self.assertFalse(self._log().psa_contract_id)

    def test_only_the_worked_date_decides_validity(self):
        """Rule D9.51; a contract that ended takes late work of its time."""
        ended = self._make_contract(is_default=True, date_end=day("03-15"))
        ended.action_end()
        self.assertEqual(self._log(date=day("03-15")).psa_contract_id, ended)
        self.assertFalse(self._log(date=day("03-16")).psa_contract_id)

    def test_moving_an_entry_past_the_end_of_its_contract_leaves_it(self):
        self._make_contract(is_default=True, date_end=day("03-15"))
        line = self._log(date=day("03-10"))
        self.assertTrue(line.psa_contract_id)
        line.date = day("03-16")
        self.assertFalse(line.psa_contract_id)

    def test_a_contract_chosen_by_hand_stays_while_it_is_valid(self):
        self._make_contract(is_default=True)
        other = self._make_contract(name="Project")
        line = self._log()
        line.psa_contract_id = other
        line.date = day("03-11")
        self.assertEqual(line.psa_contract_id, other)

    def test_contracts_of_another_company_take_nothing(self):
        elsewhere = self._create_company(name="Elsewhere")
        self.env.user.company_ids += elsewhere
        contract = self._make_contract(activate=False, is_default=True, company_id=elsewhere.id)
        contract.sudo().state = "active"
        self.assertFalse(self._log().psa_contract_id)

    def test_a_ticket_of_another_customer_finds_another_contract(self):
        self._make_contract(is_default=True)
        cobalt = self.env["res.partner"].create({"name": "Cobalt Freight"})
        theirs = self._make_contract(is_default=True, partner_id=cobalt.id)
        ticket = self._make_ticket()
        ticket.partner_id = cobalt
        self.assertEqual(ticket.psa_contract_id, theirs)
