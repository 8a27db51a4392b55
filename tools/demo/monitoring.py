"""A real Prometheus and Alertmanager beside the suite, watching one target that can die and come back."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

from tools import children
from tools.server import free_port

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
alerting:
  alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]
rule_files: ["{rules}"]
scrape_configs:
  - job_name: {job}
    metrics_path: /metrics
    static_configs:
      - targets: ["127.0.0.1:{target}"]
        labels: {{client: "{client}", check: "{check}"}}
    relabel_configs:
      - {{target_label: instance, replacement: "{device}"}}
"""
RULES = """
groups:
  - name: demo
    rules:
      - alert: InstanceDown
        expr: up{{job="{job}"}} == 0
        for: 2s
        labels: {{severity: critical}}
        annotations:
          summary: "{{{{ $labels.instance }}}} is down"
          description: "{{{{ $labels.instance }}}} of {client} did not answer for 2 s."
"""
ALERTMANAGER = """
route:
  receiver: psa
  group_by: [alertname, client, instance]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
receivers:
  - name: psa
    webhook_configs:
      - {{url: "{webhook}", send_resolved: true}}
"""

READY_SECONDS = 30


def installed() -> bool:
    """Whether both programs can be found on PATH."""
    return bool(shutil.which("prometheus") and shutil.which("prometheus-alertmanager"))


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"demo_target_up 1\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes each second are not worth a line."""


@dataclass
class Target:
    """The watched service: an HTTP server that can be stopped and started on one port."""

    port: int = field(default_factory=free_port)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Answer scrapes."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _Metrics)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def die(self) -> None:
        """Stop answering; does nothing where it is dead already."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextlib.contextmanager
def _program(command: list[str], url: str, home: Path) -> Iterator[None]:
    """Run a program until the end of the `with`, or until this process is gone; entered when `url` is answered."""
    log = home / f"{command[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=home, preexec_fn=children.end_with_parent
        )
    try:
        _wait_ready(command[0], process, url, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_ready(name: str, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(requests.RequestException):
            if requests.get(url, timeout=1).ok:
                return
        time.sleep(0.25)
    what = "did not become ready" if process.poll() is None else f"ended at once (exit {process.poll()})"
    raise RuntimeError(f"{name} {what}:\n{children.tail(log)}")


@contextlib.contextmanager
def watched_target(webhook: str, *, client: str, device: str, check: str) -> Iterator[Target]:
    """Run Prometheus and Alertmanager that report the target's state to `webhook`; yields the target, alive.

    `check` is a label of its own: another value is another condition, even within the reopening window.
    """
    target, ports = Target(), (free_port(), free_port())
    with tempfile.TemporaryDirectory(prefix="psa-demo-") as folder, contextlib.ExitStack() as stack:
        home = Path(folder)
        names = {"job": "demo", "client": client, "device": device, "check": check, "webhook": webhook}
        names |= {"target": str(target.port)}
        (home / "rules.yml").write_text(RULES.format(**names))
        (home / "prometheus.yml").write_text(
            PROMETHEUS.format(**names, alertmanager=ports[1], rules=home / "rules.yml")
        )
        (home / "alertmanager.yml").write_text(ALERTMANAGER.format(**names))
        target.start()
        stack.callback(target.die)
        alertmanager = [
            "prometheus-alertmanager",
            f"--config.file={home / 'alertmanager.yml'}",
            f"--storage.path={home / 'am'}",
            f"--web.listen-address=127.0.0.1:{ports[1]}",
            "--cluster.listen-address=",
        ]
        prometheus = [
            "prometheus",
            f"--config.file={home / 'prometheus.yml'}",
            f"--storage.tsdb.path={home / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{ports[0]}",
        ]
        for command, port in ((alertmanager, ports[1]), (prometheus, ports[0])):
            stack.enter_context(_program(command, f"http://127.0.0.1:{port}/-/ready", home))
        yield target


class Replay:
    """Stands in for both programs where they are not installed: sends one recorded message, re-dated.

    It was recorded from Alertmanager 0.25; the names of customer and machine are those of the demo world.
    """

    def __init__(self, webhook: str, *, client: str, device: str, check: str) -> None:
        self.webhook = webhook
        self.labels = {"client": client, "instance": device, "check": check}
        self.fingerprint = hashlib.sha256(check.encode()).hexdigest()[:16]
        self.message = json.loads(Path(__file__).with_name("recorded_alertmanager.json").read_text())

    def _send(self, status: str) -> None:
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        message = json.loads(json.dumps(self.message))
        message["status"] = status
        for alert in message["alerts"]:
            alert["status"] = status
            alert["labels"] |= self.labels
            alert["fingerprint"] = self.fingerprint
            alert["endsAt" if status == "resolved" else "startsAt"] = now
        requests.post(self.webhook, json=message, timeout=30).raise_for_status()

    def die(self) -> None:
        """Report the target as down."""
        self._send("firing")

    def start(self) -> None:
        """Report the target as up again."""
        self._send("resolved")
