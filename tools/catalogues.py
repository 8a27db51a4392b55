"""`./psa i18n`: the texts of the addons, for translators. Runs inside the environment.

Writes `addons/NAME/i18n/NAME.pot` from what Odoo finds translatable in the addon, and brings `de.po` and `fr.po` into
line with it: new texts come in empty, texts that are gone go out. Nothing in the files depends on the day, so that they
change only when a text does.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polib  # type: ignore[import-untyped]

from tools import addons, databases, odoo_config, templates
from tools.places import ADDONS, LOGS
from tools.postgres import TEST
from tools.progress import Fail, guarded, say, step

if TYPE_CHECKING:
    from odoo.api import Environment

# Language -> how it counts, as Odoo's own catalogues say it.
LANGUAGES = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}


def path_of(name: str, language: str = "") -> Path:
    """The catalogue of an addon: its template, or its translation into a language."""
    return ADDONS / name / "i18n" / (f"{language}.po" if language else f"{name}.pot")


def export_template(env: Environment, name: str) -> str:
    """The template of an addon, as its installed state in this database gives it."""
    from odoo.tools.translate import trans_export

    written = io.BytesIO()
    if not trans_export(None, [name], written, "po", env):
        raise Fail(f"Odoo finds no text in {name}")
    catalogue = polib.pofile(written.getvalue().decode(), wrapwidth=0)
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}
    catalogue.header = f"Texts of {name}, written by ./psa i18n"
    return _text(catalogue)


def _text(catalogue: polib.POFile) -> str:
    return str(catalogue).rstrip("\n") + "\n"


def merge(name: str, language: str) -> int:
    """Bring a translation into line with its template; return how many texts it does not have."""
    path = path_of(name, language)
    catalogue = polib.pofile(str(path_of(name)), wrapwidth=0)
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}
    for entry in catalogue:
        entry.msgstr = known.get(entry.msgid, "")
    catalogue.metadata |= {"Language": language, "Plural-Forms": LANGUAGES[language]}
    path.write_text(_text(catalogue))
    return len(catalogue.untranslated_entries())


def _write_templates() -> None:
    from odoo import sql_db
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config

    with databases.passing(TEST, templates.suite(TEST), "i18n") as name:
        options = {"logfile": LOGS / "i18n.log", "log_level": "warn", "max_cron_threads": 0}
        file = odoo_config.write(TEST.home / f"{name}.conf", TEST, name, options)
        config.parse_config(["--config", str(file)], setup_logging=True)
        file.unlink()
        try:
            with Registry(name).cursor(readonly=True) as cr:
                env = Environment(cr, SUPERUSER_ID, {})
                for addon in addons.suite():
                    path_of(addon).parent.mkdir(exist_ok=True)
                    path_of(addon).write_text(export_template(env, addon))
        finally:
            Registry.delete(name)
            sql_db.close_db(name)


def main() -> int:
    """Write the templates anew and merge them into the translations."""
    argparse.ArgumentParser(prog="./psa i18n", description=__doc__).parse_args()
    TEST.start()
    with step("texts of the addons"):
        _write_templates()
    for language in LANGUAGES:
        missing = {name: merge(name, language) for name in addons.suite()}
        named = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
        say(f"{language}: {f'not translated yet: {named}' if named else 'complete'}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
