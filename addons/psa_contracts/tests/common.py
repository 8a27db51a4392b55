from datetime import date
from itertools import count

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

HOUR = 60


def day(text):
    """`03-16` is 16 March 2026, the year all tests live in."""
    return date.fromisoformat(f"2026-{text}")


class PsaContractsCase(AccountTestInvoicingCommon):
    """A company with a chart of accounts, a sales tax of 20 %, the roles of billing, and factories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.currency = cls.company.currency_id
        cls.tax = cls.tax_sale_a
        cls.tax.amount = 20
        cls.labour, cls.overage, cls.managed, cls.block_product = (
            cls.env.ref(f"psa_contracts.product_product_{name}")
            for name in ("labour", "overage", "managed_service", "block")
        )
        products = cls.labour + cls.overage + cls.managed + cls.block_product
        products.write({"taxes_id": [Command.set(cls.tax.ids)]})
        cls.technician_role = cls.env.ref("psa_contracts.project_role_technician")
        cls.remote = cls.env.ref("psa_contracts.psa_work_type_remote")
        cls._make_rate(100)
        cls.customer = cls.env["res.partner"].create({"name": "Harbor Dental", "is_company": True})
        cls.technician = cls._make_user("technician", "psa_contracts.psa_contracts_group_user")
        cls.approver = cls._make_user("approver", "psa_contracts.psa_contracts_group_approver")
        cls.second_approver = cls._make_user("approver2", "psa_contracts.psa_contracts_group_approver")
        cls.biller = cls._make_user(
            "biller", "psa_contracts.psa_contracts_group_biller,account.group_account_invoice"
        )
        cls.manager = cls._make_user("manager", "psa_contracts.psa_contracts_group_manager")
        cls.accountant = cls._make_user("accountant", "account.group_account_user")
        cls._source_ids = count(1)

    @classmethod
    def _make_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"psa_contracts_{login}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            email=f"{login}@example.com",
        )

    @classmethod
    def _make_contract(cls, activate=True, **values):
        defaults = {
            "name": "Services",
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "date_start": day("01-01"),
            "owner_id": cls.approver.id,
            "is_default": False,
        }
        contract = cls.env["psa.contract"].create({**defaults, **values})
        if activate:
            contract.action_activate()
        return contract

    @classmethod
    def _make_rate(cls, amount, **values):
        defaults = {"role_id": cls.technician_role.id, "company_id": cls.company.id}
        return cls.env["psa.rate"].create({**defaults, "amount": amount, **values})

    @classmethod
    def _make_charge(cls, contract, price, **values):
        return cls.env["psa.contract.charge"].create(
            {"contract_id": contract.id, "name": "Managed services", "price_unit": price, **values}
        )

    @classmethod
    def _make_block(cls, contract, hours, price=0.0, **values):
        defaults = {"date_start": day("01-01")}
        return cls.env["psa.contract.block"].create(
            {"contract_id": contract.id, "minutes": hours * HOUR, "price_hour": price, **defaults, **values}
        )

    @classmethod
    def _make_work(cls, contract, minutes=60, rate=100.0, **values):
        """One labour item, as a collector of time would hand it in."""
        return cls.env["psa.billing.item"]._collect([cls._work_values(contract, minutes, rate, **values)])

    @classmethod
    def _work_values(cls, contract, minutes=60, rate=100.0, **values):
        partner = contract.partner_id or cls.customer
        currency = contract.currency_id or cls.currency
        return {
            "kind": "labour",
            "source_model": "psa.test.entry",
            "source_id": values.pop("source_id", None) or next(cls._source_ids),
            "contract_id": contract.id,
            "partner_id": partner.id,
            "company_id": (contract.company_id or cls.company).id,
            "currency_id": currency.id,
            "date": day("03-10"),
            "name": "Printer fixed",
            "minutes_worked": minutes,
            "minutes_billed": minutes,
            "rate": rate,
            "amount": currency.round(minutes * rate / 60),
            "product_id": cls.labour.id,
            "work_type_id": cls.remote.id,
            "role_id": cls.technician_role.id,
            "user_id": cls.technician.id,
            "derivation": {
                "version": 1,
                "steps": [
                    {"do": "worked", "rule": "D9.1", "why": f"{minutes} min worked"},
                    {"do": "money", "rule": "D9.18", "why": f"{minutes} min x {rate}"},
                ],
            },
            "state": "approved",
            **values,
        }

    @classmethod
    def _make_run(cls, cutoff, user=None, **values):
        user = user or cls.biller
        return (
            cls.env["psa.billing.run"]
            .with_user(user)
            .create({"cutoff_date": day(cutoff), "invoice_date": day(cutoff), **values})
        )

    @classmethod
    def _bill(cls, cutoff, user=None, **values):
        """Run the billing up to a day and return the invoices, readable by the test."""
        run = cls._make_run(cutoff, user, **values)
        run.action_run()
        return run.sudo().move_ids

    def _lines(self, move):
        """The priced lines of an invoice as (quantity, price, subtotal)."""
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product").sorted("sequence")
        return [(line.quantity, line.price_unit, line.price_subtotal) for line in lines]

    def _count_queries(self, action):
        """Queries of `action(10)` and `action(20)`, after a first call has filled the caches of the registry."""
        counts = []
        for number in (1, 10, 20):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            action(number)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        return counts[1:]

    @classmethod
    def _snapshot(cls, items):
        """All that is stored of these items, for before-and-after comparisons."""
        names = [
            name
            for name, field in items._fields.items()
            if field.store
            and field.type != "one2many"
            and name not in ("write_date", "write_uid", "is_credited")
        ]
        items.flush_recordset()
        items.invalidate_recordset()
        return [tuple(str(item[name]) for name in names) for item in items]
