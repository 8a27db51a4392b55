from odoo import api, models


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
        records = self.env[model]
        return [records.search_count(domain) for domain in domains]
