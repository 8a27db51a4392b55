import { Component, onWillStart, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { DurationProblem, formatDuration, readDuration, spellDuration } from "@psa_crm/psa_duration/duration_text";
import { finishSectionsRegistry } from "@psa_helpdesk/psa_my_day/psa_finish_sheet";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";

const COVER_MS = 300;
const LONGEST_START = 24 * 60;

/**
 * The minutes a sheet begins with: of the timer on its ticket, else since the technician arrived, else none.
 *
 * @param {luxon.DateTime|undefined} since
 * @param {luxon.DateTime} now
 */
export function firstMinutes(since, now) {
    if (!since) {
        return 0;
    }
    const minutes = Math.floor(now.startOf("minute").diff(since.startOf("minute"), "minutes").minutes);
    // Who forgot to finish yesterday did not work through the night.
    return minutes >= LONGEST_START ? 0 : Math.max(1, minutes);
}

/** Minutes, work type and who pays for it, on top of the finish sheet. */
export class PsaFinishTime extends Component {
    static template = "psa_timesheet_billing.PsaFinishTime";
    static props = { sheet: Object, keep: Function };

    setup() {
        this.orm = useService("orm");
        this.timer = useService("psa_timer");
        this.line = useService("psa_line");
        this.clock = useService("psa_clock");
        this.sheet = useState(this.props.sheet);
        this.state = useState({
            mayLog: true,
            whyNot: "",
            workTypes: [],
            cover: "",
            text: "",
            choices: [],
            problem: "",
        });
        this.tellCoverSoon = debounce(() => this.tellCover(), COVER_MS);
        this.sheet.addCheck(() => this.check());
        onWillStart(() => this.load());
        onWillUnmount(() => this.tellCoverSoon.cancel());
        useEffect(
            () => {
                this.tellCoverSoon();
            },
            () => [this.sheet.ticketId, this.sheet.values.minutes, this.sheet.values.work_type_id]
        );
    }

    async load() {
        const values = this.sheet.values;
        if (values.minutes === undefined) {
            values.minutes = firstMinutes(this.since, this.clock.read());
        }
        this.state.text = values.minutes ? formatDuration(values.minutes) : "";
        try {
            const sheet = await this.orm.silent.call("psa.my.day", "get_sheet", [
                this.sheet.ticketId,
                this.sheet.card.place || "",
            ]);
            this.state.mayLog = sheet.may_log;
            this.state.whyNot = sheet.problem;
            this.state.workTypes = sheet.work_types;
            values.work_type_id = values.work_type_id || sheet.work_type_id;
            if (!sheet.may_log) {
                delete values.minutes;
            }
        } catch (error) {
            if (!this.line.failed(error)) {
                throw error;
            }
        }
    }

    /** Since when this work goes on. */
    get since() {
        const running = this.timer.state.running;
        if (running && this.sheet.card.tickets.some((ticket) => ticket.id === running.ticket_id)) {
            this.sheet.ticketId = running.ticket_id;
            return running.startedAt;
        }
        const { arrived } = this.sheet.card;
        return arrived ? deserializeDateTime(arrived) : undefined;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.state.choices = [];
        this.state.problem = "";
        const text = this.state.text.trim();
        try {
            const reading = text ? readDuration(text) : { minutes: 0 };
            if (reading.minutes === undefined) {
                this.state.choices = [reading.asMinutes, reading.asHours];
            } else if (reading.minutes < 0) {
                throw new DurationProblem("unreadable");
            } else {
                this.sheet.values.minutes = reading.minutes;
            }
        } catch (problem) {
            if (!(problem instanceof DurationProblem)) {
                throw problem;
            }
            this.state.problem = _t("%(text)s is no duration. Type 1:30, 1h30, 90m or 1.5.", { text });
        }
    }

    spell(minutes) {
        return spellDuration(minutes);
    }

    choose(minutes) {
        this.sheet.values.minutes = minutes;
        this.state.text = formatDuration(minutes);
        this.state.choices = [];
        this.props.keep();
    }

    chooseType(id) {
        this.sheet.values.work_type_id = id;
        this.props.keep();
    }

    /** What is still wrong with the time, said by the sheet when it is saved. */
    check() {
        if (this.state.problem) {
            return this.state.problem;
        }
        return this.state.choices.length ? _t("Say whether these are minutes or hours.") : "";
    }

    async tellCover() {
        const { minutes, work_type_id } = this.sheet.values;
        const asked = (this.asked = {});
        let cover = "";
        if (minutes && this.state.mayLog) {
            try {
                const args = [this.sheet.ticketId, minutes, work_type_id || false];
                cover = await this.orm.silent.call("psa.my.day", "get_cover", args);
            } catch (error) {
                if (!this.line.failed(error)) {
                    throw error;
                }
            }
        }
        if (asked === this.asked) {
            this.state.cover = cover;
        }
    }
}

finishSectionsRegistry.add("time", PsaFinishTime, { sequence: 10 });
