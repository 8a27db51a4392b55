from odoo.fields import Datetime
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount


def _is_moment(text):
    try:
        return bool(Datetime.to_datetime(text))
    except ValueError:
        return False


class PsaPortalInvoice(PortalAccount):
    """The host's page of an invoice, with the reason for each amount."""

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        # The host has checked that this reader may see the invoice, by right or by its token.
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        return values | {
            "psa_explanation": invoice._psa_get_portal_explanation(),
            "psa_desk_company": invoice.company_id,
        }

    def _prepare_my_invoices_values(self, page, date_begin, date_end, sortby, filterby, *args, **kwargs):
        """Show the list as usual where an old or mistyped link asks for an order, filter or time there is not."""
        if sortby not in self._get_account_searchbar_sortings():
            sortby = None
        if filterby not in self._get_account_searchbar_filters():
            filterby = None
        if not (_is_moment(date_begin) and _is_moment(date_end)):
            date_begin = date_end = None
        return super()._prepare_my_invoices_values(
            page, date_begin, date_end, sortby, filterby, *args, **kwargs
        )

    def _get_account_searchbar_filters(self):
        """What is due for the whole customer; the host's "overdue" knows only what is addressed to the reader."""
        due = request.env["account.move"]._psa_get_portal_due_domain()
        return super()._get_account_searchbar_filters() | {
            "psa_due": {"label": request.env._("To pay"), "domain": list(due)}
        }
