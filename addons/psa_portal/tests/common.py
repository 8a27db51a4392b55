import json

from odoo import Command
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user

from odoo.addons.psa_timesheet_billing.tests.common import PsaTimeCase, day

# Each belongs to Harbor Dental alone. A page or an answer for somebody else that holds one of them is a leak.
SECRETS = (
    "Harbor secret subject",
    "Harbor secret description",
    "Harbor secret message",
    "Harbor secret work",
    "Harbor secret contract",
    "harbor-secret.txt",
    "HARBOR-SECRET-ASSET",
    "Harbor secret site",
)
# Nobody outside may ever read these.
INTERNAL = ("Inside note about margin", "Written down for Eva", "internal-secret.txt")


class PsaPortalCase(PsaTimeCase):
    """Harbor Dental with two contacts of different level, Cobalt Freight with one, and something of each kind.

    Mia sees all of her company, Leo (same company) only what is his, Ivan is another customer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.harbor = cls.customer
        cls.cobalt = cls.env["res.partner"].create({"name": "Cobalt Freight", "is_company": True})
        cls.mia = cls._make_contact("mia", cls.harbor, "company")
        cls.leo = cls._make_contact("leo", cls.harbor, "own")
        cls.ivan = cls._make_contact("ivan", cls.cobalt, "company")
        cls.site = cls._make_site(cls.harbor, "Harbor secret site")
        cls.asset = cls._make_asset(cls.harbor, "HARBOR-SECRET-ASSET", site_id=cls.site.id)
        cls.depot = cls._make_site(cls.cobalt, "Depot")
        cls.cobalt_asset = cls._make_asset(cls.cobalt, "COB-ESX1")
        cls.ticket.write(
            {
                "name": "Harbor secret subject",
                "description": "<p>Harbor secret description</p>",
                "partner_id": cls.mia.partner_id.id,
                "psa_asset_id": cls.asset.id,
                "psa_site_id": cls.site.id,
            }
        )
        cls._write_messages()
        cls._bill_work()

    @classmethod
    def _write_messages(cls):
        ticket = cls.ticket.with_user(cls.sam)
        ticket.message_post(
            body="Harbor secret message",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("harbor-secret.txt", b"Harbor secret message")],
        )
        ticket.message_post(
            body="Inside note about margin",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachments=[("internal-secret.txt", b"Inside note about margin")],
        )

    @classmethod
    def _bill_work(cls):
        """A contract with a block of one hour, 50 minutes of covered work, and the posted invoice of the block."""
        cls.contract = cls._make_contract(name="Harbor secret contract", is_default=True)
        cls.block = cls._make_block(cls.contract, 1, price=120.0)
        cls.line = cls._log_approved(50, name="Harbor secret work")
        cls._items(cls.line).sudo().write({"state": "approved", "reason": "Written down for Eva"})
        cls.invoice = cls._bill("03-31")
        cls.invoice.action_post()

    @classmethod
    def _make_contact(cls, login, customer, level):
        """Somebody who may sign in to the portal; the password is the login."""
        user = new_test_user(
            cls.env,
            f"portal_{login}",
            "base.group_portal",
            name=login.title(),
            email=f"{login}@example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="America/New_York",
        )
        user.partner_id.write({"parent_id": customer.id, "psa_portal_level": level})
        return user

    @classmethod
    def _make_site(cls, customer, name):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": customer.id, "psa_is_site": True, "type": "other"}
        )

    @classmethod
    def _make_asset(cls, customer, name, **values):
        return cls.env["psa.asset"].create(
            {"name": name, "partner_id": customer.id, "company_id": cls.company.id, **values}
        )


class PsaPortalHttpCase(PsaPortalCase, HttpCase):
    """The same world behind a web server."""

    def _sign_in(self, user):
        if user:
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)

    def _get(self, url, **kw):
        return self.url_open(url, **kw)

    def _post(self, url, files=None, **data):
        data["csrf_token"] = Request.csrf_token(self)
        return self.url_open(url, data=data, files=files, allow_redirects=False)

    def _jsonrpc(self, url, **params):
        answer = self.url_open(
            url, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"}
        )
        return answer.json()

    def assertNoSecret(self, text, where):
        for secret in (*SECRETS, *INTERNAL):
            self.assertNotIn(secret, text, f"{where} tells a secret")


__all__ = ["INTERNAL", "SECRETS", "PsaPortalCase", "PsaPortalHttpCase", "day"]
