"""The demo database of a port: made, upgraded after a pull, and kept from sending anything to anybody."""

import csv
import json
from pathlib import Path

from tools import addons, databases, odoo_source, templates
from tools.places import ADDONS
from tools.postgres import Cluster
from tools.progress import Fail, say, step

FINGERPRINTS = "psa.tools.fingerprints"
# Both tables are where Odoo looks for servers to send to and fetch from. A trigger holds where a one-time UPDATE would
# not: nobody can switch a server on in the screens of a demo either.
NO_MAIL = """
CREATE OR REPLACE FUNCTION psa_demo_no_mail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.active := false; RETURN NEW; END $$;
DO $$ DECLARE t text; BEGIN
    FOREACH t IN ARRAY ARRAY['ir_mail_server', 'fetchmail_server'] LOOP
        IF to_regclass(t) IS NOT NULL THEN
            EXECUTE format('UPDATE %I SET active = false', t);
            EXECUTE format('DROP TRIGGER IF EXISTS psa_demo_no_mail ON %I', t);
            EXECUTE format('CREATE TRIGGER psa_demo_no_mail BEFORE INSERT OR UPDATE ON %I
                            FOR EACH ROW EXECUTE FUNCTION psa_demo_no_mail()', t);
        END IF;
    END LOOP;
END $$;
"""


def name_of(port: int) -> str:
    """Each port has a database of its own."""
    return f"psa_{port}"


def ensure(cluster: Cluster, name: str) -> None:
    """Make the database where there is none, else upgrade exactly the addons that changed since the last time."""
    databases.finish_replace(cluster, name)
    if databases.exists(cluster, name):
        _upgrade(cluster, name)
    else:
        _create(cluster, name)


def _create(cluster: Cluster, name: str) -> None:
    new = f"{name}_new"
    template = templates.host(cluster)
    databases.drop(cluster, new)
    world = " with the demo world" if addons.DEMO in addons.ours() else ""
    with step(f"demo database: our addons{world}"):
        databases.copy(cluster, template, new)
        _own_identity(cluster, new)
        silence(cluster, new)
        if addons.ours():
            log = _fresh_log(cluster, name, "create")
            databases.change_modules(cluster, new, install=addons.ours(), log=log)
        _remember(cluster, new, _wanted())
        databases.rename(cluster, new, name)


def _fresh_log(cluster: Cluster, name: str, what: str) -> Path:
    log = cluster.logs / f"{name}-{what}.log"
    log.unlink(missing_ok=True)
    return log


def _own_identity(cluster: Cluster, name: str) -> None:
    """A copy must not share the secret that signs sessions and portal links with the template."""
    cluster.sql(
        name,
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key IN ('database.uuid', 'database.secret')",
    )


def silence(cluster: Cluster, name: str) -> None:
    """No mail, no bought SMS, no report of this database's existence to anybody. Done anew at every start."""
    cluster.sql(name, NO_MAIL)
    for service in ("iap", "iap.partner_autocomplete", "enrich"):
        set_parameter(cluster, name, f"{service}.endpoint", "https://iap.invalid")
    cluster.sql(
        name,
        "UPDATE ir_cron SET active = false WHERE id IN (SELECT res_id FROM ir_model_data "
        "WHERE model = 'ir.cron' AND module = 'mail' AND name = 'ir_cron_module_update_notification')",
    )


def set_parameter(cluster: Cluster, name: str, key: str, value: str) -> None:
    """Set one system parameter of a database no server works on."""
    text = value.replace("'", "''")
    cluster.sql(
        name,
        f"INSERT INTO ir_config_parameter (key, value, create_date, write_date) "  # noqa: S608 - our own constants
        f"VALUES ('{key}', '{text}', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC') "
        f"ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )


def _parameter(cluster: Cluster, name: str, key: str) -> str:
    rows = cluster.sql(name, f"SELECT value FROM ir_config_parameter WHERE key = '{key}'")  # noqa: S608
    return rows[0][0] if rows else ""


# What changed


def _wanted() -> dict[str, str]:
    """Content of each addon of ours, version of each OCA addon, and which Odoo it is."""
    found = {f"ours:{name}": addons.fingerprint(name) for name in addons.ours()}
    found |= {f"oca:{name}": version for name, version in addons.oca_versions().items()}
    return found | {"odoo:base": odoo_source.identity(odoo_source.find())}


def _remember(cluster: Cluster, name: str, fingerprints: dict[str, str]) -> None:
    set_parameter(cluster, name, FINGERPRINTS, json.dumps(fingerprints, sort_keys=True))


def _upgrade(cluster: Cluster, name: str) -> None:
    wanted, known = _wanted(), json.loads(_parameter(cluster, name, FINGERPRINTS) or "{}")
    changed = sorted(key.split(":")[1] for key in wanted if wanted[key] != known.get(key))
    gone = sorted(key.split(":")[1] for key in known if key.startswith("ours:") and key not in wanted)
    installed = databases.modules(cluster, name)
    missing = sorted(module for module in gone if module in installed)
    if missing:
        raise Fail(
            f"the database has {', '.join(missing)} installed, which this checkout no longer holds",
            "check out a version that has it, or uninstall it there, or make a new database: ./psa clean --all",
        )
    upgrade = [module for module in changed if module in installed]
    install = [module for module in changed if module not in installed and f"ours:{module}" in wanted]
    if upgrade or install:
        _swap_in_upgraded(cluster, name, install, upgrade, wanted)


def _swap_in_upgraded(
    cluster: Cluster, name: str, install: list[str], upgrade: list[str], fingerprints: dict[str, str]
) -> None:
    """Change a copy and put it in the place of the database: one that fails to upgrade stays as it was."""
    new = f"{name}_new"
    databases.drop(cluster, new)
    say(f"changed since the last start: {', '.join([*upgrade, *(f'{module} (new)' for module in install)])}")
    with step(f"upgrading the demo database ({len(upgrade) + len(install)} addons)"):
        databases.copy(cluster, name, new)
        log = _fresh_log(cluster, name, "upgrade")
        databases.change_modules(cluster, new, install=install, upgrade=upgrade, log=log)
        _remember(cluster, new, fingerprints)
        databases.replace(cluster, name, new)


def logins() -> list[tuple[str, str, str]]:
    """The people of the demo world: login (also the password), person, role."""
    table = ADDONS / addons.DEMO / "logins.csv"
    if not table.is_file():
        return [("admin", "Administrator", "everything")]
    with table.open(newline="") as lines:
        return [(row["login"], row["person"], row["role"]) for row in csv.DictReader(lines)]
