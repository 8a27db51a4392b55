import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# More figures than any list of ours shows above it.
MOST_FIGURES = 20


class PsaBand(models.AbstractModel):
    """The figures above a list (`static/src/psa_band`): how many records each of its filters finds."""

    _name = "psa.band"
    _description = "Figures above a list"

    @api.model
    def count(self, model, domains):
        """Count the records of `model` that the present user finds with each of `domains`, in one call.

        :param str model: technical name
        :param list domains: the domains of the filters, as the search view has them
        :return: one number a domain, in the same order
        """
        if not isinstance(model, str) or model not in self.env:
            raise self._explain_unreadable()
        if not isinstance(domains, list) or len(domains) > MOST_FIGURES:
            raise self._explain_unreadable()
        records = self.env[model]
        records.check_access("read")
        return [self._count_one(records, domain) for domain in domains]

    @api.model
    def _count_one(self, records, domain):
        """The filters come from a view, but anybody may call with a domain that means nothing here."""
        try:
            domain = Domain(domain)
            domain.validate(records)
            return records.search_count(domain)
        except (TypeError, ValueError, psycopg2.DataError):
            raise self._explain_unreadable() from None

    @api.model
    def _explain_unreadable(self):
        return UserError(self.env._("This request cannot be read. Reload the page."))
