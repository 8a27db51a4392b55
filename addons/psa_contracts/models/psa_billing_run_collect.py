"""Collecting for a run: everything up to its day comes into the ledger, and one customer stops no other."""

import logging

import psycopg2

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError

_logger = logging.getLogger(__name__)

# What is wrong with one customer's figures; anything else is wrong with the run and stops it.
CUSTOMER_PROBLEMS = (
    UserError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    psycopg2.IntegrityError,
    psycopg2.DataError,
)


class PsaBillingRun(models.Model):
    _inherit = "psa.billing.run"

    def _prepare_collect(self, cutoff):
        """Hook: bring everything up to `cutoff` (included) into the ledger before this run takes it.

        Called once when a run starts. An addon with sources of its own extends it; whatever it does must be
        idempotent, and goes through `_collect_apart` so that one customer stops no other. Here: recurring charges and
        the sale of blocks.
        """
        self.ensure_one()
        groups = self._get_contracts().grouped(lambda contract: contract._get_problem_key(self))
        self._collect_apart(groups, lambda contracts: self._collect_contracts(contracts, cutoff))

    def _collect_contracts(self, contracts, cutoff):
        charges = contracts.charge_ids
        self.env["psa.billing.item"]._collect(
            charges._prepare_items(cutoff) + contracts.block_ids._prepare_sale_items(cutoff),
            complete={charges._name: charges.ids},
            until=cutoff,
        )

    def _collect_apart(self, groups, collect):
        """Call `collect` with all records of `groups`, which is fast; where that fails group by group.

        A group that fails is noted as a problem: this run makes no invoice for that customer.

        :param groups: {(partner id, currency id, invoice key): records}
        """
        records = list(groups.values())
        if not records:
            return
        try:
            self._collect_safely(records[0].union(*records[1:]), collect)
        except CUSTOMER_PROBLEMS:
            _logger.info("%s: collecting failed, now customer by customer", self.name)
            for key, members in groups.items():
                self._collect_group(key, members, collect)

    def _collect_group(self, key, members, collect):
        try:
            self._collect_safely(members, collect)
        except CUSTOMER_PROBLEMS as problem:
            self._note_problem(key, self._describe_problem(key, problem))

    def _collect_safely(self, records, collect):
        """All of it or nothing; where another run was faster the whole run looks again, with its work in sight."""
        try:
            with self.env.cr.savepoint():
                collect(records)
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("two billing runs collect at once") from error

    def _describe_problem(self, key, problem):
        """What went wrong, for whom it may concern. What nobody foresaw stands in the log with its place."""
        if isinstance(problem, UserError):
            _logger.info("%s: partner %s is not billed: %s", self.name, key[0], problem)
            return str(problem)
        _logger.warning("%s: partner %s is not billed", self.name, key[0], exc_info=problem)
        return self.env._(
            "Cannot be reckoned (%(why)s). Tell your administrator: the log says where.", why=repr(problem)
        )

    def _note_problem(self, key, reason):
        partner_id, currency_id, invoice_key = key
        self.env["psa.billing.run.problem"].create(
            {
                "run_id": self.id,
                "partner_id": partner_id,
                "currency_id": currency_id,
                "invoice_key": invoice_key,
                "reason": reason,
            }
        )
