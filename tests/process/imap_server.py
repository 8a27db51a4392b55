"""A real IMAP server of a test's own: Dovecot as an ordinary process, with everything in one temporary folder."""

import getpass
import grp
import imaplib
import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tools import machine
from tools.server import free_port

DOVECOT = "/usr/sbin/dovecot"
USER, PASSWORD = "desk", "desk"
READY_SECONDS = 30
CONFIG = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_location = maildir:{home}/mail
mail_uid = {mail}
mail_gid = {mail}
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail} home={home}
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """The desk's mailbox on the running server."""

    port: int

    def put(self, message: EmailMessage | bytes) -> None:
        """Deliver a mail, unread."""
        source = message if isinstance(message, bytes) else message.as_bytes()
        with self._signed_in() as connection:
            status, answer = connection.append("INBOX", "", imaplib.Time2Internaldate(time.time()), source)
            assert status == "OK", answer

    def unread(self) -> int:
        """How many mails nobody has fetched."""
        with self._signed_in() as connection:
            connection.select("INBOX", readonly=True)
            return len(connection.search(None, "UNSEEN")[1][0].split())

    @contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as connection:
            connection.login(USER, PASSWORD)
            yield connection


@contextmanager
def imap_server(home: Path) -> Iterator[Mailbox]:
    """Dovecot, for the time of one `with`. As root it keeps the users that Debian's package made for it."""
    machine.require(machine.MAIL, "mail fetched from a real IMAP server")
    me = getpass.getuser()
    is_root = os.geteuid() == 0
    mail_user = pwd.getpwnam("nobody" if is_root else me)  # it serves no mail to root
    mailbox = Mailbox(free_port())
    config = home / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            home=home,
            port=mailbox.port,
            password=PASSWORD,
            internal="dovecot" if is_root else me,
            internal_group="dovecot" if is_root else pwd_group(me),
            login="dovenull" if is_root else me,
            mail=mail_user.pw_uid,
        )
    )
    (home / "mail").mkdir()
    for part in (home, home / "mail"):
        os.chown(part, mail_user.pw_uid, -1)
    # Its processes of other users pass through all folders above.
    open_up(home)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
    try:
        _wait_for(mailbox, process, home / "dovecot.log")
        yield mailbox
    finally:
        process.terminate()
        process.wait(timeout=30)


def pwd_group(user: str) -> str:
    """The name of a user's own group."""
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def open_up(home: Path) -> None:
    """Let others pass through the folders above `home` that are ours."""
    for folder in (home, *home.parents):
        if folder.stat().st_uid != os.geteuid() and folder != home:
            return
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)


def _wait_for(mailbox: Mailbox, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while problem := _trouble(mailbox):
        said = log.read_text() if log.exists() else ""
        assert process.poll() is None, f"{problem}\n{said}"
        assert time.monotonic() < until, f"{problem}\n{said}"
        time.sleep(0.1)


def _trouble(mailbox: Mailbox) -> Exception | None:
    """Why the mailbox cannot be read yet."""
    try:
        mailbox.unread()
    except (OSError, imaplib.IMAP4.error) as problem:
        return problem
    return None
