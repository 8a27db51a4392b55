import { after, beforeEach, Deferred, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockServer,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { startBusService } from "@bus/../tests/bus_test_helpers";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { LIVE_TYPE } from "@psa_crm/psa_live/psa_live";
import { PsaLiveForm, usePsaLiveForm } from "@psa_crm/psa_live/psa_live_form";
import "@psa_crm/psa_band/psa_band_views";

class Job extends models.Model {
    _name = "job";

    name = fields.Char();
    note = fields.Char({ string: "Remark" });
    late = fields.Boolean({ string: "Late" });
    write_uid = fields.Many2one({ relation: "res.users" });

    _records = [
        { id: 1, name: "One", late: true },
        { id: 2, name: "Two", late: true },
        { id: 3, name: "Three", late: false },
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
beforeEach(() => mockDate("2026-03-02 08:00:00"));

const ARCHS = {
    list: `<list js_class="psa_band_list" multi_edit="1"><field name="name"/></list>`,
    kanban: `<kanban js_class="psa_band_kanban"><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
};
const ROWS = { list: ".o_data_row", kanban: ".o_kanban_record:not(.o_kanban_ghost)" };

const show = async (type, params = {}) => {
    await mountView({ type, resModel: "job", arch: ARCHS[type], searchViewArch: "<search/>", ...params });
    await startBusService();
};

/** Somebody else changes records, and the bus says which. */
const change = async (ids, values = {}, message = {}) => {
    const { env } = MockServer;
    if (Object.keys(values).length) {
        env["job"].write(ids, values);
    }
    const heard = new Deferred();
    const hear = () => heard.resolve();
    getService("bus_service").subscribe(LIVE_TYPE, hear);
    env["bus.bus"]._sendone("broadcast", LIVE_TYPE, { model: "job", ids, is_cut: false, ...message });
    await heard;
    getService("bus_service").unsubscribe(LIVE_TYPE, hear);
};
const settle = async (ms = 400) => {
    await animationFrame();
    await advanceTime(ms);
    await animationFrame();
};

for (const type of ["list", "kanban"]) {
    test(`an idle ${type} shows by itself what others changed`, async () => {
        await show(type);
        await change([2], { name: "Changed" });
        expect(queryAllTexts(ROWS[type])[1]).toBe("Two");
        await settle();
        expect(queryAllTexts(ROWS[type])[1]).toBe("Changed");
        expect(".psa_live_pill").toHaveCount(0);
    });
}

test("what comes at once is read once, and a storm every two seconds", async () => {
    let reads = 0;
    onRpc("job", "web_search_read", () => {
        reads++;
    });
    await show("list");
    await advanceTime(3000);
    reads = 0;
    await change([1]);
    await change([2]);
    await change([3]);
    await settle();
    expect(reads).toBe(1);
    await change([1]);
    await settle(1000);
    expect(reads).toBe(1);
    await settle(1000);
    expect(reads).toBe(2);
});

test("changes of other models are none of this list's business", async () => {
    await show("list");
    onRpc("job", "web_search_read", () => expect.step("read"));
    await change([2], {}, { model: "other" });
    await settle();
    expect.verifySteps([]);
});

test("selected rows stay, a pill says how much is new, and shows it", async () => {
    await show("list", { domain: [["late", "=", true]] });
    await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
    await change([2, 3], { name: "Changed" });
    await settle();
    expect(queryAllTexts(".o_data_row .o_data_cell")).toEqual(["One", "Two"]);
    expect(".psa_live").toHaveAttribute("role", "status");
    expect(".psa_live_pill").toHaveText("1 new\nShow", { message: "Three does not belong here" });
    expect(".o_data_row:eq(0) .o_list_record_selector input").toBeChecked();
    await contains(".psa_live_pill button").click();
    expect(queryAllTexts(".o_data_row .o_data_cell")).toEqual(["One", "Changed"]);
    expect(".psa_live_pill").toHaveCount(0);
});

test("a row that is written, a dialog, a menu and selected text hold the list back", async () => {
    await show("list");
    const expectHeldBack = async (undo) => {
        await change([2]);
        await settle(2500);
        expect(".psa_live_pill").toHaveCount(1);
        await undo();
        await change([2]);
        await settle(2500);
        expect(".psa_live_pill").toHaveCount(0);
    };
    getService("dialog").add(
        class extends Component {
            static template = xml`<div class="o_dialog">At work</div>`;
            static props = ["*"];
        }
    );
    await animationFrame();
    await expectHeldBack(async () => {
        getService("dialog").closeAll();
        await animationFrame();
    });
    document.getSelection().selectAllChildren(queryFirst(".o_data_row .o_data_cell"));
    await expectHeldBack(async () => document.getSelection().removeAllRanges());
});

test("the focus stays on its row", async () => {
    await show("list");
    queryFirst(".o_data_row:eq(1) td[name=name]").focus();
    await change([1], { name: "Changed" });
    await settle();
    expect(queryAllTexts(".o_data_row .o_data_cell")[0]).toBe("Changed");
    expect(".o_data_row:eq(1) td[name=name]").toBeFocused();
});

test("a line that was down is made up for by reading once", async () => {
    await show("list");
    MockServer.env["job"].write([1], { name: "Changed" });
    getService("bus_service").trigger("BUS:RECONNECT");
    await settle();
    expect(queryAllTexts(".o_data_row .o_data_cell")[0]).toBe("Changed");
});

// Forms

class LiveFormController extends FormController {
    static template = xml`<div><PsaLiveForm live="liveForm" resId="model.root.resId || false"/><t t-call="web.FormView"/></div>`;
    static components = { ...FormController.components, PsaLiveForm };

    setup() {
        super.setup();
        this.liveForm = usePsaLiveForm(
            () => this.model.root,
            () => this.rootRef.el
        );
    }
}

async function openForm() {
    registry.category("views").add("live_form", { ...formView, Controller: LiveFormController });
    after(() => registry.category("views").remove("live_form"));
    await makeMockServer();
    const anna = MockServer.env["res.users"].create({ name: "Anna" });
    onRpc("job", "web_read", async ({ kwargs, parent }) => {
        const values = await parent();
        if ("write_uid" in kwargs.specification) {
            values[0].write_uid = { id: anna, display_name: "Anna" };
        }
        return values;
    });
    await mountView({
        type: "form",
        resModel: "job",
        resId: 1,
        arch: `<form js_class="live_form"><field name="name"/><field name="note"/><field name="late"/></form>`,
    });
    await startBusService();
    document.activeElement?.blur();
}

test("an idle form shows by itself what others changed, and says so", async () => {
    await openForm();
    await change([1], { name: "Changed" });
    await settle();
    expect(".o_field_widget[name=name] input").toHaveValue("Changed");
    expect(".psa_live_form .alert").toHaveCount(0);
    expect(".psa_live_form .visually-hidden").toHaveText("Anna changed this: Name");
});

test("what is being written is kept, and the other's change is named and offered", async () => {
    await openForm();
    await contains(".o_field_widget[name=note] input").edit("My remark", { confirm: false });
    await change([1], { name: "Changed", note: "Another remark" });
    await settle();
    expect(".psa_live_form strong").toHaveText("Anna changed this: Name, Remark");
    expect(".psa_live_form .alert").toHaveText(/You are changing this too: Remark/);
    expect(".o_field_widget[name=note] input").toHaveValue("My remark");
    await contains(".psa_live_form button:contains(Keep mine)").click();
    expect(".psa_live_form .alert").toHaveCount(0);
    expect(".o_field_widget[name=note] input").toHaveValue("My remark");
    await change([1], {});
    await settle(2500);
    await contains(".psa_live_form button:contains(Reload)").click();
    await animationFrame();
    expect(".o_field_widget[name=note] input").toHaveValue("Another remark");
    expect(".o_field_widget[name=name] input").toHaveValue("Changed");
});

test("a message about another record, or about nothing that is shown, is silent", async () => {
    await openForm();
    await contains(".o_field_widget[name=note] input").edit("My remark", { confirm: false });
    await change([2], { name: "Changed" });
    await change([1]);
    await settle();
    expect(".psa_live_form .alert").toHaveCount(0);
});
