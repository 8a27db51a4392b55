"""The configuration files Odoo is started with."""

import os
from collections.abc import Mapping
from pathlib import Path

from tools.places import ADDONS
from tools.postgres import OWNER, Cluster

# A name reserved to exist nowhere (RFC 2606): Odoo can hand no mail to it.
NO_MAIL_HOST = "mail.invalid"


def write(path: Path, cluster: Cluster, database: str, options: Mapping[str, object] | None = None) -> Path:
    """Write the configuration for one database of a cluster; `options` are added or take precedence."""
    environment = cluster.environment()
    values: dict[str, object] = {
        "db_host": environment["PGHOST"],
        "db_port": environment["PGPORT"],
        "db_user": OWNER,
        "db_name": database,
        "dbfilter": f"^{database}$",
        "list_db": False,
        "data_dir": cluster.odoo_data,
        "addons_path": ADDONS,
        "http_interface": "127.0.0.1",
        "smtp_server": NO_MAIL_HOST,
        "email_from": "desk@example.com",
        "workers": 0,
        **(options or {}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text("[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()))
    new.chmod(0o600)
    new.replace(path)
    return path
