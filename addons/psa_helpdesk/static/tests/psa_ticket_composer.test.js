import { describe, expect, test } from "@odoo/hoot";
import { queryFirst } from "@odoo/hoot-dom";
import { animationFrame, Deferred, tick } from "@odoo/hoot-mock";
import {
    click,
    contains,
    insertText,
    mailModels,
    onRpcBefore,
    openFormView,
    patchUiSize,
    registerArchs,
    SIZES,
    start,
    startServer,
    triggerHotkey,
} from "@mail/../tests/mail_test_helpers";
import { ConnectionLostError } from "@web/core/network/rpc";
import { defineModels, defineParams, fields, getService, makeMockEnv, onRpc } from "@web/../tests/web_test_helpers";

import { getOutsideRecipients, sayReply } from "@psa_helpdesk/psa_ticket_form/reply_recipients";

describe.current.tags("desktop");

class ResPartner extends mailModels.ResPartner {
    psa_is_open = fields.Boolean({ default: true });
    psa_is_waiting = fields.Boolean();
    psa_merged_into_id = fields.Many2one({ relation: "res.partner" });
    psa_converted_at = fields.Datetime();
    hasWriteAccess = fields.Boolean({ default: true });
}
defineParams({ suite: "mail" }, "replace");
defineModels({ ...mailModels, ResPartner });

const FORM = `
    <form js_class="psa_ticket_form">
        <sheet>
            <field name="name"/>
            <field name="active" invisible="1"/>
            <field name="psa_is_open" invisible="1"/>
            <field name="psa_is_waiting" invisible="1"/>
            <field name="psa_merged_into_id" invisible="1"/>
            <field name="psa_converted_at" invisible="1"/>
        </sheet>
        <chatter/>
    </form>`;

async function openTicket(values = {}, size = "XL") {
    const pyEnv = await startServer();
    const id = pyEnv["res.partner"].create({ name: "Printer is jammed", ...values });
    await patchUiSize({ size: SIZES[size] });
    await start();
    registerArchs({ "res.partner,false,form": FORM });
    await openFormView("res.partner", id);
    await contains(".o-mail-Thread");
    await animationFrame();
    return { id, pyEnv };
}

/** Whom the reply goes to, as the server would suggest it. */
async function addressTo(id, ...addresses) {
    await contains(".psa_composer_reply"); // what the server suggests has come by then
    const thread = getService("mail.store").Thread.get({ model: "res.partner", id });
    thread.suggestedRecipients = addresses.map((email) => ({ email, name: email.split("@")[0], partner_id: false }));
    await animationFrame();
}

/** What is posted, each with its mark; `answer` may throw. */
function listenPosts(answer = () => {}) {
    const posts = [];
    onRpc("/mail/message/post", async (request) => {
        const { params } = await request.json();
        posts.push(params);
        return answer(posts.length);
    });
    return posts;
}

test("the composer stands open on Reply and leaves the cursor where it is", async () => {
    await openTicket();
    await contains(".psa_composer_reply");
    await contains("button.o-mail-Chatter-sendMessage.active");
    expect(".psa_composer_reply .o-mail-Composer-input").not.toBeFocused();
    expect(".o_form_view :focus").toHaveCount(0);
    await triggerHotkey("alt+m");
    await animationFrame();
    expect(".psa_composer_reply .o-mail-Composer-input").toBeFocused();
    await triggerHotkey("alt+m");
    await contains(".psa_composer_reply"); // pressing it once more says nothing else
});

test("whoever writes in the form while the conversation is read goes on writing there", async () => {
    const pyEnv = await startServer();
    const id = pyEnv["res.partner"].create({ name: "Printer is jammed" });
    await patchUiSize({ size: SIZES.XL });
    const isRead = new Deferred();
    onRpcBefore("/mail/data", () => isRead);
    await start();
    registerArchs({ "res.partner,false,form": FORM });
    await openFormView("res.partner", id);
    await insertText(".o_field_widget[name=name] input", " again");
    await contains(".o-mail-Composer", { count: 0 });
    isRead.resolve();
    await contains(".psa_composer_reply");
    await animationFrame();
    expect(".o_field_widget[name=name] input").toBeFocused();
});

