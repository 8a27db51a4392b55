"""Where a demo suite's mail goes: a local SMTP door that keeps each message as a file and passes nothing on."""

import itertools
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

KEPT = 200
MAX_BYTES = 50 * 1024 * 1024


class _Session(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a sending client needs."""

    folder: ClassVar[Path]
    numbers: ClassVar[Iterator[int]]
    timeout = 60

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self._say("220 psa demo: mail is kept here and goes nowhere")
        while line := self.rfile.readline(1000):
            verb = line.split(b" ")[0].strip().upper()
            if verb == b"DATA":
                self._say("354 go on, end with a single dot")
                self._keep(self._message())
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb in {b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET", b"NOOP"}:
                self._say("250 ok")
            else:
                self._say("502 not known here")

    def _message(self) -> bytes:
        lines, size = [], 0
        while (line := self.rfile.readline()) not in {b".\r\n", b".\n", b""}:
            size += len(line)
            if size <= MAX_BYTES:
                lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _keep(self, message: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{next(self.numbers):04d}.eml"
        (self.folder / name).write_bytes(message)
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


class MailSink:
    """The open door, for the time of one `with`; `port` is where it listens on 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        session = type("Session", (_Session,), {"folder": folder, "numbers": itertools.count(1)})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), session)
        self._server.daemon_threads = True
        self.folder = folder
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> "MailSink":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
