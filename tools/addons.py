"""What the manifests say: our addons, the host modules they need, and a fingerprint of each addon's content."""

import ast
import hashlib
from pathlib import Path

from tools.places import ADDONS, ROOT, VENV
from tools.progress import Fail

DEMO = "psa_demo"
# Changes in these folders need no upgrade of a database: tests, texts for people, and assets, which Odoo reads from disk.
NOT_IN_DATABASE = {"tests", "readme", "__pycache__"}
READ_FROM_DISK = ("static/src/", "static/tests/")


def manifest(addon: Path) -> dict[str, object]:
    """The manifest of the addon in this folder."""
    found = ast.literal_eval((addon / "__manifest__.py").read_text())
    if not isinstance(found, dict):
        raise Fail(f"{addon}/__manifest__.py holds no dictionary")
    return found


def ours() -> list[str]:
    """Names of our installable addons."""
    folders = sorted(path.parent for path in ADDONS.glob("*/__manifest__.py"))
    return [folder.name for folder in folders if manifest(folder).get("installable", True)]


def suite() -> list[str]:
    """Our addons without the demo world, which tests never use."""
    return [name for name in ours() if name != DEMO]


def depends(name: str) -> list[str]:
    """Direct dependencies of one of our addons."""
    found = manifest(ADDONS / name).get("depends", [])
    return [str(dependency) for dependency in found] if isinstance(found, list) else []


def host_modules() -> list[str]:
    """What our addons need of Odoo and the OCA: all dependencies that are not our own. Odoo adds theirs."""
    own = set(ours())
    return sorted({dependency for name in own for dependency in depends(name)} - own)


def with_dependencies(name: str) -> list[str]:
    """One of our addons with those of ours it needs, itself last."""
    found: list[str] = []
    for dependency in depends(name):
        if (ADDONS / dependency).is_dir():
            found += [other for other in with_dependencies(dependency) if other not in found]
    return [*found, name]


def fingerprint(name: str) -> str:
    """A hash of everything in the addon that a database holds or Python loads."""
    folder = ADDONS / name
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if (
            not path.is_file()
            or NOT_IN_DATABASE & set(inner.parts)
            or inner.as_posix().startswith(READ_FROM_DISK)
        ):
            continue
        content.update(f"{inner.as_posix()}\0".encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def oca_versions() -> dict[str, str]:
    """Versions of the OCA addons in the environment, by addon name."""
    found = sorted(VENV.glob("lib/python3*/site-packages/odoo/addons/*/__manifest__.py"))
    return {path.parent.name: str(manifest(path.parent).get("version", "")) for path in found}


def check_host_modules(tree: Path) -> None:
    """Fail early, with the name of the addon at fault, when a dependency exists nowhere."""
    places = [tree / "odoo" / "addons", tree / "addons", *VENV.glob("lib/python3*/site-packages/odoo/addons")]
    for name in ours():
        for dependency in depends(name):
            if dependency not in ours() and not any((place / dependency).is_dir() for place in places):
                raise Fail(
                    f"{name} depends on {dependency}, which is neither in Odoo, nor among the OCA addons, nor ours",
                    f"correct {(ADDONS / name / '__manifest__.py').relative_to(ROOT)} or add it to requirements-oca.txt",
                )
