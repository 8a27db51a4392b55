"""From free items to native invoices, a batch at a time."""

from collections import defaultdict
from itertools import islice

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..guarded import OURS
from ..logic.invoice_layout import TIME_KINDS, lay_out
from .psa_billing_run import BATCH
from .psa_billing_run_collect import CUSTOMER_PROBLEMS


class PsaBillingRun(models.Model):
    _inherit = "psa.billing.run"

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def _bill_batch(self):
        """Make up to BATCH invoices.

        :return: how many are still to be made; at 0 the run is finished
        """
        self.ensure_one()
        waiting = self._get_open_groups()
        batch = dict(islice(waiting.items(), BATCH))
        if batch:
            self._bill_groups(self._take_items(batch))
        remaining = len(waiting) - len(batch) or len(self._get_open_groups())
        if remaining:
            self._set_state("running", remaining_count=remaining)
        else:
            self._finish()
        return remaining

    def _get_open_groups(self):
        """{(partner id, currency id, invoice key): contract ids} still to be billed; one query.

        A customer with a problem in this run is left alone until somebody presses Retry.
        """
        rows = self.env["psa.billing.item"]._read_group(
            self._get_item_domain(), ["partner_id", "currency_id", "contract_id"]
        )
        failed = {(row.partner_id.id, row.currency_id.id, row.invoice_key) for row in self.problem_ids}
        groups = defaultdict(list)
        for partner, currency, contract in rows:
            key = (partner.id, currency.id, self._get_invoice_key(contract))
            if key not in failed:
                groups[key].append(contract.id)
        return dict(sorted(groups.items()))

    def _get_invoice_key(self, contract):
        """What keeps a contract off the customer's common invoice: its order, where it wants one of its own."""
        return (contract.purchase_order or contract.number) if contract.is_invoiced_alone else ""

    def _take_items(self, groups):
        """The free items of these groups, locked, by group."""
        items = self.env["psa.billing.item"].search(
            [
                *self._get_item_domain(),
                ("partner_id", "in", list({partner for partner, _currency, _key in groups})),
                ("contract_id", "in", list({contract for ids in groups.values() for contract in ids})),
            ]
        )
        locked = set(items.try_lock_for_update(allow_referencing=True).ids)
        mine = items.filtered(lambda item: item.id in locked)
        taken = defaultdict(lambda: self.env["psa.billing.item"])
        for (partner, currency, contract), members in mine.grouped(
            lambda item: (item.partner_id, item.currency_id, item.contract_id)
        ).items():
            key = (partner.id, currency.id, self._get_invoice_key(contract))
            if key in groups:
                taken[key] |= members
        return taken

    def _bill_groups(self, groups):
        """All in one savepoint, which is fast; where that fails one by one, so that one customer stops no other."""
        try:
            with self.env.cr.savepoint():
                self._make_moves(groups)
        except CUSTOMER_PROBLEMS:
            for key, items in groups.items():
                self._bill_group(key, items)

    def _bill_group(self, key, items):
        try:
            with self.env.cr.savepoint():
                self._make_moves({key: items})
        except CUSTOMER_PROBLEMS as problem:
            self._note_problem(key, self._describe_problem(key, problem))

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    def _make_moves(self, groups):
        """Create the invoices of these groups in one call and link their items."""
        vals_list, plans = [], []
        for key, members in groups.items():
            items = self._get_within_order(key, members)
            sections = lay_out(item._get_layout_entry() for item in items)
            vals_list.append(self._prepare_move(items, sections))
            plans.append([line for section in sections for line in section.lines])
        moves = self.env["account.move"].with_context(**OURS).create(vals_list)
        for move, lines in zip(moves, plans, strict=True):
            products = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            for made, line in zip(products.sorted("sequence"), lines, strict=True):
                self._check_amount(made, line)
                self.env["psa.billing.item"].browse(line.keys)._link_to(made)

    def _check_amount(self, made, line):
        """The invoice bills what the items say, or nobody is billed."""
        wanted = float(line.amount) * (-1 if made.move_id.move_type == "out_refund" else 1)
        if made.currency_id.compare_amounts(made.price_subtotal, wanted):
            raise UserError(
                self.env._(
                    "'%(line)s' would be %(made)s before tax instead of %(wanted)s. A tax included in the price "
                    "cannot be used here: %(taxes)s.",
                    line=made.name,
                    made=made.currency_id.format(made.price_subtotal),
                    wanted=made.currency_id.format(wanted),
                    taxes=", ".join(made.tax_ids.mapped("name")),
                )
            )

    def _get_within_order(self, key, items):
        """Those that the customers' order numbers allow; what is held is noted, and raised when nothing is left."""
        allowed = self.env["psa.billing.item"]
        held = []
        for contract, members in items.grouped("contract_id").items():
            within = contract._get_within_purchase_order(members)
            allowed |= within
            if len(within) < len(members):
                held.append(contract._describe_purchase_order())
        if not allowed:
            raise UserError(" ".join(held))
        if held:
            self._note_problem(key, " ".join(held))
        return allowed

    def _prepare_move(self, items, sections):
        """Hook: values of one invoice, or of a credit note where the sum is below zero (Rule D9.56)."""
        partner = items.partner_id
        is_refund = sum(line.amount for section in sections for line in section.lines) < 0
        orders = {order for order in items.contract_id.mapped("purchase_order") if order}
        builder = self.with_context(lang=partner.lang or self.env.lang)
        # Without a term the host would make it due on the day of the run.
        has_term = partner.with_company(self.company_id).property_payment_term_id
        return ({} if has_term else {"invoice_date_due": self.invoice_date}) | {
            "move_type": "out_refund" if is_refund else "out_invoice",
            "partner_id": partner.id,
            "currency_id": items.currency_id.id,
            "invoice_date": self.invoice_date,
            "invoice_origin": self.name,
            "ref": ", ".join(sorted(orders)),
            "psa_billing_run_id": self.id,
            "invoice_line_ids": builder._prepare_lines(sections, -1 if is_refund else 1),
        }

    def _prepare_lines(self, sections, sign):
        labels = self._get_group_labels()
        rows = []
        for section in sections:
            contract = self.env["psa.contract"].browse(section.key[-1])
            title = contract.display_name if contract else self.env._("Work without contract")
            rows.append({"display_type": "line_section", "name": title})
            for group, lines in section.groups:
                if len(section.groups) > 1:
                    rows.append({"display_type": "line_subsection", "name": labels[group]})
                rows += [self._prepare_line(line, contract, sign) for line in lines]
        return [Command.create({**row, "sequence": place}) for place, row in enumerate(rows, start=1)]

    def _prepare_line(self, line, contract, sign):
        """Hook: values of one invoice line. Account and taxes come from the product and the fiscal position."""
        items = self.env["psa.billing.item"].browse(line.keys)
        product = self.env["product.product"].browse(line.product)
        vals = {
            "name": self._get_line_name(line, items),
            "product_id": product.id,
            "product_uom_id": self._get_uom_id(line, items, product),
            "quantity": float(line.quantity),
            "price_unit": float(line.price) * sign,
            "discount": 0.0,
            "psa_minutes": line.minutes,
            "psa_rate": float(line.rate or 0),
        }
        if contract.analytic_account_id:
            vals["analytic_distribution"] = {str(contract.analytic_account_id.id): 100}
        if not line.is_taxed:
            vals["tax_ids"] = [Command.clear()]
        return vals

    def _get_uom_id(self, line, items, product):
        """Hours and the product's own unit only where the line shows them; else it is one of its amount."""
        if line.shows_quantity and items[0].kind not in TIME_KINDS:
            return product.uom_id.id
        unit = "uom.product_uom_hour" if line.shows_quantity else "uom.product_uom_unit"
        # The cached id: `ref` would ask the database for each line.
        return self.env["ir.model.data"]._xmlid_to_res_id(unit)

    def _get_line_name(self, line, items):
        """What the customer reads, in his language: when, which ticket, what; who, where the contract says so."""
        # Of work and parts the customer reads on which ticket; everything else names its period itself.
        is_on_ticket = items[0].kind in TIME_KINDS or items[0].kind == "part"
        name = self._get_work_name(line, items) if is_on_ticket else line.names[0]
        if line.block:
            return self.env._("%(work)s (covered by %(block)s)", work=name, block=line.block)
        return name

    def _get_work_name(self, line, items):
        facts = [self._get_days_text(items), line.ref]
        if items.contract_id.shows_technician:
            facts.append(", ".join(items.user_id.sorted("id").mapped("name")))
        what = line.names[0] if len(line.names) == 1 and line.names[0] not in line.ref else ""
        about = ", ".join(fact for fact in facts if fact)
        if not what:
            return about if line.ref else self.env._("%(days)s: work", days=about)
        return self.env._("%(about)s: %(what)s", about=about, what=what)

    def _get_days_text(self, items):
        days = items.mapped("date")
        first, last = (format_date(self.env, day) for day in (min(days), max(days)))
        if first == last:
            return first
        return self.env._("%(first)s to %(last)s", first=first, last=last)

    def _get_group_labels(self):
        return {
            "recurring": self.env._("Recurring charges"),
            "block": self.env._("Blocks of hours"),
            "milestone": self.env._("Milestones"),
            "labour": self.env._("Work"),
            "overage": self.env._("Work beyond the block"),
            "covered": self.env._("Covered work"),
            "expense": self.env._("Expenses"),
            "part": self.env._("Parts"),
        }
