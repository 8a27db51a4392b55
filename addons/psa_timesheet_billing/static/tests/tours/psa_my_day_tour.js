import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** A photo as the camera of a phone hands it to the page. */
async function takePhoto({ anchor }) {
    const canvas = document.createElement("canvas");
    canvas.width = 3000;
    canvas.height = 2000;
    canvas.getContext("2d").fillRect(0, 0, 1500, 1000);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const files = new DataTransfer();
    files.items.add(new File([blob], "IMG_0815.png", { type: "image/png" }));
    anchor.files = files.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A stroke of a finger over the field of the signature. */
function draw({ anchor }) {
    const { left, top } = anchor.getBoundingClientRect();
    const at = (x, y) => ({
        bubbles: true, pointerId: 1, pointerType: "touch", isPrimary: true, button: 0, buttons: 1, pressure: 0.5,
        clientX: left + x, clientY: top + y,
    }); // prettier-ignore
    anchor.dispatchEvent(new PointerEvent("pointerdown", at(20, 20)));
    for (const step of [40, 60, 80, 100]) {
        anchor.dispatchEvent(new PointerEvent("pointermove", at(step, step / 2)));
    }
    anchor.dispatchEvent(new PointerEvent("pointerup", { ...at(100, 50), buttons: 0 }));
}

/** Nothing that is pressed is smaller than a thumb, and nothing sticks out of the screen. */
function checkTargets({ anchor }) {
    const small = [...anchor.querySelectorAll(".btn:not(.d-none)")].filter((button) => {
        const { height, right } = button.getBoundingClientRect();
        return height && (height < 43.5 || right > window.innerWidth + 1);
    });
    if (small.length) {
        throw new Error(`too small or outside: ${small.map((button) => button.textContent.trim()).join(", ")}`);
    }
}

const CALL = ".psa_day_card[data-key^=call]";
const TICKET = ".psa_day_card[data-key^=ticket]";

tours.add("psa_my_day_call_tour", {
    steps: () => [
        { trigger: `.psa_section_next ${CALL}:contains(1 Elm Street):contains(20 min)` },
        { trigger: ".psa_my_day_page", run: checkTargets },
        { trigger: `${CALL} a.psa_navigate[href*="1+Elm+Street"]` },
        { trigger: `${CALL} a.psa_phone[href="tel:+12125550100"]` },
        { trigger: `${CALL} .psa_primary:contains(Start)`, run: "click" },
        { trigger: `.psa_section_now ${CALL} .psa_primary:contains(Arrive)`, run: "click" },
        { trigger: `${CALL} .psa_primary:contains(Finish)` },
        { trigger: `${CALL} button:contains(Start timer)`, run: "click" },
        { trigger: `${CALL} .psa_card_more:not(:contains(Start timer))` },
        { trigger: `${CALL} .psa_primary:contains(Finish)`, run: "click" },
        { trigger: ".psa_finish_sheet #psa_finish_minutes", run: "edit 50" },
        { trigger: ".psa_finish_sheet button:contains(50 min)", run: "click" },
        { trigger: ".psa_finish_sheet label:contains(On site)", run: "click" },
        { trigger: ".psa_finish_sheet .psa_cover:contains(0:50 billable)" },
        { trigger: ".psa_finish_sheet #psa_finish_summary", run: "edit Roller changed" },
        { trigger: ".psa_finish_sheet #psa_finish_note", run: "edit Key at the desk" },
        { trigger: ".psa_finish_sheet #psa_finish_photos", run: takePhoto },
        { trigger: ".psa_finish_sheet img.psa_photo" },
        { trigger: ".psa_part_add", run: "click" },
        { trigger: "#psa_finish_part", run: "edit Nothing of the kind" },
        { trigger: ".psa_finish_parts:contains(Nothing in the catalogue)" },
        { trigger: "#psa_finish_part", run: "edit 4006381333931" },
        { trigger: ".psa_part_found:contains(Roller kit)", run: "click" },
        { trigger: ".psa_part:contains(Roller kit) .psa_part_quantity", run: "edit two" },
        { trigger: ".psa_finish_save", run: "click" },
        { trigger: ".psa_finish_sheet .alert-danger:contains(How many of)" },
        { trigger: ".psa_part .psa_part_quantity", run: "edit 2" },
        { trigger: ".psa_part input[aria-label^='Serial number']", run: "edit SN-4711" },
        { trigger: ".psa_finish_sheet .psa_sign", run: "click" },
        { trigger: ".modal .o_web_sign_name_and_signature input", run: "edit Mia Torres" },
        { trigger: ".modal canvas.o_web_sign_signature", run: draw },
        { trigger: ".modal button.btn-primary:contains(Sign):enabled", run: "click" },
        { trigger: ".psa_finish_sheet img.psa_signature" },
        { trigger: ".psa_finish_sheet label:contains(Close ticket)", run: "click" },
        { trigger: ".psa_finish_sheet", run: checkTargets },
        { trigger: ".psa_finish_save:contains(Save and close ticket)", run: "click" },
        { trigger: `body:not(:has(.modal)) .psa_my_day_page:not(:has(${CALL})) .psa_entered:contains(0:50)` },
    ],
});

tours.add("psa_my_day_ticket_tour", {
    steps: () => [
        { trigger: `.psa_section_today ${TICKET} .psa_primary:contains(Start)`, run: "click" },
        { trigger: `.psa_section_now ${TICKET} .psa_primary:contains(Stop)`, run: "click" },
        { trigger: ".psa_finish_sheet #psa_finish_minutes", run: "edit 0:25" },
        { trigger: ".psa_finish_sheet #psa_finish_summary", run: "edit Paper removed" },
        { trigger: ".psa_finish_sheet label:contains(Keep open)" },
        { trigger: ".psa_finish_save:contains(Save):not(:contains(close))", run: "click" },
        { trigger: `body:not(:has(.modal)) .psa_section_today ${TICKET} .psa_primary:contains(Close)`, run: "click" },
        { trigger: ".psa_finish_sheet #psa_finish_summary", run: "edit Paper removed" },
        { trigger: ".psa_finish_save:contains(Save and close ticket)", run: "click" },
        { trigger: `body:not(:has(.modal)) .psa_my_day_page:not(:has(${TICKET}))` },
    ],
});

// The form of the ticket on a phone: its bar under the thumb logs time and closes.
tours.add("psa_ticket_phone_tour", {
    steps: () => [
        { trigger: `.psa_section_today ${TICKET} .psa_card_text`, run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=name] textarea:value(Printer is jammed)" },
        { trigger: ".psa_ticket_bar", run: checkTargets },
        { trigger: ".psa_ticket_bar button:contains(Log time)", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] textarea", run: "edit Paper removed" },
        { trigger: ".modal .o_field_widget[name=psa_minutes] input", run: "edit 25m" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .psa_ticket_more", run: "click" },
        { trigger: ".psa_ticket_more_close", run: "click" },
        { trigger: ".modal .o_field_widget[name=resolution] .odoo-editor-editable", run: "click" },
        { trigger: ".modal .o_field_widget[name=resolution] .odoo-editor-editable", run: "editor Paper removed" },
        { trigger: ".modal button[name=action_close]", run: "click" },
        { trigger: "body:not(:has(.modal)) .psa_ticket_more", run: "click" },
        { trigger: "body:not(:has(.psa_ticket_more_close)) .psa_ticket_more_note" },
    ],
});

tours.add("psa_my_day_empty_tour", {
    steps: () => [
        { trigger: ".psa_day_empty:contains(Nothing planned)" },
        { trigger: ".psa_take_next.btn-primary:contains(waiting)", run: "click" },
        { trigger: `.psa_my_day_page ${TICKET} .psa_primary:contains(Start)` },
    ],
});
