"""What our public methods do with what no screen of ours sends.

Whoever may sign in may call each public method of each model over RPC, with any values, records and context. A walk
over the registry finds the methods that an addon adds, so a new one is met here without being named.
"""

import inspect
import re
from itertools import chain
from pathlib import Path

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tools import SQL, mute_logger

JUNK = (
    None, True, -1, 0, 987_654_321, 2**31, 2**63, 10**30, 1.5, 1e300, float("nan"), float("inf"),
    "", "x", "\x00", "1 or 1=1", "0001-01-01", "0001-01-01 00:00:00", "9999-12-31", "9999-12-31 23:59:59",
    "2026-13-45", "A" * 1_000_000, [], [None, "x", {}], [[]], [["x"]], [[["x", "=", 1]]], [-1, 2**63], {}, {"x": 1},
    {"photos": 5}, {"ids": [1]},
)  # fmt: skip
CONTEXT_JUNK = ("x", -1, 2**63, ["x"], {"x": 1})
# The host reads these itself, and says in its own way what is wrong with them.
CONTEXT_OF_HOST = {"lang"}
READS_CONTEXT = re.compile(r"""(?:\bcontext(?:\.get\(|\[)|\bfind_id\([\w.]+, )["'](\w+)""")
QUIET = (
    "odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models",
    "odoo.addons.psa_helpdesk.time_zones",
)  # fmt: skip
GONE = 987_654_321
MOST_TOLD = 60


