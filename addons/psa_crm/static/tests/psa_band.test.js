import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Job extends models.Model {
    _name = "job";

    name = fields.Char();
    late = fields.Boolean();
    mine = fields.Boolean();

    _records = [
        { id: 1, name: "One", late: true, mine: true },
        { id: 2, name: "Two", late: true, mine: false },
        { id: 3, name: "Three", late: false, mine: false },
    ];
}

class Band extends models.Model {
    _name = "psa.band";

    count(model, domains) {
        return domains.map((domain) => this.env[model].search_count(domain));
    }
}

defineMailModels();
defineModels([Job, Band]);

const SEARCH = `
    <search>
        <filter name="mine" string="Mine" domain="[('mine', '=', True)]"/>
        <separator/>
        <filter name="late" string="Late" domain="[('late', '=', True)]"/>
        <filter name="quiet" string="Quiet" domain="[('id', '=', 0)]"/>
        <filter name="by_name" string="Name" context="{'group_by': 'name'}"/>
    </search>`;
const ARCHS = {
    list: `<list js_class="psa_band_list"><field name="name"/></list>`,
    kanban: `<kanban js_class="psa_band_kanban"><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
};
const ROWS = { list: ".o_data_row", kanban: ".o_kanban_record:not(.o_kanban_ghost)" };

const show = (type, context = {}) =>
    mountView({
        type,
        resModel: "job",
        arch: ARCHS[type],
        searchViewArch: SEARCH,
        context: {
            psa_band: [
                { filters: ["late"], tone: "danger" },
                { filters: ["mine", "late"], tone: "warning" },
                { filters: ["quiet"], tone: "info" },
                { filters: ["of another addon"], tone: "info" },
            ],
            ...context,
        },
    });

for (const type of ["list", "kanban"]) {
    test(`each figure above a ${type} counts what pressing it shows`, async () => {
        await show(type, { search_default_mine: 1 });
        expect(queryAllTexts(".psa_band_word")).toEqual(["Late", "Late", "Quiet"]);
        const counts = queryAllTexts(".psa_band_count");
        expect(counts).toEqual(["2", "1", "0"]);
        expect(ROWS[type]).toHaveCount(1);
        for (const index of [0, 1]) {
            await contains(`.psa_band_figure:eq(${index}) button`).click();
            expect(ROWS[type]).toHaveCount(Number(counts[index]));
            expect(`.psa_band_figure:eq(${index}) button`).toHaveAttribute("aria-pressed", "true");
        }
    });
}

test("a figure pressed again shows what was there before", async () => {
    await show("list", { search_default_mine: 1 });
    await contains(".psa_band_figure:eq(0) button").click();
    expect(queryAllTexts(".o_facet_value")).toEqual(["Late"]);
    await contains(".psa_band_figure:eq(0) button").click();
    expect(queryAllTexts(".o_facet_value")).toEqual(["Mine"]);
});

test("groups stay when a figure is pressed", async () => {
    await show("list", { search_default_by_name: 1 });
    await contains(".psa_band_figure:eq(0) button").click();
    expect(".o_group_header").toHaveCount(2);
});

test("all figures cost one call, with each load of the records", async () => {
    onRpc("psa.band", "count", ({ args }) => {
        expect.step(`${args[0]}: ${args[1].length}`);
    });
    await show("list");
    expect.verifySteps(["job: 3"]);
    await contains(".psa_band_figure:eq(0) button").click();
    await animationFrame();
    expect.verifySteps(["job: 3"]);
});

test("a list whose action names no figures has no band", async () => {
    await show("list", { psa_band: undefined });
    expect(".psa_band").toHaveCount(0);
    expect(".o_data_row").toHaveCount(3);
});

test("a figure has its colour only while there is something to see", async () => {
    await show("list");
    expect(".psa_band_count:eq(0)").toHaveClass("text-danger-emphasis");
    expect(".psa_band_count:eq(2)").toHaveClass("text-muted");
});

for (const type of ["list", "kanban"]) {
    test(`an empty ${type} says which filters hide everything and takes them away`, async () => {
        await show(type, { search_default_mine: 1, search_default_quiet: 1, search_default_by_name: 1 });
        expect(ROWS[type]).toHaveCount(0);
        expect(".psa_filtered_empty").toHaveText(/Nothing here with the filters: Mine, Quiet\./);
        await contains(".psa_filtered_empty button").click();
        expect(".psa_filtered_empty").toHaveCount(0);
        expect(queryAllTexts(".o_facet_value")).toEqual(["Name"]);
        expect(type === "list" ? ".o_group_header" : ".o_kanban_group").toHaveCount(3);
    });
}

test("what is empty without a filter offers nothing to clear", async () => {
    Job._records = [];
    await show("list");
    expect(".o_data_row").toHaveCount(0);
    expect(".psa_filtered_empty").toHaveCount(0);
});
