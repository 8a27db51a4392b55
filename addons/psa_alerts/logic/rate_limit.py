"""How many messages this process let in during the present minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SECONDS = 60


@dataclass(slots=True)
class Window:
    """A counter that begins anew each minute. One per source and process; losing it costs nothing."""

    began_at: datetime = datetime.min
    count: int = 0

    def count_at(self, now: datetime) -> int:
        """How many were let in during the minute of `now`."""
        return self.count if now - self.began_at < timedelta(seconds=SECONDS) else 0

    def let_in(self, now: datetime) -> None:
        """Count one message that is let in at `now`."""
        self.count = self.count_at(now) + 1
        if self.count == 1:
            self.began_at = now

    def wait(self, now: datetime) -> int:
        """Seconds until the minute is over, at least 1; a whole one where none has begun."""
        left = SECONDS - int((now - self.began_at).total_seconds())
        return left if left > 0 else SECONDS
