"""Template databases: the host modules alone, and with our addons. Built once for each content, then copied.

A template's name carries a hash of everything that made it, so a stale one is never used. The two used last of each
kind are kept.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from tools import addons, databases, odoo_source
from tools.locks import held
from tools.postgres import Cluster
from tools.progress import step

KINDS = ("host_", "suite_")
KEPT = 2


def _hash(parts: Iterable[object]) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def _host_key() -> str:
    versions = sorted(addons.oca_versions().items())
    return _hash([*addons.host_modules(), *versions, odoo_source.identity(odoo_source.find())])


def host(cluster: Cluster) -> str:
    """Name of the template with Odoo's and the OCA's modules, without demo data; built where there is none."""
    name = f"host_{_host_key()}"

    def build(new: str, log: Path) -> None:
        databases.change_modules(cluster, new, install=addons.host_modules(), log=log)

    return _ready(cluster, name, "the host modules", build)


def suite(cluster: Cluster) -> str:
    """Name of the template with all our addons but the demo world; built where there is none."""
    names = addons.suite()
    fingerprints = [f"{name} {addons.fingerprint(name)}" for name in names]
    source = host(cluster)
    if not names:
        return source

    def build(new: str, log: Path) -> None:
        databases.copy(cluster, source, new)
        databases.change_modules(cluster, new, install=names, log=log)

    return _ready(cluster, f"suite_{_hash([source, *fingerprints])}", f"our {len(names)} addons", build)


def install_log(cluster: Cluster, template: str) -> Path:
    """What Odoo logged while it built a template."""
    return cluster.logs / f"{template}.log"


def _ready(cluster: Cluster, name: str, what: str, build: Callable[[str, Path], None]) -> str:
    with held(cluster.home / "templates.lock", "a template database"):
        if not databases.exists(cluster, name):
            addons.check_host_modules(odoo_source.find())
            with step(f"database template with {what}"):
                _build(cluster, name, build)
        _mark_used(cluster, name)
        _prune(cluster, name.split("_")[0])
    return name


def _build(cluster: Cluster, name: str, build: Callable[[str, Path], None]) -> None:
    new = f"{name}_new"
    databases.drop(cluster, new)
    log = install_log(cluster, name)
    log.unlink(missing_ok=True)
    build(new, log)
    databases.rename(cluster, new, name)
    # nobody connects to a template: a copy would have to wait for them
    cluster.command(f"ALTER DATABASE {databases.quoted(name)} WITH ALLOW_CONNECTIONS false")


def _mark_used(cluster: Cluster, name: str) -> None:
    cluster.sql(
        "postgres",
        f"DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE {databases.quoted(name)} IS %L', now() AT TIME ZONE 'UTC'); END $$",
    )


def _prune(cluster: Cluster, kind: str) -> None:
    """Drop all but the templates of this kind used last; halves left by a killed command go too."""
    kept = 0
    for name in databases.names(cluster):
        if name.startswith(f"{kind}_"):
            half = name.endswith("_new")
            kept += not half
            if half or kept > KEPT:
                databases.drop(cluster, name)
                install_log(cluster, name).unlink(missing_ok=True)
