"""`./psa backup` and `./psa restore`: one tar file with the database, its attachments and a manifest.

The manifest counts the rows of every table in the very snapshot that was dumped and holds the checksum of the dump, so
that a restore can prove that it brought everything back before it takes the place of anything.
"""

import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

from tools import databases, demo_database, postgres_programs, suite
from tools.odoo_source import SERIES
from tools.places import given_path, port
from tools.postgres import MAIN, Cluster
from tools.progress import Fail, say, step

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "filestore"
ATTACHMENT = re.compile(rf"^{FILES}/[0-9a-f]{{2}}/([0-9a-f]{{40}})$")  # Odoo names an attachment by its SHA-1
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
ATTACHED = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"


def backup(arguments: list[str]) -> int:
    """./psa backup FILE: the demo database of this port; the suite may be running."""
    if len(arguments) != 1:
        raise Fail("backup needs the name of one file", "./psa backup FILE")
    MAIN.start()
    name, file = demo_database.name_of(port()), given_path(arguments[0])
    if not databases.exists(MAIN, name):
        raise Fail(f"there is no demo database for port {port()}", "./psa run")
    databases.in_company(MAIN, name)
    save(MAIN, name, file)
    say(
        f"{file} holds {name} ({file.stat().st_size / 1e6:.1f} MB). It contains everything the database does: keep it safe"
    )
    return 0


def restore(arguments: list[str]) -> int:
    """./psa restore FILE [--force]: in the place of this port's demo database, which must not be running."""
    files = [argument for argument in arguments if argument != "--force"]
    if len(files) != 1:
        raise Fail("restore needs the name of one file", "./psa restore FILE [--force]")
    name, file = demo_database.name_of(port()), given_path(files[0])
    with suite.held(port(), "./psa stop"):
        MAIN.start()
        load(MAIN, name, file, replace="--force" in arguments)
    say(f"{name} is as {file} had it; start it with ./psa run")
    return 0


# Saving