for (const [size, count] of [
    ["LG", 0],
    ["XL", 1],
]) {
    test(`at ${size} the same is asked of the server, whether or not the composer stands open`, async () => {
        const asked = [];
        onRpcBefore((route) => {
            if (route.startsWith("/mail/thread")) {
                asked.push(route);
            }
        });
        await openTicket({}, size);
        await contains(".o-mail-Composer", { count });
        expect(asked).toEqual(["/mail/thread/messages"]);
    });
}

for (const [why, values, size] of [
    ["a closed ticket", { psa_is_open: false }, "XL"],
    ["an archived ticket", { active: false }, "XL"],
    ["a merged ticket", { psa_merged_into_id: 1 }, "XL"],
    ["a converted ticket", { psa_converted_at: "2026-03-02 10:00:00" }, "XL"],
    ["a ticket that is only read", { hasWriteAccess: false }, "XL"],
    ["a phone", {}, "SM"],
    ["a narrow screen", {}, "LG"],
]) {
    test(`the composer is not open by itself on ${why}`, async () => {
        await openTicket(values, size);
        await contains(".o-mail-Composer", { count: 0 });
        await click("button.o-mail-Chatter-sendMessage");
        await contains(".psa_composer_reply");
    });
}

test("Reply on a new ticket saves it and leads into the box", async () => {
    await startServer();
    await patchUiSize({ size: SIZES.XL });
    await start();
    registerArchs({ "res.partner,false,form": FORM });
    await openFormView("res.partner");
    await insertText(".o_field_widget[name=name] input", "Toner is empty");
    await contains(".o-mail-Composer", { count: 0 });
    await click("button.o-mail-Chatter-sendMessage");
    await contains(".o_last_breadcrumb_item", { text: "Toner is empty" });
    await contains(".psa_composer_reply .o-mail-Composer-input:focus");
});

test("reply and note are told apart, and the button says where the text goes", async () => {
    const { id } = await openTicket();
    await addressTo(id, "ann@acme.example", "bob@acme.example");
    await contains("button.o-mail-Composer-send", { text: "Send to ann@acme.example +1" });
    await contains(".psa_note_readers", { count: 0 });
    await click("button.o-mail-Chatter-logNote");
    await contains(".psa_composer_note");
    await contains(".psa_note_readers", { text: "Only our own people read this." });
    await contains("button.o-mail-Composer-send", { text: "Save note" });
    await contains(".psa_composer_more", { count: 0 });
});

test("what was begun as a note comes back as a note", async () => {
    const { id } = await openTicket();
    await click("button.o-mail-Chatter-logNote");
    await insertText(".psa_composer_note .o-mail-Composer-input", "He never pays");
    await openFormView("res.partner", id);
    await contains(".psa_composer_note .o-mail-Composer-input", { value: "He never pays" });
});

test("send and wait goes with the message, by keyboard", async () => {
    const posts = listenPosts();
    onRpc("res.partner", "web_read", () => expect.step("read"));
    const { id } = await openTicket();
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Try again, please");
    expect.verifySteps(["read"]);
    queryFirst(".psa_composer_more").focus();
    expect(".psa_composer_more").toHaveAttribute("aria-label", "More ways to send");
    await click(".psa_composer_more");
    await contains(".o-dropdown-item", { count: 2 });
    await triggerHotkey("arrowdown");
    await triggerHotkey("enter");
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    await tick();
    expect(posts.map((post) => [post.psa_then, post.post_data.subtype_xmlid])).toEqual([["wait", "mail.mt_comment"]]);
    expect.verifySteps(["read"]);
});

test("what is typed into the form is saved before the ticket is closed, and open gates show their dialog", async () => {
    const posts = listenPosts();
    onRpc("res.partner", "web_save", ({ args }) => expect.step(`save ${args[1].name}`));
    onRpc("res.partner", "action_close", () => {
        expect.step("action_close");
        return false;
    });
    const { id } = await openTicket();
    await addressTo(id, "ann@acme.example");
    await insertText(".o_field_widget[name=name] input", " again");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Done");
    await click(".psa_composer_more");
    await click(".psa_send_and_close");
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    await animationFrame();
    expect(posts.map((post) => post.psa_then)).toEqual(["close"]);
    expect.verifySteps(["save Printer is jammed again", "action_close"]);
});

