"""Commands whose work is done inside the environment: `demo`, `bench`, `shots`, `i18n`."""

import os
import sys

from tools import python_env, suite
from tools.places import PYTHON, ROOT, port
from tools.progress import Fail
from tools.server import answers


def _run_inside(module: str, arguments: list[str], kind: str = "dev") -> int:
    """Replace this process by a module run with the environment's Python."""
    python_env.prepare(kind)
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", module, *arguments])
    return 1


def _url() -> str:
    """Address of the running suite of this port."""
    if not suite.is_running(port()):
        raise Fail(f"no suite runs on port {port()}", "start one in another terminal: ./psa run")
    if not answers(port()):
        raise Fail(
            f"the suite on port {port()} is still starting", "try again when ./psa run says that it is ready"
        )
    return f"http://127.0.0.1:{port()}"


def demo(arguments: list[str]) -> int:
    """Play the main job: `tools/demo` against the running suite."""
    given = [] if any(argument.startswith("--url") for argument in arguments) else ["--url", _url()]
    return _run_inside("tools.demo", [*given, *arguments], kind="run")


def bench(arguments: list[str]) -> int:
    """Measure: `tools/bench.py` runs the modules in bench/."""
    return _run_inside("tools.bench", arguments)


def shots(arguments: list[str]) -> int:
    """Take pictures: `tools/shots.py` goes through tools/shots.toml."""
    given = [] if any(argument.startswith("--url") for argument in arguments) else ["--url", _url()]
    return _run_inside("tools.shots", [*given, *arguments])


def i18n(arguments: list[str]) -> int:
    """Write the catalogues: `tools/catalogues.py`."""
    return _run_inside("tools.catalogues", arguments)
