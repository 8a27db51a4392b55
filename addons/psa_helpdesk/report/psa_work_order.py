from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from odoo.addons.psa_crm.logic.duration_text import spell_duration

from ..logic import call_stages
from ..logic.printable_html import keep_text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper: the record it is printed for, its service call (none: an empty one), and tickets the reader may see."""

    record: Any
    call: Any
    tickets: Any


class PsaWorkOrder(models.AbstractModel):
    """The paper that a technician takes along and a customer signs: in the customer's language and time zone.

    It says named facts, never records: a field that is added later is not printed by accident.
    """

    _name = "psa.work.order"
    _description = "Work order"

    @api.model
    def _get_report_values(self, docids, data=None):
        self._check_reader()
        records = self._find_records(docids)
        records.check_access("read")
        return {
            "doc_ids": records.ids,
            "doc_model": records._name,
            "docs": records,
            "orders": self._prepare_orders(self._get_sheets(records)),
        }

    @api.model
    def _find_records(self, docids):
        """Return the records of these ids. Each report says of which model."""
        raise NotImplementedError

    @api.model
    def _get_sheets(self, records):
        """Return a `Sheet` for each of these records, which the reader may read. Each report says what is on it."""
        raise NotImplementedError

    @api.model
    def _check_reader(self):
        """Refuse customers, who may read their ticket but not what else stands here."""
        if not self.env.su and not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            raise AccessError(self.env._("Work orders are printed by the people of the service desk."))

    @api.model
    def _prepare_orders(self, sheets):
        """Return the facts of each sheet, as a dictionary that the template prints.

        A hook: what puts more on the paper adds its facts here, read at once for all sheets, in `order["lang"]`.
        """
        return [self._prepare_order(sheet) for sheet in sheets]

    def _prepare_order(self, sheet):
        lang = self._find_language(sheet)
        # sudo: names, address and asset of a call and of tickets whose reader was found to be allowed to read them
        call, tickets = (
            records.sudo().with_context(lang=lang, bin_size=False) for records in (sheet.call, sheet.tickets)
        )
        order = {
            "record": sheet.record.with_context(lang=lang),
            "lang": lang,
            "company": call.company_id or tickets[:1].company_id or call.env.company,
            "number": sheet.record.number,
            "tickets": [self._prepare_ticket(ticket) for ticket in tickets],
            **self._prepare_place(call, tickets[:1]),
            **self._prepare_plan(call, tickets[:1]),
            **self._prepare_outcome(call),
        }
        is_told = order["result"] or order["outcome"] or any(one["resolution"] for one in order["tickets"])
        return order | {"is_blank": not is_told}

    @api.model
    def _find_language(self, sheet):
        """Return the language of the contact, else of the customer, else of the reader; one that is switched off is none."""
        call, ticket = sheet.call.sudo(), sheet.tickets[:1].sudo()  # as in _prepare_order
        contact = call.contact_id or ticket.partner_id
        spoken = (contact.lang, contact.commercial_partner_id.lang, self.env.lang)
        known = dict(self.env["res.lang"].get_installed())
        return next((lang for lang in spoken if lang in known), "en_US")

    @api.model
    def _prepare_place(self, call, ticket):
        """Who the customer is, where the work is done, and whom to ask there; each fact may be missing."""
        contact = call.contact_id or ticket.partner_id
        customer = call.partner_id or ticket.commercial_partner_id
        site = call.site_id or ticket.psa_site_id or customer
        address = site._display_address(without_company=True) if site else ""
        return {
            "customer": customer.name or ticket.partner_name or "",
            "site": site.name or "" if site != customer else "",
            "address": [line.strip() for line in address.splitlines() if line.strip()],
            "contact": contact.name or "" if contact != customer else "",
            "phone": contact.phone or site.phone or customer.phone or "",
        }

    @api.model
    def _prepare_plan(self, call, ticket):
        """Who works when and where."""
        people = call.technician_id | call.other_technician_ids or ticket.user_id
        places = dict(call._fields["place"]._description_selection(call.env))
        return {
            "call": call.number or "",
            "when": call._psa_say_when_to_customer() if call else "",
            "duration": spell_duration(call.minutes) if call else "",
            "place": places.get(call.place, ""),
            "technicians": ", ".join(people.mapped("name")),
        }

    @api.model
    def _prepare_outcome(self, call):
        """What came of the call, and who signed for it."""
        outcome = signed_at = ""
        if call.state == call_stages.CANCELLED:
            outcome = call.env._("This visit was cancelled.")
        elif call.state == call_stages.ABSENT:
            outcome = call.env._("We came, but nobody was there.")
        if call.signature and call.signed_at:
            signed_at = call._psa_say_moment_to_customer(call.signed_at)
        return {
            "checklist": [(line.name, line.is_done) for line in call.checklist_line_ids],
            "outcome": outcome,
            "result": call.result or "",
            "signature": call.signature,
            "signed_by": call.signed_by or "",
            "signed_at": signed_at,
        }

    @api.model
    def _prepare_ticket(self, ticket):
        asset = ticket.psa_asset_id
        return {
            "number": ticket.number,
            "name": ticket.name,
            "description": self._print_html(ticket.description),
            "asset": asset.name or "",
            "serial": asset.serial or "",
            "warranty": format_date(ticket.env, asset.warranty_end_date) if asset.warranty_end_date else "",
            "checklist": [(line.name, line.is_done) for line in ticket.psa_checklist_line_ids],
            # Before the ticket is closed it is a draft.
            "resolution": self._print_html(ticket.psa_resolution) if ticket.closed else "",
        }

    @api.model
    def _print_html(self, html):
        """Return the text of an HTML field: a picture in a mail would be fetched by the server that prints it."""
        return Markup(keep_text(html or ""))  # noqa: S704  keep_text leaves a fixed set of tags without attributes
