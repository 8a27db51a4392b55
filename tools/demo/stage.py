"""What a scene of the demo needs: the users, a way to print what was made, a way to wait, a way to insist."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .session import Session


class DoesNotHold(Exception):
    """A step of the demo did not give what it promises."""


@dataclass
class Stage:
    """The running suite at `url`, with one session per user, opened when first needed."""

    url: str
    step: int = 0
    _sessions: dict[str, Session] = field(default_factory=dict)

    def user(self, login: str) -> Session:
        """The session of a demo user, whose password equals the login."""
        if login not in self._sessions:
            self._sessions[login] = Session(self.url, login, login)
        return self._sessions[login]

    def scene(self, title: str) -> None:
        """Begin the next step."""
        self.step += 1
        print(f"\n{self.step:>2}. {title}", flush=True)

    def tell(self, label: str, value: Any) -> None:
        """Print one thing that was made."""
        print(f"      {label + ':':<22} {value}", flush=True)

    def insist(self, holds: Any, promise: str) -> None:
        """End the demo where a promise does not hold."""
        if not holds:
            raise DoesNotHold(promise)
        print(f"      [holds] {promise}", flush=True)

    def wait(self, what: str, look: Callable[[], Any], seconds: int = 120) -> Any:
        """Look each half second until there is something; the longest wait is the scheduler's poll."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            found = look()
            if found:
                self.tell("waited", f"{time.monotonic() - began:.1f} s for {what}")
                return found
            time.sleep(0.5)
        raise DoesNotHold(f"{what} within {seconds} s")


def clock(minutes: int) -> str:
    """Minutes as people write them: 50 -> 0:50."""
    return f"{minutes // 60}:{minutes % 60:02d}"
