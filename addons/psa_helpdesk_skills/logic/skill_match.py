"""Whether a technician has the skills that a ticket wants, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rank`: 0 where the technician does not fit, else the better the higher; `missing`: keys of skills, in order."""

    rank: int
    missing: tuple[int, ...] = ()


def judge(rank: int, wanted: Iterable[int], known: Mapping[int, int]) -> Verdict:
    """Say how well a technician fits.

    A chain is as strong as its weakest link: of several skills the one that is known least decides. Whoever fits for
    another reason alone (`rank`) comes after everybody who has the skills; whoever does not fit stays out.

    :param rank: what is found without skills, 0 or more
    :param wanted: keys of skills
    :param known: {key of a skill: percent of mastery}
    """
    wanted = tuple(wanted)
    if not wanted or not rank:
        return Verdict(rank)
    missing = tuple(skill for skill in wanted if skill not in known)
    if missing:
        return Verdict(0, missing)
    return Verdict(rank + 1 + min(known[skill] for skill in wanted))
