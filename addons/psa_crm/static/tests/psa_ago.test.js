import { expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { spellAgo } from "@psa_crm/psa_ago/psa_ago_field";

class Call extends models.Model {
    _name = "call";

    at = fields.Datetime();

    _records = [{ id: 1, at: "2026-03-02 07:00:00" }, { id: 2 }];
}

defineMailModels();
defineModels([Call]);

test("a moment is relative within a week, and a date beyond", () => {
    const now = luxon.DateTime.fromISO("2026-03-10T10:00:00", { locale: "en" });
    expect(spellAgo(now.minus({ hours: 3 }), now)).toBe("3 hours ago");
    expect(spellAgo(now.minus({ days: 6 }), now)).toBe("6 days ago");
    expect(spellAgo(now.minus({ days: 8 }), now)).toBe("Mar 2, 2026");
});

test("the exact moment is in the tooltip, and nothing where there is none", async () => {
    mockDate("2026-03-02 10:00:00", 0);
    await mountView({ type: "list", resModel: "call", arch: `<list><field name="at" widget="psa_ago"/></list>` });
    expect("time").toHaveCount(1);
    expect("time").toHaveText("3 hours ago");
    expect(queryFirst("time").title).toMatch(/2026/);
});
