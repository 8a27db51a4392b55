"""Who is at work when: nobody in two places at once."""

from collections import defaultdict
from datetime import timedelta


class Diary:
    """Spans of work by person."""

    def __init__(self):
        self._spans = defaultdict(list)

    def book(self, who, start, minutes):
        """Enter a span that begins at `start`, or as soon as `who` is free after it.

        :return: (start, end)
        """
        length = timedelta(minutes=minutes)
        for begin, end in sorted(self._spans[who]):
            if start < end and begin < start + length:
                start = end
        span = start, start + length
        self._spans[who].append(span)
        return span
