from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic.work_word import Day, Word, read_word


class PsaWorkWordMixin(models.AbstractModel):
    """Where work stands today: Overdue, At risk, Due, Done; the rest is Waiting or Later (`logic/work_word.py`).

    A model says with two hooks how it finds that out: `_psa_get_work` for one record, `_psa_get_word_domains` for all.
    The figure and the list behind it are the same search; that both agree with the reading is tested.
    """

    _name = "psa.work.word.mixin"
    _description = "Where work stands"

    psa_word = fields.Selection(
        [
            (Word.OVERDUE.value, "Overdue"),
            (Word.AT_RISK.value, "At risk"),
            (Word.DUE.value, "Due today"),
            (Word.WAITING.value, "Waiting"),
            (Word.LATER.value, "Later"),
            (Word.DONE.value, "Done today"),
        ],
        string="Standing",
        compute="_compute_psa_word",
        search="_search_psa_word",
        groups="base.group_user",
        help="One word for where this stands today. Empty: closed on another day.",
    )

    def _psa_get_work(self, now):
        """Return the `logic.work_word.Work` of this record at `now`."""
        raise NotImplementedError

    @api.model
    def _psa_get_word_domains(self, now, day):
        """Return {word: domain}; they must not overlap.

        :param datetime now: naive UTC
        :param Day day: the reader's day
        """
        raise NotImplementedError

    @api.depends_context("tz")
    def _compute_psa_word(self):
        now = fields.Datetime.now()
        day = self._psa_get_day(now)
        for record in self:
            word = read_word(record._psa_get_work(now), day)
            record.psa_word = word.value if word else False

    @api.model
    def _search_psa_word(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = self._psa_get_word_domains(now, self._psa_get_day(now))
        wanted = [domain for word, domain in domains.items() if word.value in value]
        if False in value:
            wanted.append(~Domain.OR(domains.values()))
        return Domain.OR(wanted)

    @api.model
    def _psa_get_day(self, now):
        """Return the day of the reader that `now` lies in."""
        today = self._psa_get_local_date(now)
        return Day(*self._psa_get_midnights(today, today + timedelta(days=1)))

    @api.model
    def _psa_get_week(self, now):
        """Return Monday and next Monday 00:00 of the reader's week that `now` lies in, in naive UTC."""
        today = self._psa_get_local_date(now)
        monday = today - timedelta(days=today.weekday())
        return self._psa_get_midnights(monday, monday + timedelta(days=7))

    @api.model
    def _psa_get_local_date(self, now):
        return pytz.utc.localize(now).astimezone(pytz.timezone(self.env.tz.zone)).date()

    @api.model
    def _psa_get_midnights(self, *days):
        """Return the beginning of each of these days of the reader, in naive UTC."""
        zone = pytz.timezone(self.env.tz.zone)
        return [
            zone.localize(datetime.combine(day, time())).astimezone(pytz.utc).replace(tzinfo=None)
            for day in days
        ]
