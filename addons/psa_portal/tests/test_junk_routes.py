import inspect
import re
from http import HTTPStatus
from urllib.parse import urlencode

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaPortalHttpCase

JUNK = (
    "", "x", "-1", "0", "1.5", "nan", str(2**31), str(2**63), str(10**30), "\x00", "1 or 1=1", "<b>x</b>", "[]", "{}",
    "0001-01-01", "9999-12-31", "2026-13-45", "ü" * 200, "A" * 5000,
)  # fmt: skip
# What stands in an address where a number or a text belongs.
PART = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
NUMBERS = (0, 1, 987_654_321, 2**31, 2**63, 10**30)
# An upload without a file is the host's to answer: ours only looks at the file on the way.
HOSTS = {"/mail/attachment/upload"}
QUIET = (
    "odoo.http",
    "werkzeug",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install")
class TestJunkRoutes(PsaPortalHttpCase):
    """Each page of ours, asked by a customer with junk in the address and in its form: never a page of errors.

    The pages are found in the routing table, those of the host that we extend included.
    """

    def test_junk_gets_an_answer(self):
        self._sign_in(self.mia)
        routes = self._find_routes()
        self.assertGreater(len(routes), 10, routes)
        problems, shown = [], 0
        with mute_logger(*QUIET):
            for path, methods, names in routes:
                for values in self._get_values(names):
                    for method in methods & {"GET", "POST"}:
                        status = self._ask(method, path, values)
                        shown += status == HTTPStatus.OK
                        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                            problems.append(f"{status} {method} {path[:80]} {str(values)[:120]}")
        self.assertFalse(problems, "\n".join(problems[:60]))
        self.assertGreater(shown, 100, "this test sees no pages")

    def _find_routes(self):
        """Return [(address with values filled in, methods, names of what a form sends)]."""
        found = []
        modules = self.registry._init_modules
        for address, endpoint in self.env["ir.http"]._generate_routing_rules(modules, converters={}):
            routing = endpoint.routing
            method = endpoint.func
            if not self._is_ours(method) or routing["type"] != "http" or "psa_raw_body" in routing:
                continue
            if address in HOSTS:
                continue
            methods = set(routing.get("methods") or ("GET", "POST"))
            parts = dict.fromkeys(PART.findall(address))
            names = [name for name in self._get_parameters(method) if name not in {name for _, name in parts}]
            found.append((self._fill(address, 1), methods, names))
            found += [(self._fill(address, number), methods, []) for number in NUMBERS if parts]
        return sorted(found, key=str)

    def _is_ours(self, method):
        return any(
            method.__name__ in vars(base) and base.__module__.startswith("odoo.addons.psa_")
            for base in type(method.__self__).__mro__
        )

    def _get_parameters(self, method):
        """Return the names that any of the classes behind this page reads."""
        names = []
        for base in type(method.__self__).__mro__:
            if function := vars(base).get(method.__name__):
                names += inspect.signature(inspect.unwrap(function)).parameters
        return [
            name for name in dict.fromkeys(names) if name not in ("self", "kw", "kwargs", "post", "_fields")
        ]

    def _fill(self, address, number):
        """Put the records of this test into an address where `number` is 1, else the number wherever one belongs."""
        known = {"ticket_id": self.ticket.id, "contract_id": self.contract.id, "invoice_id": self.invoice.id}

        def value(part):
            kind, name = part.groups()
            if kind != "int":
                return "x"
            return str(known.get(name, number) if number == 1 else number)

        return PART.sub(value, address)

    def _get_values(self, names):
        yield {}
        for junk in JUNK:
            if names:
                yield dict.fromkeys(names, junk)
            yield from ({name: junk} for name in names)

    def _ask(self, method, path, values):
        if method == "POST":
            return self._post(path, **values).status_code
        return self.url_open(f"{path}?{urlencode(values)}", allow_redirects=False).status_code
