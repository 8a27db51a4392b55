import { registry } from "@web/core/registry";

// A dispatcher cancels a service call for a reason given before, with one tap.
registry.category("web_tour.tours").add("psa_reason_tour", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button[name=action_cancel]", run: "click" },
        { trigger: ".modal .psa_reason_chips button:contains('The part is late')", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input:value(The part is late)" },
        { trigger: ".modal-footer button[name=action_cancel]", run: "click" },
        { trigger: "body:not(:has(.modal)) .alert:contains('The part is late')" },
    ],
});
