import { registry } from "@web/core/registry";

const BOX = ".psa_composer_reply .o-mail-Composer-input";

// A technician answers without the mouse: into the open box, text, the menu beside the button, wait.
registry.category("web_tour.tours").add("psa_send_and_wait_tour", {
    steps: () => [
        { trigger: `${BOX}:not(:focus)` },
        { trigger: "button.o-mail-Composer-send:contains('Send to psa_mia@example.com'):disabled" },
        { trigger: ".o_form_view", run: "press Alt+m" },
        { trigger: `${BOX}:focus`, run: "edit Try it again, please." },
        { trigger: ".psa_composer_more[aria-label='More ways to send']:enabled", run: ({ anchor }) => anchor.focus() },
        { trigger: ".psa_composer_more:focus", run: "press Enter" },
        { trigger: ".o-dropdown--menu", run: "press ArrowDown" },
        { trigger: ".o-dropdown-item:focus:contains('Send and wait')", run: "press Enter" },
        { trigger: ".o-mail-Message:contains('Try it again, please.')" },
        { trigger: ".badge:contains('Waiting on customer')" },
        { trigger: "button.o-mail-Composer-send:disabled" },
        { trigger: BOX, run: "edit Still there?" },
        { trigger: ".psa_composer_more:enabled", run: "click" },
        { trigger: ".o-dropdown--menu:not(:contains('Send and wait')) .psa_send_and_close" },
        { trigger: ".o-dropdown--menu", run: "press Escape" },
        { trigger: ".psa_composer_more:focus", run: "press Alt+m" },
        { trigger: `${BOX}:focus`, run: "press Control+Enter" },
        { trigger: ".o-mail-Message:contains('Still there?')" },
    ],
});

// The queue asks for a resolution: the answer is out already when the dialog asks for it.
registry.category("web_tour.tours").add("psa_send_and_close_tour", {
    steps: () => [
        { trigger: BOX, run: "edit The roller is new." },
        { trigger: ".psa_composer_more:enabled", run: "click" },
        { trigger: ".psa_send_and_close", run: "click" },
        { trigger: ".modal:contains('no resolution text')" },
        { trigger: ".o-mail-Message:contains('The roller is new.')" },
        { trigger: ".modal .o_field_widget[name=resolution] .odoo-editor-editable", run: "editor Roller changed" },
        { trigger: ".modal button[name=action_close]", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_reopen]" },
        { trigger: ".o-mail-Chatter:not(:has(.o-mail-Composer))" },
    ],
});
