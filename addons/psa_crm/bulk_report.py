"""What a button that works on many records says afterwards."""


def report_bulk(env, deed, done, skipped):
    """Say "18 approved, 2 skipped: why" where something was skipped, and let the list be read again.

    :param str deed: what was done, as a past participle in the user's language
    :param done: the records it was done to
    :param dict skipped: {record: why it was left as it is}
    :return: a notification to hand back to the client; False where the user sees all of it happen
    """
    if not skipped:
        return False
    whys = list(skipped.values())
    reasons = ", ".join(f"{why} ({whys.count(why)})" for why in dict.fromkeys(whys))
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "warning" if done else "danger",
            "message": env._(
                "%(done)s %(deed)s, %(skipped)s skipped: %(reasons)s",
                done=len(done),
                deed=deed,
                skipped=len(skipped),
                reasons=reasons,
            ),
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
