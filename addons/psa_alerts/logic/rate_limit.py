"""How many messages this process let in during the present minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SECONDS = 60


@dataclass(slots=True)
class Window:
    """A counter that begins anew each minute. One per source and process; losing it costs nothing."""

    began_at: datetime = datetime.min
    count: int = 0

    def take(self, now: datetime) -> int:
        """Count one message at `now` and return how many came in this minute, this one included."""
        if now - self.began_at >= timedelta(seconds=SECONDS):
            self.began_at, self.count = now, 0
        self.count += 1
        return self.count

    def wait(self, now: datetime) -> int:
        """Seconds until the minute is over, at least 1."""
        return max(1, SECONDS - int((now - self.began_at).total_seconds()))
