import logging
from dataclasses import dataclass, replace

from odoo import api, fields, models
from odoo.tools import SQL

from ..logic import parsers
from ..logic.body import BodyRefused, read_json
from ..logic.delivery import own_delivery_id
from .psa_alert_correlate import Statement

_logger = logging.getLogger(__name__)

# Texts that are read in one transaction. One message is read whatever its size, which the door limits.
BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says: its elements, and what had to be repaired; or why it cannot be read."""

    elements: tuple = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a message and the row that keeps what is made of it."""

    row_id: int
    event: models.BaseModel
    element: object
    notes: tuple[str, ...]


class PsaAlertEvent(models.Model):
    """What stored messages say: found in their order, read, each element of a message in a row of its own."""

    _inherit = "psa.alert.event"

    @api.model
    def _find_pending(self, limit):
        """Return the first pending events, elements in the place of their message, as many as may be read at once."""
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT event.id, coalesce(event.parent_id, event.id), octet_length(coalesce(parent.body, event.body))
                  FROM psa_alert_event AS event
             LEFT JOIN psa_alert_event AS parent ON parent.id = event.parent_id
                 WHERE event.state = 'pending'
              ORDER BY coalesce(event.parent_id, event.id), event.element
                 LIMIT %s
                """,
                limit,
            )
        )
        sizes, found = {}, []
        for event_id, message_id, size in rows:
            sizes[message_id] = size or 0
            if found and sum(sizes.values()) > BATCH_BYTES:
                break
            found.append(event_id)
        return self.browse(found)

    def _read_statements(self, limit, conflicts):
        """Return the statements of these events in their order, at most `limit`, and how many events were dealt with.

        Whole messages are read until `limit` is reached; the elements of the last one that are too many have their
        rows then and wait for the next batch. What cannot be read is booked as failed.
        """
        readings = self._read_messages()
        plain, groups, room, count = self.browse(), [], limit, 0
        for event in self:
            reading = readings[event]
            if reading.problem:
                event._fail(reading.problem)
                count += 1
            elif event._is_plain(reading.elements):
                plain += event
                room -= 1
            else:
                groups.append(event)
                room -= len(reading.elements)
            if room <= 0:
                break
        rows = self._each_or_all(
            groups,
            lambda some: self._spread(some, readings),
            lambda event, reason: event._fail(reason),
            conflicts,
        )
        parts = [Part(one.id, one, readings[one].elements[0], readings[one].notes) for one in plain]
        parts += [
            Part(row_id, event, readings[event].elements[number - 1], readings[event].notes)
            for row_id, event, number in rows
        ]
        parts = self._in_order(parts)[:limit]
        statements = [statement for part in parts for statement in self._state(part)]
        # A message whose elements were all delivered before is dealt with too.
        return statements, (count + len(parts)) or len(groups)

    def _read_messages(self):
        """Return {event: Reading}; the elements of one message are read from it once."""
        self.fetch(["source_id", "delivery_id", "received_at", "parent_id", "element"])
        messages = self.parent_id | self.filtered(lambda event: not event.parent_id)
        messages.fetch(["source_id", "body", "headers", "warnings"])
        settings = {source: source._get_settings() for source in messages.source_id}
        whole = {}
        for message in messages:
            # Elements that have their rows are read as elements, whatever the source says today.
            wanted = settings[message.source_id]
            if message in self.parent_id:
                wanted = replace(wanted, group_by="fingerprint")
            whole[message] = message._read_body(wanted)
        return {event: event._pick(whole[event.parent_id or event]) for event in self}

    def _read_body(self, settings):
        if not self.body:
            return Reading(problem=self.env._("The message's text is not kept any more."))
        stored = tuple(filter(None, (self.warnings or "").split("\n")))
        try:
            document = read_json(self.body)
            elements = parsers.parse(self.source_id.system, document.root, settings)
        except (parsers.MessageProblem, BodyRefused) as problem:
            return Reading(problem=str(problem))
        except Exception as problem:
            _logger.exception("Alert event %s cannot be read", self.id)
            return Reading(problem=f"{type(problem).__name__}: {problem}")
        return Reading(tuple(elements), tuple(dict.fromkeys(stored + document.warnings)))

    def _pick(self, reading):
        """Return what the message of this event says about this event."""
        if not self.parent_id or reading.problem:
            return reading
        elements = reading.elements[self.element - 1 : self.element]
        if not elements:
            return Reading(
                problem=self.env._(
                    "By the present settings the message has no element %(number)s.", number=self.element
                )
            )
        return replace(reading, elements=elements)

    def _is_plain(self, elements):
        """Say whether the message has one element that goes by the message's own delivery id."""
        if self.parent_id:
            return True
        own = getattr(elements[0], "delivery_id", "")
        return len(elements) == 1 and (not own or not self.delivery_id.startswith("body:"))

    @api.model
    def _spread(self, groups, readings):
        """Give each element of these messages its own row, those delivered before left out.

        :return: [(row id, message, number of the element)]
        """
        rows = [
            {
                "source_id": event.source_id.id,
                "delivery_id": (
                    own_delivery_id(element.delivery_id)
                    if getattr(element, "delivery_id", "")
                    else f"{event.delivery_id}#{number}"
                ),
                "received_at": event.received_at,
                "parent_id": event.id,
                "element": number,
                "state": "pending",
            }
            for event in groups
            for number, element in enumerate(readings[event].elements, 1)
        ]
        new = self._insert(rows)
        taken = dict.fromkeys(groups, 0)
        for _row, parent_id, _number in new:
            taken[self.browse(parent_id)] += 1
        for event, count in taken.items():
            event._book_group(len(readings[event].elements), count)
        return [(row_id, self.browse(parent_id), number) for row_id, parent_id, number in new]

    def _book_group(self, count, taken):
        self.write(
            {
                "state": "done" if taken else "duplicate",
                "kind": "group",
                "decision": self.env._(
                    "%(count)s elements, %(before)s of them delivered before",
                    count=count,
                    before=count - taken,
                ),
                "processed_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _in_order(self, parts):
        """By message and element: rows of elements are younger than the messages that came after theirs."""
        return sorted(parts, key=lambda part: ((part.event.parent_id or part.event).id, part.row_id))

    @api.model
    def _state(self, part):
        """Return the statement of one part; one that cannot be read is booked as failed, and there is none."""
        if isinstance(part.element, parsers.Unreadable):
            self.browse(part.row_id)._fail(part.element.reason)
            return []
        warnings = tuple(dict.fromkeys(part.notes + part.element.warnings))
        return [
            Statement(
                row_id=part.row_id,
                message_id=(part.event.parent_id or part.event).id,
                source=part.event.source_id,
                received_at=part.event.received_at,
                event=replace(part.element, warnings=warnings),
            )
        ]
