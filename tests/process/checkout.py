"""A checkout of its own for the tests of `./psa`: the real tools, and two toy addons that install in seconds."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.places import ROOT, cache
from tools.postgres import Cluster

TOOLS = ("psa", "tools", "requirements.txt", "requirements-oca.txt", "requirements-dev.txt")
MANIFEST = """{
    "name": "Toy", "version": "19.0.1.0.0", "license": "AGPL-3", "author": "nobody",
    "depends": ["base_setup"], "data": ["data.xml"],
}
"""
DATA = """<odoo>
    <record id="word" model="ir.config_parameter">
        <field name="key">ADDON.word</field>
        <field name="value">WORD</field>
    </record>
</odoo>
"""
# A network that is not there: what was fetched before has to do.
OFFLINE = {
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "UV_OFFLINE": "1",
    "PIP_NO_INDEX": "1",
}


class Checkout:
    """A copy of this checkout's tools in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.main = Cluster("main", state=folder / ".psa")
        self.started: list[subprocess.Popen[bytes]] = []
        self.cache = cache()
        folder.mkdir(parents=True, exist_ok=True)
        for name in TOOLS:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        self.write_toy("first")
        self.write_toy("never changed", addon="quiet")

    def write_toy(self, word: str, data: str = DATA, addon: str = "toy") -> None:
        """A toy addon, whose data is one word."""
        toy = self.folder / "addons" / addon
        toy.mkdir(parents=True, exist_ok=True)
        (toy / "__manifest__.py").write_text(MANIFEST)
        (toy / "__init__.py").touch()
        (toy / "data.xml").write_text(data.replace("ADDON", addon).replace("WORD", word))

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        own = {
            key: value
            for key, value in os.environ.items()
            if key not in {"PSA_CWD", "PSA_PORT", "PYTHONPATH"}
        }
        return {**own, "PSA_CACHE": str(self.cache), **extra}

    def psa(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            ["./psa", *arguments],
            cwd=self.folder,
            env=self._environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(self, *arguments: str, **environment: str) -> "Running":
        """Start a command and let it run."""
        running = Running(self, arguments, self._environment(environment))
        self.started.append(running.process)
        return running

    @contextmanager
    def shell(self, port: int) -> Iterator["subprocess.Popen[str]"]:
        """An open ./psa shell, which has begun to work in the database."""
        with subprocess.Popen(
            ["./psa", "shell"],
            cwd=self.folder,
            env=self._environment({"PSA_PORT": str(port)}),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as shell:
            try:
                connected = f"SELECT 1 FROM pg_stat_activity WHERE datname = 'psa_{port}'"
                until = time.monotonic() + 60
                while not self.rows("postgres", connected):
                    assert shell.poll() is None and time.monotonic() < until
                    time.sleep(0.1)
                yield shell
            finally:
                if shell.poll() is None:
                    shell.kill()

    def rows(self, database: str, query: str) -> list[list[str]]:
        """Rows of a query on one of its databases."""
        return self.main.sql(database, query)

    def remove(self) -> None:
        """End everything and remove what lies outside the folder too."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        done = self.psa("clean", "--all")
        assert done.returncode == 0, done.stderr


def heed_ctrl_c() -> None:
    """A shell makes what it starts in the background deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """A command at work, and what it has said so far."""

    def __init__(self, checkout: Checkout, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self._said = checkout.folder / f"said-{len(checkout.started)}.txt"
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                ["./psa", *arguments],
                cwd=checkout.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a terminal of its own, as far as Ctrl-C goes,
                preexec_fn=heed_ctrl_c,  # also where these tests run in the background
            )

    @property
    def said(self) -> str:
        """Its output."""
        return self._said.read_text()

    def wait_for(self, text: str, seconds: float = 180) -> None:
        """Wait until it says something; fail with what it said when it ends before."""
        until = time.monotonic() + seconds
        while text not in self.said:
            assert self.process.poll() is None, f"ended before {text!r}:\n{self.said}"
            assert time.monotonic() < until, f"did not say {text!r}:\n{self.said}"
            time.sleep(0.05)

    def press_ctrl_c(self) -> int:
        """What the terminal sends, to all of the command's group; returns its exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        """SIGKILL for the command alone; what it started has to notice by itself."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
