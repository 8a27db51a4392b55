import { expect, test } from "@odoo/hoot";
import { press, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class Item extends models.Model {
    _name = "item";

    name = fields.Char();
    has_why = fields.Boolean();

    _records = [
        { id: 1, name: "Switch replaced", has_why: true },
        { id: 2, name: "Cable", has_why: false },
    ];
}

defineMailModels();
defineModels([Item]);

const LIST = `<list><field name="name"/><field name="has_why" widget="psa_why"/></list>`;
const BUTTON = ".o_psa_why_button";

function part(values = {}) {
    return {
        title: "Switch replaced",
        subtitle: "10 Mar 2026",
        cover: "Billable",
        steps: [{ what: "0:50 worked", rule: "D9.1" }],
        amount: "$ 83.33",
        decisions: ["Approved by Anna"],
        ...values,
    };
}

test("only what is explained has a question mark", async () => {
    await mountView({ type: "list", resModel: "item", arch: LIST });
    expect(BUTTON).toHaveCount(1);
    expect(BUTTON).toHaveAttribute("aria-label", "Why this amount?");
});

test("the explanation is read once, when it is opened", async () => {
    onRpc("item", "get_explanation", ({ args }) => {
        expect.step(args[0]);
        return [part(), part({ title: "Cabling" })];
    });
    await mountView({ type: "list", resModel: "item", arch: LIST });
    expect.verifySteps([]);
    await contains(BUTTON).click();
    expect.verifySteps([[1]]);
    expect(".o_psa_why [role=dialog] h5").toHaveCount(2);
    expect(".o_psa_why section:first").toHaveText(/83\.33/);
    expect(".o_psa_why section:first").toHaveText(/0:50 worked/);
    expect(".o_psa_why section:first").toHaveText(/Approved by Anna/);
});

test("without the right the amount is not shown", async () => {
    onRpc("item", "get_explanation", () => [part({ amount: false })]);
    await mountView({ type: "list", resModel: "item", arch: LIST });
    await contains(BUTTON).click();
    expect(".o_psa_why strong").toHaveCount(0);
});

test("Escape closes it and gives the focus back", async () => {
    onRpc("item", "get_explanation", () => [part()]);
    await mountView({ type: "list", resModel: "item", arch: LIST });
    await contains(BUTTON).click();
    expect(".o_psa_why").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o_psa_why").toHaveCount(0);
    expect(document.activeElement).toBe(queryFirst(BUTTON));
});
