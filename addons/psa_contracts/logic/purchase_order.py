"""How far the customer's order reaches."""

from collections.abc import Sequence
from decimal import Decimal


def count_within(limit: Decimal, used: Decimal, amounts: Sequence[Decimal]) -> int:
    """How many of the items, in the order given, may be billed before the untaxed limit is exceeded.

    The first that would exceed it is held whole, and so are all after it (Rule D9.58). A limit of 0 is none.
    """
    if not limit:
        return len(amounts)
    for place, amount in enumerate(amounts):
        used += amount
        if used > limit:
            return place
    return len(amounts)
