"""What must be done before a ticket is closed, and who is asked for it (Rule D8.4).

People of ours are held up by open gates. What customers close in the portal and what machines close is not, but it is
written down. A ticket that is cancelled was no work to account for: only what is part of it may not stay open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .touch import Actor, Role, role_of


class Gate(Enum):
    """One thing that may be missing, in the order in which a person mends it."""

    RESOLUTION = "resolution"
    TIME = "time"
    CHECKLIST = "checklist"
    ASSET = "asset"
    VENDOR_REFERENCE = "vendor_reference"
    CHILDREN = "children"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is there on a ticket."""

    has_resolution: bool = False
    has_time: bool = False
    open_items: int = 0
    has_asset: bool = False
    has_vendor_reference: bool = False
    open_children: int = 0


@dataclass(frozen=True, slots=True)
class OpenGate:
    """A gate that is open, and how many things are missing there."""

    gate: Gate
    count: int = 1


class Outcome(Enum):
    """What happens to a closing."""

    CLOSE = "close"
    NOTE = "note"
    REFUSE = "refuse"


def find_open(demands: frozenset[Gate], facts: Facts, is_cancelling: bool = False) -> tuple[OpenGate, ...]:
    """All gates that `demands` asks for and `facts` leaves open, in the order of `Gate`."""
    asked = demands & {Gate.CHILDREN} if is_cancelling else demands
    missing = {
        Gate.RESOLUTION: int(not facts.has_resolution),
        Gate.TIME: int(not facts.has_time),
        Gate.CHECKLIST: facts.open_items,
        Gate.ASSET: int(not facts.has_asset),
        Gate.VENDOR_REFERENCE: int(not facts.has_vendor_reference),
        Gate.CHILDREN: facts.open_children,
    }
    return tuple(OpenGate(gate, missing[gate]) for gate in Gate if gate in asked and missing[gate])


def judge(open_gates: tuple[OpenGate, ...], actor: Actor, is_overridden: bool = False) -> Outcome:
    """Say what becomes of a closing by `actor`: only staff is held up, and not where somebody took it on themselves."""
    if not open_gates:
        return Outcome.CLOSE
    if role_of(actor) is Role.STAFF:
        return Outcome.CLOSE if is_overridden else Outcome.REFUSE
    return Outcome.NOTE
