"""Which steps of a derivation a customer reads: how the amount came about, not what we discussed about it."""

from collections.abc import Iterable, Mapping

FOR_CUSTOMERS = frozenset(
    {
        # time
        "worked", "minimum", "round", "scope", "maximum", "covered", "uncovered", "multiply_minutes",
        # money that is on the invoice anyhow
        "rate", "convert", "surcharge", "multiply_rate", "discount", "money",
        # charges and blocks
        "period", "share", "sold",
    }
)  # fmt: skip
"""A list of what is shown: a step of a kind nobody thought of stays inside."""


def select_steps(steps: Iterable[tuple[str, str]], instead: Mapping[str, str]) -> list[str]:
    """The sentences for the customer, in order.

    :param steps: pairs of what was done and its sentence
    :param instead: what is said in place of steps that tell who of us decided what; each sentence once
    """
    told: list[str] = []
    for done, sentence in steps:
        said = sentence if done in FOR_CUSTOMERS else instead.get(done)
        if said and (done in FOR_CUSTOMERS or said not in told):
            told.append(said)
    return told
