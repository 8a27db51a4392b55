"""An unmodified Odoo 19 tree: the user's own, an installed one, or one fetched into the cache.

Order: ODOO_PATH, ODOO_DEB, the cache, an installation of this machine, the Debian package, upstream's git.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tools import children, debian, machine
from tools.locks import held
from tools.places import LOGS, cache
from tools.progress import Fail, say, step

SERIES = "19.0"
PACKAGE = "odoo-19"
# Debian's package links its fonts and JavaScript libraries into these, relative to the same prefix. Without them
# the links dangle and every portal page answers 500.
ASSETS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
)
LIBRARY = Path("usr/lib/python3/dist-packages")
INSTALLED = (Path("/") / LIBRARY, Path("/opt/odoo"), Path("/usr/src/odoo"))
UPSTREAM = "https://github.com/odoo/odoo"
TREE = f"odoo-{SERIES}-r1"  # raise r1 when _repair or ASSETS change: existing caches are then unpacked anew
REMEDY = f"point ODOO_PATH at a checkout of Odoo {SERIES}, or ODOO_DEB at an {PACKAGE} .deb, or use docker/compose.yml"


def series(tree: Path) -> str:
    """Series of the Odoo whose `odoo` package lies in `tree`, empty when there is none."""
    release = tree / "odoo" / "release.py"
    if not release.is_file():
        return ""
    found = re.search(r"version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text())
    return f"{found[1]}.{found[2]}" if found else "unknown"


def identity(tree: Path) -> str:
    """What tells one Odoo of the series from another: the commit of a checkout, else the age of its release file.

    A package keeps that file's time wherever it is unpacked, so the same package is the same Odoo on every machine.
    """
    # safe.directory: only the number of the commit is read, whoever owns the checkout
    found = children.git("-c", "safe.directory=*", "-C", tree, "rev-parse", "--show-cdup", "HEAD").split("\n")
    if (
        len(found) > 1 and not found[0]
    ):  # the tree is the top of a checkout, not a folder inside of another one
        return found[1]
    return str(int((tree / "odoo" / "release.py").stat().st_mtime))


def _first_usable(candidates: Iterable[Path]) -> Path | None:
    for tree in candidates:
        has_addons = any((tree / part / "account").is_dir() for part in ("odoo/addons", "addons"))
        if series(tree) == SERIES and has_addons:
            return tree.resolve()
    return None


def find() -> Path:
    """The folder that holds the `odoo` package; fetched when the machine has none."""
    own = os.environ.get("ODOO_PATH")
    if own:
        given = Path(own)
        usable = _first_usable((given, given / LIBRARY))
        if not usable:
            raise Fail(
                f"ODOO_PATH={own} is not an Odoo {SERIES} tree (it is {series(given) or 'no Odoo'})", REMEDY
            )
        return usable
    package = os.environ.get("ODOO_DEB")
    if package:
        return _unpacked(Path(package))
    kept = cache() / TREE
    return _first_usable((kept / LIBRARY, kept, *INSTALLED)) or _fetched(kept)


def _unpacked(package: Path) -> Path:
    """The tree of a .deb the user gave, beside the one of the cache."""
    if not package.is_file():
        raise Fail(f"ODOO_DEB={package} does not exist", REMEDY)
    kept = cache() / f"{TREE}-{package.stem}"
    assets = [deb for deb in _cached_debs() if not deb.name.startswith(PACKAGE)]
    if not _first_usable((kept / LIBRARY,)):
        if not assets and machine.has_apt():
            with step("libraries the Odoo package links to"):
                build_whole(_debs_folder(), lambda new: debian.fetch(list(ASSETS), new))
            assets = [deb for deb in _cached_debs() if not deb.name.startswith(PACKAGE)]
        with step(f"Odoo: unpacking {package.name}"):
            build_whole(kept, lambda new: _unpack((package, *assets), new))
    return _accepted(kept)


def _fetched(kept: Path) -> Path:
    with held(cache() / "odoo.lock", "fetching Odoo"):
        usable = _first_usable((kept / LIBRARY, kept))  # another checkout may just have fetched it
        if usable:
            return usable
        problem = None
        if machine.has_apt():
            try:
                return _from_debian(kept)
            except Fail as error:
                problem = error
                say(f"not from Debian: {error.what}")
        return _from_upstream(kept, problem)


def _debs_folder() -> Path:
    return cache() / "debs"


def _cached_debs() -> list[Path]:
    return sorted(_debs_folder().glob("*.deb"))


def _from_debian(kept: Path) -> Path:
    if not any(deb.name.startswith(PACKAGE) for deb in _cached_debs()):
        with step(f"Odoo {SERIES}: fetching Debian's {PACKAGE}"):
            build_whole(_debs_folder(), lambda new: debian.fetch([PACKAGE, *ASSETS], new))
    with step(f"Odoo {SERIES}: unpacking {_cached_debs()[-1].parent}"):
        build_whole(kept, lambda new: _unpack(_cached_debs(), new))
    return _accepted(kept)


def _from_upstream(kept: Path, debian_problem: Fail | None) -> Path:
    machine.require({"git": "git"}, f"fetching Odoo {SERIES} from upstream")
    address = os.environ.get("ODOO_GIT") or UPSTREAM
    with step(f"Odoo {SERIES}: git clone of {address}"):
        clone = ["git", "clone", "-q", "--depth", "1", "--branch", SERIES, address]
        detail = f"\nbefore that: {debian_problem.what}\n{debian_problem.detail}" if debian_problem else ""
        try:
            build_whole(
                kept, lambda new: children.run([*clone, new], log=LOGS / "git.log", what="git clone failed")
            )
        except Fail as error:
            raise Fail(f"no Odoo {SERIES} could be fetched", REMEDY, error.detail + detail) from error
    return _accepted(kept)


def _accepted(kept: Path) -> Path:
    usable = _first_usable((kept / LIBRARY, kept))
    if not usable:
        raise Fail(f"{kept} is not a whole Odoo {SERIES}", REMEDY)
    return usable


def build_whole(target: Path, make: Callable[[Path], None]) -> None:
    """Make a folder under another name and give it its own at the end: whole or not at all."""
    new = target.with_name(f"{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.parent.mkdir(parents=True, exist_ok=True)
    make(new)
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def _unpack(packages: Iterable[Path], tree: Path) -> None:
    tree.mkdir()
    for package in packages:
        children.run(
            ["dpkg-deb", "-x", package, tree], log=LOGS / "apt.log", what=f"{package.name} is damaged"
        )
    _repair(tree / LIBRARY)


def _repair(library: Path) -> None:
    """Mend what is known to be wrong in the package; nothing of Odoo's own code changes."""
    for partial_copy in (
        "addons",
        "setup",
        "doc",
    ):  # a second, incomplete copy of the addons, without data files
        shutil.rmtree(library / partial_copy, ignore_errors=True)
    for link in library.rglob("*"):  # fonts whose package has moved on; the web client brings its own
        if link.is_symlink() and not link.exists():
            link.unlink()
    background_blur = library / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    if not background_blur.exists():  # left out of the package; without the file, asset bundles log an error
        background_blur.parent.mkdir(parents=True, exist_ok=True)
        background_blur.write_text("/* not in this Odoo package: background blur in calls is off */\n")
    jquery = library / "odoo/addons/web/static/lib/jquery/jquery.js"
    if not jquery.exists() or not jquery.stat().st_size:
        raise Fail("the Odoo package came without jquery", f"delete {_debs_folder()} and try again")
