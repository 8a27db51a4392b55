from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain

from ..logic import explain, labour, rates, rating, rounding

FIXED_BY_INVOICE = Domain("is_billed", "=", True) | Domain("is_credited", "=", True)
FIXED_BY_PERSON = Domain("is_adjusted", "=", True) | Domain("state", "=", "written_off")


class AccountAnalyticLine(models.Model):
    """From approved time to billing items: the ORM side of `logic/labour.py`."""

    _inherit = "account.analytic.line"

    # ------------------------------------------------------------------
    # Which entries
    # ------------------------------------------------------------------

    @api.model
    def _psa_get_open_domain(self):
        """Approved time of ours of which something may still change in the ledger."""
        return [
            ("psa_state", "=", "approved"),
            ("psa_is_settled", "=", False),
            ("project_id", "!=", False),
            "|",
            ("psa_ticket_id", "!=", False),
            ("psa_contract_id", "!=", False),
        ]

    def _psa_collect(self):
        """Rate everything that shares a contract, or a customer without one, with these entries."""
        # sudo: rating reads rates and blocks; who may approve was checked by the caller.
        lines = self.sudo().filtered(lambda line: line._psa_is_service_time())
        lines.psa_contract_id._psa_collect_labour()
        loose = lines.filtered(lambda line: not line.psa_contract_id and line.psa_customer_id)
        for (company, customer), _lines in sorted(
            loose.grouped(lambda line: (line.company_id, line.psa_customer_id)).items(),
            key=lambda group: (group[0][0].id, group[0][1].id),
        ):
            self._psa_lock_customer(customer)
            self.sudo()._psa_collect_group(self.env["psa.contract"].sudo(), company, customer)

    @api.model
    def _psa_lock_customer(self, customer):
        """Without a contract the customer's row stands for what is rated together."""
        try:
            customer.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(
                self.env._("Work for this customer is being rated by somebody else. Try again in a moment.")
            ) from error

    def _psa_rate_again(self, vals):
        """An approver changed what approved time bills: rate it at once, also under the contract it left."""
        if not {"psa_contract_id", "psa_role_id", "psa_work_type_id"} & vals.keys() and not any(
            name.startswith("psa_bill_") for name in vals
        ):
            return
        approved = self.filtered(lambda line: line.psa_state == "approved")
        if approved and not self.env.su:
            # sudo: as in _psa_collect.
            items = approved.sudo().psa_item_ids
            left = items.contract_id - approved.sudo().psa_contract_id
            items._open_again()
            approved._psa_collect_again(left)

    def _psa_collect_again(self, left):
        """Rate these entries, whose contract may have changed, and the contracts they `left`."""
        # sudo: as in _psa_collect.
        lines = self.sudo()
        gone = lines.filtered(lambda line: not line._psa_is_service_time())
        self.env["psa.billing.item"]._withdraw(self._name, gone.ids)
        lines._psa_collect()
        left._psa_collect_labour()

    # ------------------------------------------------------------------
    # Rating one contract, or one customer without a contract. Superuser from here on.
    # ------------------------------------------------------------------

    @api.model
    def _psa_collect_group(self, contract, company, customer):
        """Rate all open time of `contract` (may be empty: of `customer` at standard terms) into the ledger."""
        entries = self._psa_search_group(contract, company, customer)
        decided = entries._psa_get_decided()
        open_lines = entries - decided
        waiting = decided._psa_get_waiting_items()
        if not open_lines and not waiting:
            return self.env["psa.billing.item"]
        pieces = self._psa_rate(open_lines, waiting, contract, company, customer)
        return open_lines._psa_store(pieces, waiting, contract)

    @api.model
    def _psa_search_group(self, contract, company, customer):
        domain = [*self._psa_get_open_domain(), ("company_id", "=", company.id)]
        return self.search([*domain, *self._psa_get_group_domain(contract, customer)])

    @api.model
    def _psa_get_group_domain(self, contract, customer):
        """Time of one contract, or of one customer without any."""
        domain = [("psa_contract_id", "=", contract.id)]
        return domain if contract else [*domain, ("psa_customer_id", "=", customer.id)]

    def _psa_with_items(self, domain):
        """Those that have a billing item of `domain`."""
        own = Domain("source_model", "=", self._name) & Domain("source_id", "in", self.ids)
        rows = self.env["psa.billing.item"]._read_group(own & domain, ["source_id"])
        found = {source_id for (source_id,) in rows}
        return self.filtered(lambda line: line.id in found)

    def _psa_get_decided(self):
        """Those of which an invoice or a person has settled a part: their figures and draws stay (Rule D9.26)."""
        return self._psa_with_items(FIXED_BY_INVOICE | FIXED_BY_PERSON)

    def _psa_get_waiting_items(self):
        """Of decided entries, the parts that rating itself holds: a block bought since may cover them (Rule D9.30)."""
        own = Domain("source_model", "=", self._name) & Domain("source_id", "in", self.ids)
        items = self.env["psa.billing.item"].search(own & Domain("state", "=", "on_hold"))
        return items.filtered(
            lambda item: not item._is_settled() and item._is_held_by_rating() and item._find_step("uncovered")
        )

    @api.model
    def _psa_rate(self, lines, waiting, contract, company, customer):
        """The pieces of `lines` on the terms of `contract`, or on standard terms where it is empty.

        :param waiting: items of other entries that ask for cover again, see `_psa_get_waiting_items`
        :return: list of `logic.rating.Piece`, key = id of the line
        """
        currency = contract.currency_id or company.currency_id
        rests = self.browse(waiting.mapped("source_id"))
        days = set((lines | rests).mapped("date"))
        table = self.env["psa.rate"]._psa_get_table(company, currency, contract, customer, days)
        entries = lines._psa_get_entries() + rests._psa_get_rests(waiting)
        policy = contract._psa_get_policy() if contract else company._psa_get_rounding()
        billed = lines._psa_get_peers(contract, customer, policy, FIXED_BY_INVOICE)
        if not contract:
            terms = rating.Terms(table, unit=Decimal(str(currency.rounding)))
            return labour.collect(entries, policy, terms, billed=billed)
        rewritten = Domain("source_model", "=", self._name) & Domain("source_id", "in", lines.ids)
        blocks = contract._psa_get_blocks(contract._get_frozen_draws(rewritten))
        return labour.collect(entries, policy, contract._psa_get_terms(table), blocks, billed)

    def _psa_get_entries(self):
        """These lines as `logic/labour.py` sees them."""
        work_types = {work_type: work_type._psa_get_terms() for work_type in self.psa_work_type_id}
        return [
            labour.Entry(
                key=line.id or 0,  # a line that is only being typed comes last
                minutes=line.psa_minutes,
                asked=rates.Asked(
                    worked_date=line.date or fields.Date.context_today(line),
                    role=line.psa_role_id.id or None,
                    work_type=work_types.get(line.psa_work_type_id),
                    approved_rate=Decimal(str(line.psa_bill_rate)) if line.psa_bill_rate else None,
                ),
                start=line.psa_start_at or None,
                end=line.psa_end_at or None,
                # The code people know first; the number keeps two of one name apart.
                employee=f"{line.employee_id.barcode or line.employee_id.name} {line.employee_id.id}",
                ticket=line.psa_ticket_id.number or "",
                role_name=line.psa_role_id.name or "",
                approved_minutes=line.psa_bill_minutes if line.psa_bill_minutes_set else None,
            )
            for line in self
        ]

    def _psa_get_rests(self, waiting):
        """The waiting parts of these entries as `logic/labour.py` sees them: the other parts stay as they are."""
        entries = {entry.key: entry for entry in self._psa_get_entries()}
        return [
            replace(entries[item.source_id], rest=item._psa_get_rest(self.browse(item.source_id)))
            for item in waiting
        ]

    def _psa_get_peers(self, contract, customer, policy, fixed):
        """Other entries of the same tickets or days, with their minutes to bill (Rules D9.7 and D9.9).

        :param fixed: domain of items that tells which count; what a person changed or wrote off never does
        """
        if policy.scope is rounding.Scope.ENTRY:
            return []
        domain = [
            ("psa_state", "=", "approved"),
            ("id", "not in", self.ids),
            ("company_id", "in", self.company_id.ids),
            *self._psa_get_group_domain(contract, customer),
        ]
        if policy.scope is rounding.Scope.TICKET:
            domain.append(("psa_ticket_id", "in", self.psa_ticket_id.ids))
        else:
            domain += [
                ("employee_id", "in", self.employee_id.ids),
                ("date", "in", list(set(self.mapped("date")))),
            ]
        peers = self.search(domain)._psa_with_items(fixed)
        counted = peers - peers._psa_with_items(FIXED_BY_PERSON)
        return list(zip(counted._psa_get_entries(), counted.mapped("psa_bill_minutes"), strict=True))

    @api.model
    def _psa_get_reserved(self, contracts):
        """What drafts and submitted time of these contracts would draw, in hundredths by block id (Rule D9.23)."""
        drafts = self.search(
            [
                ("psa_contract_id", "in", contracts.filtered("block_ids").ids),
                ("psa_state", "!=", "approved"),
                ("psa_minutes", ">", 0),
            ]
        )
        reserved = {}
        for contract, lines in drafts.grouped("psa_contract_id").items():
            policy = contract._psa_get_policy()
            earlier = labour.earlier_of(
                lines._psa_get_peers(contract, False, policy, Domain.TRUE), policy.scope
            )
            blocks = contract._psa_get_blocks(contract._psa_get_draws())
            reserved |= labour.reserved(lines._psa_get_entries(), policy, blocks, earlier)
        return reserved

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    def _psa_store(self, pieces, waiting, contract):
        """Bring the pieces of these lines, and of what was `waiting`, into the ledger; what is gone is taken out."""
        ledger = self.env["psa.billing.item"]
        held = self._psa_get_held_keys() | {ledger._get_key(item) for item in waiting}
        lines = self.browse([piece.key for piece in pieces])
        vals_list = [line._prepare_item(piece, contract) for line, piece in zip(lines, pieces, strict=True)]
        items = ledger._collect(vals_list, complete={self._name: self.ids})
        for item, piece in zip(items, pieces, strict=True):
            item._psa_apply_problem(piece, contract, ledger._get_key(item) in held)
        # Entries of which a part is settled are not rewritten as a whole: only what waited may be gone.
        (waiting - items)._remove_open()
        self._psa_note_minutes(pieces)
        return items

    def _psa_get_held_keys(self):
        """Keys of items that rating itself put on hold, and may release again."""
        ledger = self.env["psa.billing.item"]
        items = ledger.search(
            [("source_model", "=", self._name), ("source_id", "in", self.ids), ("state", "=", "on_hold")]
        )
        return {ledger._get_key(item) for item in items if item._is_held_by_rating()}

    def _psa_note_minutes(self, pieces):
        """Write the minutes to bill onto the entries, unless an approver set them."""
        quantities = {}
        for piece in pieces:
            quantities[piece.key] = quantities.get(piece.key, 0) + piece.minutes_quantity
        changed = self.filtered(
            lambda line: not line.psa_bill_minutes_set and line.psa_bill_minutes != quantities.get(line.id, 0)
        )
        for minutes, lines in changed.grouped(lambda line: quantities.get(line.id, 0)).items():
            lines.write({"psa_bill_minutes": minutes})

    def _prepare_item(self, piece, contract):
        """Hook: values of the billing item that `piece` of this entry becomes."""
        self.ensure_one()
        product = self.psa_work_type_id.product_id
        if piece.cover is rating.Cover.OVERAGE:
            product = product.browse()
        return {
            "kind": piece.kind,
            "source_model": self._name,
            "source_id": self.id,
            "part": piece.part,
            "contract_id": contract.id,
            "partner_id": (contract._get_billed_partner() if contract else self.psa_customer_id).id,
            "company_id": self.company_id.id,
            "currency_id": (contract.currency_id or self.company_id.currency_id).id,
            "user_id": self.user_id.id,
            "role_id": self.psa_role_id.id,
            "work_type_id": self.psa_work_type_id.id,
            "product_id": product.id,
            "date": self.date,
            "name": self.name if self.name != "/" else self.psa_ticket_id.name or self.project_id.name,
            "work_text": self.name,
            "work_ref": self.psa_ticket_id.display_name or self.task_id.name or self.project_id.name,
            "minutes_worked": piece.minutes_worked,
            "minutes_billed": piece.minutes_billed,
            "rate": float(piece.hourly or 0),
            "price_unit": float(piece.amount),
            "amount": float(piece.amount),
            "cover": piece.cover.value,
            "block_id": piece.block,
            "draw_hundredths": piece.drawn,
            "derivation": explain.derivation(piece, self.date, self._prepare_derivation_context()),
            "state": "draft" if self._psa_needs_review(piece, contract) else "approved",
        }

    @api.model
    def _psa_needs_review(self, piece, contract):
        """Where time and billing are approved apart, somebody looks at all that may reach an invoice."""
        return (
            contract.psa_approval_mode in (False, "manual") and piece.cover is not rating.Cover.NON_BILLABLE
        )

    def _prepare_derivation_context(self):
        """Hook: the facts that are told beside the steps; plain JSON."""
        self.ensure_one()
        return {
            "ticket": self.psa_ticket_id.number or False,
            "user": self.user_id.name or False,
            "role": self.psa_role_id.name or False,
            "work_type": self.psa_work_type_id.name or False,
            "approved_by": self.psa_approved_by_id.name or False,
        }
