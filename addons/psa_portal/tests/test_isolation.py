"""Another customer sees nothing: every route and every model is tried, also those that are written later."""

import inspect
import json
from itertools import product

from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import INTERNAL, SECRETS, PsaPortalHttpCase

OURS = ("odoo.addons.psa_", "odoo.addons.helpdesk_mgmt")

# How each route of ours and of the desk is tried. `{ticket}`, ... are ids of Harbor Dental.
# A route that is missing here fails the test: whoever writes one says how it is tried.
PROBES = {
    "/my": {},
    "/my/home": {},
    "/my/counters": {"json": {"counters": ["ticket_count", "psa_contract_count", "invoice_count"]}},
    "/my/tickets": {"query": "filterby=all&search=secret"},
    "/my/tickets/page/<int:page>": {"path": "/my/tickets/page/1", "query": "filterby=all"},
    "/my/tickets/new": {},
    "/new/ticket": {},
    "/my/ticket/<int:ticket_id>": {"path": "/my/ticket/{ticket}"},
    "/my/ticket/<int:ticket_id>/<access_token>": {"path": "/my/ticket/{ticket}/{foreign_token}"},
    "/my/ticket/<int:ticket_id>/unsolved": {"path": "/my/ticket/{ticket}/unsolved", "post": {"text": "hello"}},
    "/ticket/close": {"post": {"ticket_id": "{ticket}", "stage_id": "{stage}"}},
    "/submitted/ticket": {
        "post": {"subject": "Probe", "description": "x", "asset": "{asset}", "site": "{site}"},
    },
    "/my/contracts": {},
    "/my/contract/<int:contract_id>": {"path": "/my/contract/{contract}"},
    "/mail/attachment/upload": {
        "post": {"thread_model": "helpdesk.ticket", "thread_id": "{ticket}"},
        "file": "ufile",
    },
    "/mail/avatar/mail.message/<int:res_id>/author_avatar/<int:width>x<int:height>": {
        "path": "/mail/avatar/mail.message/{message}/author_avatar/50x50"
    },
    # For our own people, by a secret of each; that it is, `test_psa_oncall.py` shows.
    "/psa/page/<int:page_id>/<token>": {"path": "/psa/page/1/{foreign_token}"},
    "/psa/page/<int:page_id>/<token>/acknowledge": {"path": "/psa/page/1/{foreign_token}/acknowledge", "post": {}},
    # The host's, on documents of ours
    "/my/invoices": {},
    "/my/invoices/<int:invoice_id>": {"path": "/my/invoices/{invoice}"},
    "/my/invoices/<int:invoice_id>?html": {"path": "/my/invoices/{invoice}", "query": "report_type=html"},
    "/my/invoices/<int:invoice_id>?token": {
        "path": "/my/invoices/{invoice}", "query": "access_token={foreign_token}"
    },
    "/report/html/<ticket>": {"path": "/report/html/psa_helpdesk.psa_work_order_ticket/{ticket}"},
    "/my/timesheets": {},
    "/my/projects": {},
    "/my/tasks": {},
    "/mail/chatter_fetch": {"json": {"thread_model": "helpdesk.ticket", "thread_id": "{ticket}"}},
    "/mail/message/post": {
        "json": {
            "thread_model": "helpdesk.ticket",
            "thread_id": "{ticket}",
            "post_data": {"body": "Let me in", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
        }
    },
    "/web/content/<int:id>": {"path": "/web/content/{file}"},
    "/web/content/<int:id>?inside": {"path": "/web/content/{inside_file}"},
    "/web/image/<int:id>": {"path": "/web/image/{file}"},
}  # fmt: skip

# Doors that ask for a secret of their own, and screens of our own people; tried where they live.
OTHER_DOORS = ("/psa/alerts/v1",)

# What the methods that everybody can call are given; a name that is missing here is given None.
ARGUMENTS = {
    "vals_list": [{"name": "Taken over", "ticket_id": "{ticket}"}],
    "vals": {"name": "Taken over"},
    "fields": ["name"],
    "fields_list": ["name"],
    "values": {"name": "Taken over"},
    "field_names": ["name"],
    "fields_spec": {"name": {}},
    "msg": {"subject": "Taken over", "from": "ivan@example.com", "author_id": False},
    "message": "From: ivan@example.com\nTo: desk@example.com\nSubject: Taken over\n\nTaken over",
    "ticket_id": "{ticket}",
}
HOSTILE_CONTEXT = {
    "default_psa_state": "approved",
    "default_state": "approved",
    "default_psa_portal_level": "company",
    "psa_automation": True,
    "psa_silent": True,
}

# What a customer may learn of own documents over RPC. A new field of ours is hidden or named here.
READABLE_FIELDS = {
    "helpdesk.ticket": {
        "psa_asset_id", "psa_contact_phone", "psa_is_open", "psa_is_overdue", "psa_is_waiting", "psa_needs_reply",
        "psa_news_at", "psa_resolved_at", "psa_site_id", "psa_sla_due_at", "psa_sla_kind", "psa_sla_left_minutes", "psa_sla_state",
        "psa_started_at", "psa_warranty_end_date",
        # what the customer said, or is told: no secrets
        "psa_converted_at", "psa_impact", "psa_issue_id", "psa_resolution", "psa_sub_issue_id", "psa_urgency",
    },
    "helpdesk.ticket.team": {
        "psa_needs_asset", "psa_needs_checklist", "psa_needs_closed_children", "psa_needs_resolution", "psa_needs_time",
        "psa_needs_vendor_ref",
    },
    "helpdesk.ticket.stage": {"psa_counts_as_response", "psa_sla_event"},
    "res.partner": {"psa_is_site", "psa_site_ids", "psa_site_ticket_ids", "psa_ticket_ids"},
    "res.users": {
        "psa_is_automation", "psa_is_site", "psa_site_ids", "psa_site_ticket_ids", "psa_ticket_ids",
    },
    "account.move": {"psa_billing_run_id", "psa_item_count", "psa_items_freed", "psa_replaces_id"},
    "account.move.line": {"psa_has_why", "psa_minutes", "psa_rate", "psa_time_text"},
    "res.company": {
        "psa_default_queue_id", "psa_default_role_id", "psa_four_eyes", "psa_nearby_km", "psa_portal_upload_files",
        "psa_portal_upload_megabytes", "psa_rounding_grace", "psa_rounding_increment", "psa_rounding_scope",
        "psa_service_project_id",
    },
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestPortalIsolation(PsaPortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._open_a_project()
        cls.ivans = cls._make_ticket(name="Cobalt ticket", partner_id=cls.ivan.partner_id.id)
        files = cls.ticket.message_ids.attachment_ids
        stages = cls.queue._get_applicable_stages()
        cls.ids = {
            "ticket": cls.ticket.id,
            "contract": cls.contract.id,
            "invoice": cls.invoice.id,
            "asset": cls.asset.id,
            "site": cls.site.id,
            "stage": stages.filtered("close_from_portal")[:1].id,
            "message": cls.ticket.message_ids[:1].id,
            "file": files.filtered(lambda file: file.name == "harbor-secret.txt").id,
            "inside_file": files.filtered(lambda file: file.name == "internal-secret.txt").id,
            "foreign_token": cls.ivans._portal_ensure_token(),
        }

    @classmethod
    def _open_a_project(cls):
        """Time of the ticket lies in a project with the host's usual visibility: customers who are invited."""
        project = (
            cls.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Harbor secret contract",
                    "partner_id": cls.harbor.id,
                    "company_id": cls.company.id,
                    "allow_timesheets": True,
                    "privacy_visibility": "portal",
                }
            )
        )
        cls.ticket.sudo().project_id = project
        cls._log(5, name="Harbor secret work, not approved")

    def _get_state(self):
        """What nobody from outside may change."""
        self.env.invalidate_all()
        ticket = self.ticket
        return (
            ticket.stage_id,
            len(ticket.message_ids),
            ticket.attachment_ids,
            self.env["helpdesk.ticket"].search_count([]),
            self.env["psa.contract"].sudo().search_count([]),
            self.env["psa.billing.item"].sudo().search([]).mapped("state"),
            self.asset.name,
            self.invoice.state,
        )

    # Routes

    def _get_routes(self):
        """The addresses of every method that one of our addons or the desk writes or overrides."""
        routes = set()
        modules = self.registry._init_modules
        for url, endpoint in self.env["ir.http"]._generate_routing_rules(modules, converters={}):
            method = endpoint.func
            classes = type(method.__self__).__mro__
            if any(one.__module__.startswith(OURS) and method.__name__ in vars(one) for one in classes):
                routes.add(url)
        return routes

    def test_every_route_has_a_probe(self):
        routes = {route for route in self._get_routes() if not route.startswith(OTHER_DOORS)}
        self.assertGreaterEqual(len(routes), 10)
        self.assertFalse(routes - set(PROBES), "say in PROBES how these are tried")

    def test_no_route_tells_another_customer_anything(self):
        before = self._get_state()
        for user in (self.ivan, self.leo, None):
            self._sign_in(user)
            for route, probe in PROBES.items():
                if user == self.leo and route in ("/my/tickets/new", "/new/ticket", "/submitted/ticket"):
                    continue  # sites and assets are those of the whole company
                with self.subTest(user=user.name if user else "nobody", route=route):
                    with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                        answer = self._try(route, probe)
                    self.assertNoSecret(answer.text, route)
                    self.assertEqual(self._get_state(), before)

    def test_the_probes_find_what_is_there(self):
        """The same addresses, asked by the right customer: without this the test above could be blind."""
        self._sign_in(self.mia)
        for route in (
            "/my",
            "/my/tickets",
            "/my/tickets/new",
            "/my/ticket/<int:ticket_id>",
            "/my/contracts",
            "/my/contract/<int:contract_id>",
            "/my/invoices/<int:invoice_id>",
            "/my/invoices/<int:invoice_id>?html",
            "/mail/chatter_fetch",
        ):
            with self.subTest(route=route):
                text = self._try(route, PROBES[route]).text
                self.assertTrue(any(secret in text for secret in SECRETS))
                self.assertFalse(any(inside in text for inside in INTERNAL))

    def _try(self, route, probe):
        path = self._fill(probe.get("path", route)) + (
            "?" + self._fill(probe["query"]) if "query" in probe else ""
        )
        if "json" in probe:
            return self.url_open(
                path,
                data=json.dumps({"params": self._fill(probe["json"])}),
                headers={"Content-Type": "application/json"},
            )
        if "post" in probe:
            files = [(probe["file"], ("probe.txt", b"hello", "text/plain"))] if "file" in probe else None
            return self._post(path, files=files, **self._fill(probe["post"]))
        return self._get(path)

    def _fill(self, value):
        if isinstance(value, dict):
            return {key: self._fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._fill(inner) for inner in value]
        if isinstance(value, str):
            filled = value.format(**self.ids) if "{" in value else value
            return int(filled) if filled != value and filled.isdecimal() else filled
        return value

    # Tokens

    def test_a_token_opens_only_its_own_document(self):
        ticket_token = self.ticket._portal_ensure_token()
        invoice_token = self.invoice._portal_ensure_token()
        other = self._make_ticket(partner_id=self.mia.partner_id.id)
        other_token = other._portal_ensure_token()
        self._sign_in(None)
        for path, opens in (
            (f"/my/ticket/{self.ticket.id}/{ticket_token}", True),
            (f"/my/ticket/{self.ticket.id}?access_token={ticket_token}", True),
            (f"/my/ticket/{self.ticket.id}/{other_token}", False),
            (f"/my/ticket/{self.ticket.id}/{invoice_token}", False),
            (f"/my/ticket/{self.ticket.id}/", False),
            (f"/my/invoices/{self.invoice.id}?access_token={invoice_token}", True),
            (f"/my/invoices/{self.invoice.id}?access_token={ticket_token}", False),
            (f"/my/contract/{self.contract.id}?access_token={ticket_token}", False),
        ):
            with self.subTest(path), mute_logger("odoo.http"):
                text = self._get(path).text
                self.assertEqual(any(secret in text for secret in SECRETS), opens)

    def test_a_token_gives_no_right_to_act(self):
        token = self.ticket._portal_ensure_token()
        before = self._get_state()
        for user in (None, self.ivan):
            self._sign_in(user)
            with mute_logger("odoo.http"):
                self._post(f"/my/ticket/{self.ticket.id}/unsolved", text="x", access_token=token)
                self._post(
                    "/ticket/close",
                    ticket_id=self.ids["ticket"],
                    stage_id=self.ids["stage"],
                    access_token=token,
                )
            self.assertEqual(self._get_state(), before)

    # RPC

    def _get_models(self):
        """Every stored or readable model that our addons bring."""
        return sorted(
            name
            for name, model in self.registry.items()
            if model._original_module.startswith("psa_") and not model._abstract
        )

    def test_no_model_of_ours_is_open_to_customers(self):
        models = self._get_models()
        self.assertIn("psa.billing.item", models)
        for name, operation in product(models, ("read", "write", "create", "unlink")):
            for user in (self.mia, self.ivan, self.env.ref("base.public_user")):
                with self.subTest(model=name, operation=operation, user=user.name):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation))

    def test_rpc_reads_nothing_of_another_customer(self):
        """Over both doors: the web client's and JSON-2 with an API key."""
        self._sign_in(self.ivan)
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.ivan)
            .sudo()
            ._generate("rpc", "probe", self.env.cr.now().replace(year=2099))
        )
        bearer = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
        hosts = [
            "helpdesk.ticket",
            "account.move",
            "account.move.line",
            "account.analytic.line",
            "res.partner",
        ]
        for name in [*self._get_models(), *hosts, "mail.message", "ir.attachment", "psa.sla.clock"]:
            with (
                self.subTest(model=name),
                mute_logger("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.models"),
            ):
                params = {"model": name, "method": "search_read", "args": [[]], "kwargs": {"limit": 500}}
                answer = self.url_open(
                    f"/web/dataset/call_kw/{name}/search_read",
                    data=json.dumps({"params": params}),
                    headers={"Content-Type": "application/json"},
                )
                self.assertNoSecret(answer.text, name)
                answer = self.url_open(
                    f"/json/2/{name}/search_read",
                    data=json.dumps({"domain": [], "limit": 500}),
                    headers=bearer,
                )
                self.assertNoSecret(answer.text, name)
                if name.startswith("psa."):
                    self.assertEqual(answer.status_code, 403)

    def test_nothing_can_be_done_with_a_record_of_others_by_its_id(self):
        """Asked of one record a rule is read by Python, not by the database: both must say the same."""
        nobody = self.env.ref("base.public_user")
        messages = self.ticket.message_ids.filtered(lambda message: message.message_type == "comment")
        for records in (
            self.ticket,
            self.contract,
            self.block,
            self.asset,
            self.invoice,
            self.invoice.line_ids,
            self.contract.item_ids,
            self.ticket.psa_time_ids,
            messages,
            messages.attachment_ids,
        ):
            self.assertTrue(records)
            for user, operation in product((self.ivan, self.leo, nobody), ("read", "write", "unlink")):
                with self.subTest(model=records._name, user=user.name, operation=operation):
                    self.env.invalidate_all()
                    self.assertFalse(
                        any(one.with_user(user).has_access(operation) for one in records.sudo(False))
                    )

    def test_the_customer_guesses_no_file_of_an_internal_note(self):
        loose = self.env["ir.attachment"].create(
            {"name": "loose.txt", "raw": b"Inside", "res_model": "helpdesk.ticket", "res_id": self.ticket.id}
        )
        told = self.env["ir.attachment"].browse(self.ids["file"])
        token = told.generate_access_token()[0]
        self._sign_in(self.mia)
        answer = self.url_open(f"/web/content/{told.id}?access_token={token}")
        self.assertEqual(answer.content, b"Harbor secret message")
        for file_id in (self.ids["inside_file"], loose.id):
            for address in (f"/web/content/{file_id}", f"/web/content/{file_id}?access_token={token}"):
                with self.subTest(address):
                    self.assertEqual(self.url_open(address).status_code, 404)

    def test_no_public_method_serves_another_customer(self):
        """Each method of ours that has no underscore can be called by everybody who signs in."""
        before = self._get_state()
        called = 0
        for name, method in self._get_public_methods():
            called += 1
            for context in ({}, HOSTILE_CONTEXT):
                with self.subTest(model=name, method=method, context=context):
                    answer = self._call(name, method, context)
                    self.assertNoSecret(json.dumps(answer, default=str), f"{name}.{method}")
                    self.assertEqual(self._get_state(), before)
        self.assertGreater(called, 10)

    def _get_public_methods(self):
        for name, model in sorted(self.registry.items()):
            if model._abstract:
                continue
            found = set()
            for one in model.__mro__:
                if one.__module__.startswith("odoo.addons.psa_"):
                    found |= {key for key, value in vars(one).items() if callable(value) and key[0] != "_"}
            yield from ((name, key) for key in sorted(found))

    def _call(self, name, method, context):
        """Call a method as Ivan on a record that is not his, in the way the web client does."""
        records = {
            "helpdesk.ticket": self.ticket,
            "psa.contract": self.contract,
            "psa.contract.block": self.block,
            "psa.asset": self.asset,
            "account.move": self.invoice,
            "account.move.line": self.invoice.invoice_line_ids[:1],
            "account.analytic.line": self.line,
            "res.partner": self.harbor,
        }
        record = records.get(name) or self.env[name].sudo().search([], limit=1)
        model = self.env[name].with_user(self.ivan).with_context(**context, active_ids=self.ticket.ids)
        # A call from outside finds nothing in memory that another user has read.
        self.env.invalidate_all()
        with mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db", "odoo.models"):
            try:
                with self.env.cr.savepoint():
                    return call_kw(model, method, self._get_arguments(model, method, record), {})
            except TypeError:
                raise  # the call was wrong, so it tried nothing: say in ARGUMENTS what the method takes
            except Exception as refusal:  # noqa: BLE001  whatever refuses is fine; what it says is looked at
                return str(refusal)

    def _get_arguments(self, model, method, record):
        function = getattr(model, method)
        wanted = [
            parameter.name
            for parameter in inspect.signature(function).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        arguments = [self._fill(ARGUMENTS.get(name)) for name in wanted]
        return arguments if getattr(function, "_api_model", False) else [record.ids, *arguments]

    def test_customers_read_only_the_fields_that_are_meant_for_them(self):
        for name, model in sorted(self.registry.items()):
            if model._abstract or model._transient or name.startswith("psa."):
                continue
            records = self.env[name].with_user(self.ivan)
            if not records.has_access("read"):
                continue
            readable = {
                field.name
                for field in records._fields.values()
                if field.name.startswith("psa_") and records._has_field_access(field, "read")
            }
            with self.subTest(model=name):
                self.assertLessEqual(readable, READABLE_FIELDS.get(name, set()))