test("a ticket that was closed asks for nothing more, and its composer closes", async () => {
    listenPosts();
    const { id, pyEnv } = await openTicket();
    onRpc("res.partner", "action_close", () => expect.step("action_close"));
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Done");
    pyEnv["res.partner"].write([id], { psa_is_open: false });
    await click(".psa_composer_more");
    await click(".psa_send_and_close");
    await contains(".o-mail-Composer", { count: 0 });
    expect.verifySteps([]);
});

test("who went on to another ticket while it was sent is left there", async () => {
    const isSent = new Deferred();
    const posts = listenPosts(() => isSent);
    onRpc("res.partner", "action_close", () => expect.step("action_close"));
    const { id, pyEnv } = await openTicket();
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Done");
    await click(".psa_composer_more");
    await click(".psa_send_and_close");
    await openFormView("res.partner", pyEnv["res.partner"].create({ name: "Toner is empty" }));
    await contains(".o_last_breadcrumb_item", { text: "Toner is empty" });
    isSent.resolve();
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    await animationFrame();
    expect(posts).toHaveLength(1);
    expect.verifySteps([]);
});

test("a ticket that waits offers to close it only", async () => {
    const { id } = await openTicket({ psa_is_waiting: true });
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Still there?");
    await click(".psa_composer_more");
    await contains(".o-dropdown-item", { count: 1, text: "Send and close" });
});

test("when the line is lost the text stays, and the same text is sent again under the same mark", async () => {
    expect.errors(1);
    const posts = listenPosts((count) => {
        if (count === 1) {
            throw new ConnectionLostError("/mail/message/post");
        }
    });
    const { id } = await openTicket();
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Try again, please");
    await triggerHotkey("control+Enter");
    await expect.waitForErrors([/interrupted/]);
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "Try again, please" });
    await contains("button.o-mail-Composer-send:enabled");
    await click("button.o-mail-Composer-send");
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    expect(posts).toHaveLength(2);
    expect(posts[0].psa_token).toMatch(/^[0-9a-f]{32}$/);
    expect(posts[1].psa_token).toBe(posts[0].psa_token);
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Try again, please");
    await click("button.o-mail-Composer-send");
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    expect(posts[2].psa_token).not.toBe(posts[0].psa_token);
});

test("whoever is added before it is sent again gets it, too", async () => {
    expect.errors(1);
    const posts = listenPosts((count) => {
        if (count === 1) {
            throw new ConnectionLostError("/mail/message/post");
        }
    });
    const { id } = await openTicket();
    await addressTo(id, "ann@acme.example");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Try again, please");
    await triggerHotkey("control+Enter");
    await expect.waitForErrors([/interrupted/]);
    await addressTo(id, "ann@acme.example", "bob@acme.example");
    await click("button.o-mail-Composer-send");
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "" });
    expect(posts).toHaveLength(2);
    expect(posts[1].psa_token).not.toBe(posts[0].psa_token);
});

test("a recipient without an address is named, and nothing is sent", async () => {
    const posts = listenPosts();
    const { id } = await openTicket();
    await addressTo(id, "ann");
    await insertText(".psa_composer_reply .o-mail-Composer-input", "Hello");
    await click("button.o-mail-Composer-send");
    await contains(".o_notification_content", {
        text: "Not sent: ann has no valid address. Enter one, or take the name out.",
    });
    await contains(".psa_composer_reply .o-mail-Composer-input", { value: "Hello" });
    expect(posts).toHaveLength(0);
});

test("who gets a reply: those chosen and customers who follow, each once, and none of us", async () => {
    await makeMockEnv(); // the words
    const thread = {
        suggestedRecipients: [
            { partner_id: 7, name: "Ann", email: "Ann@acme.example" },
            { partner_id: 1, name: "Joe", email: "joe@us.example" },
        ],
        additionalRecipients: [{ partner_id: false, name: "", email: "new@acme.example" }],
        recipients: [
            { partner_id: { id: 7, name: "Ann", email: "ann@acme.example" } },
            { partner_id: { id: 9, name: "Without mail", email: false } },
        ],
    };
    const found = getOutsideRecipients(thread, (id) => id === 1);
    expect(found.map(({ name }) => name)).toEqual(["Ann", "new@acme.example", "Without mail"]);
    expect(sayReply(found).toString()).toBe("Send to Ann@acme.example +2");
    expect(sayReply(found.slice(0, 1)).toString()).toBe("Send to Ann@acme.example");
    expect(sayReply([]).toString()).toBe("Send");
});