class JunkMixin:
    """Calls each public method of one addon with junk, as the host's RPC does, and undoes it.

    A result is in order, and so is a refusal in words. Any other exception is a traceback at somebody's screen.
    """

    junk_addon = ""

    def _get_junk_users(self):
        """Hook: the users who call, the lowest ones who have a right to any of it among them."""
        raise NotImplementedError

    def _get_junk_plausible(self):
        """Hook: {name of a parameter: a value that a screen would send}."""
        return {}

    def _get_junk_foreign(self, user):
        """Hook: records that `user` may not see, and in which nothing may change."""
        return []

    def test_junk_is_refused_in_words(self):
        methods = self._find_methods()
        self.assertTrue(methods, f"{self.junk_addon} adds no public methods")
        self.env.flush_all()
        problems = []
        with mute_logger(*QUIET):
            for user in self._get_junk_users():
                foreign = self._get_junk_foreign(user)
                before = self._get_fingerprint(foreign)
                calls = chain(
                    (
                        (model, name, *call)
                        for model, name in methods
                        for call in self._get_calls(model, name, foreign)
                    ),
                    self._get_context_calls(),
                )
                for model, name, said, args, context in calls:
                    if problem := self._find_problem(user, model, name, args, context, foreign, before):
                        problems.append(f"{model}.{name} as {user.login}, {said}: {problem}")
        self.assertFalse(problems, "\n".join(problems[:MOST_TOLD]))

    def _find_methods(self):
        """Return [(model, name)] of all that can be called from outside and that this addon added."""
        return sorted(
            (model, name)
            for model, cls in self.registry.items()
            for name in self._find_added(cls)
            if self._is_public(self.env[model], name)
        )

    def _find_added(self, cls):
        def names(ours):
            return {
                name
                for base in cls.__mro__
                if base.__module__.startswith(f"odoo.addons.{self.junk_addon}.") == ours
                for name, value in vars(base).items()
                if not name.startswith("_") and inspect.isfunction(value)
            }

        # What overrides another's method takes what that one takes; its junk is met where it is defined.
        return names(True) - names(False)

    def _is_public(self, model, name):
        try:
            return bool(get_public_method(model, name))
        except AccessError:
            return False

    def _get_calls(self, model, name, foreign):
        """Yield (what it is, args as RPC sends them, context)."""
        method = getattr(self.registry[model], name)
        parameters = [parameter.name for parameter in inspect.signature(method).parameters.values()][1:]
        plausible = [self._get_junk_plausible().get(parameter) for parameter in parameters]
        targets = [()] if getattr(method, "_api_model", False) else self._get_targets(model, foreign)
        for target in targets:
            yield f"on {target}", (*target, *plausible), {}
        newest = targets[-1]
        for junk in JUNK if parameters else ():
            for index, parameter in enumerate(parameters):
                args = [*plausible[:index], junk, *plausible[index + 1 :]]
                yield f"{parameter}={junk!r:.40}", (*newest, *args), {}
            yield f"all {junk!r:.40}", (*newest, *[junk] * len(parameters)), {}
        for junk in CONTEXT_JUNK:
            context = dict.fromkeys(self._get_context_keys(), junk)
            yield f"context {junk!r:.40}", (*newest, *plausible), context

    def _get_context_calls(self):
        """Yield calls of the host's methods that read the context through code of this addon.

        That is what a dialog begins with, and each field whose value depends on what an action put into the context.
        """
        # Defaults are the host's own, which puts each into a field as it comes.
        keys = [key for key in self._get_context_keys() if not key.startswith("default_")]
        for model, cls in self.registry.items():
            names = [name for name, field in cls._fields.items() if field._module == self.junk_addon]
            if cls._transient and cls._original_module == self.junk_addon:
                method, args = "default_get", (names,)
            elif shown := [name for name in names if self._is_shown_by_context(cls._fields[name])]:
                method, args = "read", (*self._get_targets(model, [])[-1], shown)
            else:
                continue
            for junk in CONTEXT_JUNK:
                yield model, method, f"context {junk!r:.40}", args, dict.fromkeys(keys, junk)

    def _is_shown_by_context(self, field):
        return any(key in self._get_context_keys() for key in self.registry.field_depends_context[field])

    def _get_targets(self, model, foreign):
        """Return records as RPC names them: none, one that is gone, one that is another's, the newest."""
        table = self.env[model]
        newest = [] if table._abstract else table.sudo().search([], order="id desc", limit=1).ids
        others = [record.ids for record in foreign if record._name == model]
        return [([],), ([GONE],), *((ids,) for ids in others), *((ids,) for ids in [newest] if ids)]

    def _get_context_keys(self):
        """Return what our code reads from the context, by reading our code."""
        if not hasattr(self, "_context_keys"):
            addons = Path(__file__).parents[2]
            files = chain(addons.glob("psa_*/models/*.py"), addons.glob("psa_*/wizards/*.py"))
            found = {key for file in files for key in READS_CONTEXT.findall(file.read_text())}
            self._context_keys = sorted(found - CONTEXT_OF_HOST)
        return self._context_keys

    def _find_problem(self, user, model, name, args, context, foreign, before):
        """Call, undo it, and return what is wrong with what came of it."""
        env = self.env(user=user, su=False)
        try:
            with self.env.cr.savepoint():
                call_kw(env[model], name, list(args), {"context": context} if context else {})
                self.env.flush_all()
                changed = self._get_fingerprint(foreign) != before
                raise Undone
        except Undone:
            return "something was written into another's record" if changed else None
        except (UserError, psycopg2.IntegrityError):
            return None  # the host makes a refusal in words of both, and undoes all
        except Exception as error:  # noqa: BLE001 whatever it is, it is told
            return None if self._is_of_host(error) else f"{type(error).__name__}: {error!s:.200}"

    def _is_of_host(self, error):
        """Say whether the host answers so before any code of ours could: none of it is in our hands."""
        words = str(error)
        return (
            # A button for one record, called with none or many.
            (isinstance(error, ValueError) and words.startswith("Expected singleton"))
            # A context that the cache cannot take.
            or (isinstance(error, TypeError) and words.startswith("Can only create cache keys"))
        )

    def _get_fingerprint(self, foreign):
        """Return all columns of these records, and how many messages they have."""
        return [
            self.env.execute_query(
                SQL(
                    "SELECT t::text, (SELECT count(*) FROM mail_message m WHERE m.model = %s AND m.res_id = t.id)"
                    " FROM %s t WHERE t.id IN %s",
                    record._name,
                    SQL.identifier(record._table),
                    tuple(record.ids),
                )
            )
            for record in foreign
        ]


class Undone(Exception):
    """The call went through; what it wrote is taken back."""
