import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Alert extends models.Model {
    _name = "alert";

    severity = fields.Selection({
        selection: [
            ["critical", "Critical"],
            ["low", "Low"],
        ],
    });

    _records = [{ id: 1, severity: "critical" }, { id: 2, severity: "low" }, { id: 3 }];
}

defineMailModels();
defineModels([Alert]);

test("a severity is shown as icon, word and colour", async () => {
    await mountView({
        type: "list",
        resModel: "alert",
        arch: `<list><field name="severity" widget="psa_severity" decoration-danger="severity == 'critical'"/></list>`,
    });
    expect(".o_field_psa_severity .badge").toHaveCount(2);
    expect(".badge:first .fa-exclamation-triangle").toHaveCount(1);
    expect(".badge:first").toHaveText("Critical");
    expect(".badge:first").toHaveClass("text-bg-danger");
    expect(".badge:last .fa-arrow-down").toHaveCount(1);
});
