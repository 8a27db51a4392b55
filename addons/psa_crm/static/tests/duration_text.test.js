import { describe, expect, test } from "@odoo/hoot";

import { DurationProblem, formatDuration, readDuration, spellDuration } from "@psa_crm/psa_duration/duration_text";

import { DURATION_CASES, FORMAT_CASES } from "./duration_cases";

describe.current.tags("headless");

for (const { name, text, minutes, as_minutes, as_hours, problem } of DURATION_CASES) {
    test(`typed duration: ${name}`, () => {
        if (problem) {
            let refusal;
            try {
                readDuration(text);
            } catch (error) {
                refusal = error;
            }
            expect(refusal).toBeInstanceOf(DurationProblem);
            expect(refusal.code).toBe(problem);
        } else if (minutes !== undefined) {
            expect(readDuration(text)).toEqual({ minutes });
        } else {
            expect(readDuration(text)).toEqual({ asMinutes: as_minutes, asHours: as_hours });
        }
    });
}

for (const { minutes, short, long } of FORMAT_CASES) {
    test(`shown duration: ${short}`, () => {
        expect(formatDuration(minutes)).toBe(short);
        expect(spellDuration(minutes)).toBe(long);
    });
}
