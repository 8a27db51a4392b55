from decimal import Decimal

from odoo import api, models
from odoo.exceptions import LockError

from ..logic import explain, labour, rates, rating, rounding

PROBLEM_STEPS = ("no_rate", "hold")
BILLED = ("psa_is_billed", "=", True)
APPROVED = ("psa_state", "=", "approved")


class AccountAnalyticLine(models.Model):
    """From approved time to billing items: the ORM side of `logic/labour.py`."""

    _inherit = "account.analytic.line"

    # ------------------------------------------------------------------
    # Which entries
    # ------------------------------------------------------------------

    @api.model
    def _psa_get_open_domain(self):
        """Approved time of ours that is on no invoice."""
        return [
            ("psa_state", "=", "approved"),
            ("psa_is_billed", "=", False),
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
            left = approved.sudo().psa_item_ids.contract_id - approved.sudo().psa_contract_id
            approved._psa_collect()
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
        if not open_lines:
            return self.env["psa.billing.item"]
        pieces = self._psa_rate(open_lines, decided, contract, company, customer)
        return open_lines._psa_store(pieces, contract)

    @api.model
    def _psa_search_group(self, contract, company, customer):
        domain = [*self._psa_get_open_domain(), ("company_id", "=", company.id)]
        if contract:
            return self.search([*domain, ("psa_contract_id", "=", contract.id)])
        lines = self.search(
            [*domain, ("psa_contract_id", "=", False), ("partner_id.commercial_partner_id", "=", customer.id)]
        )
        return lines.filtered(lambda line: line.psa_customer_id == customer)

    def _psa_get_decided(self):
        """Those of which a person changed or wrote off a part: their figures and draws stay (Rule D9.26)."""
        items = self.env["psa.billing.item"]
        domain = [("source_model", "=", self._name), ("source_id", "in", self.ids)]
        decided = ["|", ("is_adjusted", "=", True), ("state", "=", "written_off")]
        return self.browse(
            [source_id for (source_id,) in items._read_group([*domain, *decided], ["source_id"])]
        )

    @api.model
    def _psa_rate(self, lines, decided, contract, company, customer):
        """The pieces of `lines` on the terms of `contract`, or on standard terms where it is empty.

        :param decided: approved entries of the same group that keep their figures
        :return: list of `logic.rating.Piece`, key = id of the line
        """
        currency = contract.currency_id or company.currency_id
        days = set(lines.mapped("date"))
        table = self.env["psa.rate"]._psa_get_table(company, currency, contract, customer, days)
        entries = lines._psa_get_entries()
        if not contract:
            terms = rating.Terms(table, unit=Decimal(str(currency.rounding)))
            policy = company._psa_get_rounding()
            billed = lines._psa_get_peers(contract, policy, BILLED)
            return labour.collect(entries, policy, terms, billed=billed)
        policy = contract._psa_get_policy()
        return labour.collect(
            entries,
            policy,
            contract._psa_get_terms(table),
            contract._psa_get_blocks(decided._psa_add_draws(contract._get_frozen_draws())),
            lines._psa_get_peers(contract, policy, BILLED),
        )

    def _psa_get_entries(self):
        """These lines as `logic/labour.py` sees them."""
        work_types = {work_type: work_type._psa_get_terms() for work_type in self.psa_work_type_id}
        return [
            labour.Entry(
                key=line.id or 0,  # a line that is only being typed comes last
                minutes=line.psa_minutes,
                asked=rates.Asked(
                    worked_date=line.date,
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

    def _psa_get_peers(self, contract, policy, *more):
        """Entries of the same tickets or days as these lines that fit `more`, with their minutes to bill (Rule D9.9)."""
        if policy.scope is rounding.Scope.ENTRY:
            return []
        domain = [
            *more,
            ("psa_contract_id", "=", contract.id),
            ("company_id", "in", self.company_id.ids),
        ]
        if policy.scope is rounding.Scope.TICKET:
            domain.append(("psa_ticket_id", "in", self.psa_ticket_id.ids))
        else:
            domain += [
                ("employee_id", "in", self.employee_id.ids),
                ("date", "in", list(set(self.mapped("date")))),
            ]
        peers = self.search(domain)
        decided = peers._psa_get_decided()
        counted = peers - decided
        minutes = counted.mapped("psa_bill_minutes")
        return list(zip(counted._psa_get_entries(), minutes, strict=True))

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
            earlier = labour.earlier_of(lines._psa_get_peers(contract, policy, APPROVED), policy.scope)
            blocks = contract._psa_get_blocks(contract._psa_get_draws())
            reserved |= labour.reserved(lines._psa_get_entries(), policy, blocks, earlier)
        return reserved

    def _psa_add_draws(self, frozen):
        """Add the open draws of these decided entries to the frozen ones: a part changed by hand holds its siblings."""
        domain = [
            ("source_model", "=", self._name),
            ("source_id", "in", self.ids),
            ("block_id", "!=", False),
            ("state", "!=", "written_off"),
            ("is_billed", "=", False),
            ("is_adjusted", "=", False),
        ]
        total = dict(frozen)
        for block, drawn in self.env["psa.billing.item"]._read_group(
            domain, ["block_id"], ["draw_hundredths:sum"]
        ):
            total[block.id] = total.get(block.id, 0) + drawn
        return total

    # ------------------------------------------------------------------
    # Storing
    # ------------------------------------------------------------------

    def _psa_store(self, pieces, contract):
        """Bring the pieces of these lines into the ledger; what they no longer have is taken out."""
        ledger = self.env["psa.billing.item"]
        lines = {line.id: line for line in self}
        held = self._psa_get_held_keys()
        vals_list = [lines[piece.key]._prepare_item(piece, contract) for piece in pieces]
        items = ledger._collect(vals_list, complete={self._name: self.ids})
        for item, piece in zip(items, pieces, strict=True):
            item._psa_apply_problem(piece, contract, (piece.key, piece.kind, piece.part) in held)
        self._psa_note_minutes(pieces)
        return items

    def _psa_get_held_keys(self):
        """Keys of items that rating itself put on hold, and may release again."""
        items = self.env["psa.billing.item"].search(
            [("source_model", "=", self._name), ("source_id", "in", self.ids), ("state", "=", "on_hold")]
        )
        return {
            (item.source_id, item.kind, item.part)
            for item in items
            if any(step["do"] in PROBLEM_STEPS for step in (item.derivation or {}).get("steps", []))
        }

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
        product = {}
        if piece.cover is not rating.Cover.OVERAGE and self.psa_work_type_id.product_id:
            product = {"product_id": self.psa_work_type_id.product_id.id}
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
            "state": "draft" if contract.psa_approval_mode in (False, "manual") else "approved",
        } | product

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
