"""Somebody else wrote the same rows at the same moment: nothing is wrong, what was tried is tried again."""

import psycopg2

CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
