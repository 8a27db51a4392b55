from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic import mail_domain


class ResPartner(models.Model):
    """The mail domains of a customer: who writes from one is of this customer."""

    _inherit = "res.partner"

    psa_mail_domains = fields.Char(
        string="Mail domains",
        groups="base.group_user",
        help="A mail of an unknown sender at one of these domains becomes a ticket of this customer. The domains of the "
        "customer's own address and website count too. Separate several by commas.",
    )

    @api.constrains("psa_mail_domains")
    def _check_psa_mail_domains(self):
        for partner in self:
            for domain in mail_domain.read_listed(partner.psa_mail_domains):
                if not mail_domain.is_domain(domain):
                    raise ValidationError(
                        self.env._(
                            "%(domain)s is no mail domain. Write it like harbor-dental.com.", domain=domain
                        )
                    )
                if mail_domain.is_public(domain):
                    raise ValidationError(
                        self.env._(
                            "%(domain)s gives mailboxes to anybody: a stranger's mail would count as this customer's.",
                            domain=domain,
                        )
                    )

    def _psa_get_mail_domains(self):
        """Return the domains that are this customer's own."""
        self.ensure_one()
        return mail_domain.own_domains(self.email_normalized, self.website, self.psa_mail_domains)
