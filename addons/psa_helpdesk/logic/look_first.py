"""What to look at first: the most pressing thing of each reason, before the second one of any."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


def look_first(reasons: Iterable[Iterable[tuple[Hashable, str]]], most: int) -> list[tuple[Hashable, str]]:
    """Pick at most `most` things, each once, with the reason it was first found for.

    :param reasons: what each reason finds as (thing, why), the most pressing reason and thing first
    :return: [(thing, why)]: one of each reason, in the order of the reasons, then a second of each, and so on
    """
    left = [list(found) for found in reasons]
    picked: dict[Hashable, str] = {}
    while any(left):
        for found in left:
            while found:
                thing, why = found.pop(0)
                if thing not in picked:
                    picked[thing] = why
                    break
    return list(picked.items())[:most]