def save(cluster: Cluster, name: str, file: Path) -> None:
    """Write database `name` and its attachments to `file`, whole or not at all."""
    if file.exists():
        raise Fail(f"{file} exists", "give another name, or remove it first")
    if not file.parent.is_dir():
        raise Fail(f"there is no folder {file.parent}", "make it first")
    part = file.with_name(f"{file.name}.part-{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".psa-") as folder:
            dump = Path(folder) / DUMP
            with step(f"dumping {name}"), _snapshot(cluster, name) as (snapshot, counts, attached):
                cluster.client(
                    "pg_dump", "-Fc", f"--snapshot={snapshot}", "--no-owner", "-f", dump, "-d", name
                )
            manifest = _manifest(cluster, name, counts, dump)
            with step("packing the attachments"):
                _pack(part, manifest, dump, databases.filestore(cluster, name), attached)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _snapshot(cluster: Cluster, name: str) -> Iterator[tuple[str, dict[str, int], set[str]]]:
    """A consistent view of the database, held open: its id, the rows of each table, and the attachments' files."""
    command = [postgres_programs.client("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-d", name]
    env = {**os.environ, **cluster.environment()}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as session:

        def ask(query: str) -> list[str]:
            if session.stdin is None or session.stdout is None:
                raise Fail("psql has no pipes")
            session.stdin.write(f"{query};\n\\echo end-of-answer\n")
            session.stdin.flush()
            rows: list[str] = []
            for line in session.stdout:
                if line.strip() == "end-of-answer":
                    return rows
                rows.append(line.rstrip("\n"))
            raise Fail(f"psql ended while it read {name}")

        ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = ask("SELECT pg_export_snapshot()")
        counts = dict(row.split("\t") for row in ask(_counting(ask(TABLES))))
        yield snapshot, {table: int(count) for table, count in counts.items()}, set(ask(ATTACHED))


def _counting(tables: Iterable[str]) -> str:
    """One query for the rows of all tables; their names come from the catalogue."""
    each = [f"SELECT '{table}', count(*) FROM public.\"{table}\"" for table in tables]  # noqa: S608
    return " UNION ALL ".join(each)


def _manifest(cluster: Cluster, name: str, counts: dict[str, int], dump: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "database": name,
        "taken_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "odoo": SERIES,
        "postgresql": cluster.sql("postgres", "SHOW server_version")[0][0],
        "modules": databases.modules(cluster, name),
        "rows": counts,
        "dump_sha256": _sha256(dump),
    }


def _sha256(path: Path) -> str:
    content = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(1 << 20):
            content.update(block)
    return content.hexdigest()


def _pack(part: Path, manifest: dict[str, Any], dump: Path, filestore: Path, attached: set[str]) -> None:
    text = json.dumps(manifest, indent=1).encode()
    handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)  # it holds passwords' hashes and keys
    with os.fdopen(handle, "wb") as target, tarfile.open(fileobj=target, mode="w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        tar.addfile(entry, BytesIO(text))
        tar.add(dump, DUMP)
        for stored in sorted(attached):
            path = filestore / stored
            if not path.is_file():
                raise Fail(
                    f"the attachment {path} is missing",
                    "see whether the folder filestore was moved or cleaned",
                )
            tar.add(path, f"{FILES}/{stored}")


# Bringing back


def load(cluster: Cluster, name: str, file: Path, *, replace: bool) -> None:
    """Bring `file` back as database `name`; an existing one is replaced only when asked, and only by a proven copy."""
    if not file.is_file():
        raise Fail(f"there is no file {file}")
    with databases.to_itself(cluster, name):
        databases.finish_replace(cluster, name)
        if databases.exists(cluster, name) and not replace:
            raise Fail(f"database {name} exists", "./psa restore FILE --force replaces it")
        new = databases.coming(name)
        try:
            _build(cluster, new, file)
        except BaseException:
            databases.drop(cluster, new)
            raise
        databases.replace(cluster, name)


def _build(cluster: Cluster, new: str, file: Path) -> None:
    try:
        with (
            tempfile.TemporaryDirectory(dir=cluster.home, prefix="restore-") as folder,
            tarfile.open(file) as tar,
        ):
            manifest = _read_manifest(tar, file)
            dump = Path(folder) / DUMP
            with step(f"reading {file.name} of {manifest['taken_at']}"):
                _unpack(tar, dump, databases.filestore(cluster, new))
            if not dump.exists() or _sha256(dump) != manifest["dump_sha256"]:
                raise Fail(f"{file} is damaged: its dump is not the one that was saved", "use another backup")
            with step(f"restoring {sum(manifest['rows'].values())} rows"):
                options = (
                    "ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0"  # as Odoo makes its databases
                )
                databases.make(cluster, new, options)
                cluster.client("pg_restore", "--no-owner", "--exit-on-error", "-j", "2", "-d", new, dump)
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise Fail(f"{file} is no whole backup: {error}", "use another backup") from error
    with step("verifying"):
        _verify(cluster, new, manifest)


def _read_manifest(tar: tarfile.TarFile, file: Path) -> dict[str, Any]:
    first = tar.next()
    source = tar.extractfile(first) if first and first.name == MANIFEST and first.isfile() else None
    if source is None:
        raise Fail(f"{file} is not a backup of this suite", "give a file that ./psa backup wrote")
    manifest: dict[str, Any] = json.load(source)
    if manifest["format"] != FORMAT or manifest["odoo"] != SERIES:
        raise Fail(
            f"{file} is of format {manifest['format']} and Odoo {manifest['odoo']}, this checkout reads {FORMAT} and {SERIES}",
            "restore it with the version that wrote it",
        )
    return manifest


def _unpack(tar: tarfile.TarFile, dump: Path, filestore: Path) -> None:
    """Write the dump and the attachments; a member of any other name or content is refused."""
    for member in tar:
        if member.name == MANIFEST:
            continue
        attachment = ATTACHMENT.match(member.name)
        source = tar.extractfile(member) if member.isfile() else None
        if source is None or not (attachment or member.name == DUMP):
            raise Fail(f"the backup holds {member.name!r}, which no backup does", "use another backup")
        target = dump if member.name == DUMP else filestore / member.name.removeprefix(f"{FILES}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = hashlib.sha1(usedforsecurity=False)
        with target.open("wb") as copy:
            while block := source.read(1 << 20):
                content.update(block)
                copy.write(block)
        if attachment and content.hexdigest() != attachment[1]:
            raise Fail(f"the attachment {member.name} is damaged", "use another backup")


def _verify(cluster: Cluster, name: str, manifest: dict[str, Any]) -> None:
    tables = [row[0] for row in cluster.sql(name, TABLES)]
    found = {table: int(count) for table, count in cluster.sql(name, _counting(tables))}
    wrong = sorted(
        table for table in manifest["rows"].keys() | found if manifest["rows"].get(table) != found.get(table)
    )
    if wrong:
        raise Fail(f"not all rows came back: {', '.join(wrong[:10])}", "use another backup")
    filestore = databases.filestore(cluster, name)
    missing = [row[0] for row in cluster.sql(name, ATTACHED) if not (filestore / row[0]).is_file()]
    if missing:
        raise Fail(
            f"{len(missing)} attachments did not come back, {missing[0]} among them", "use another backup"
        )
