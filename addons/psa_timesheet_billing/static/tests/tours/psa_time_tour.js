import { registry } from "@web/core/registry";

// A technician's whole job by hand: start, stop, write down, log by hand, submit.
registry.category("web_tour.tours").add("psa_time_tour", {
    steps: () => [
        { trigger: "button[name=action_psa_start_timer]", run: "click" },
        { trigger: ".o_psa_timer_elapsed" },
        { trigger: "button[name=action_psa_stop_timer]", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] textarea", run: "edit Roller changed" },
        { trigger: ".modal .o_field_widget[name=psa_minutes] input", run: "edit 50m" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_psa_log_time]", run: "click" },
        { trigger: ".modal .o_field_widget[name=name] textarea", run: "edit Test page printed" },
        { trigger: ".modal .o_field_widget[name=psa_minutes] input", run: "edit 0:20" },
        { trigger: ".modal .o_field_widget[name=psa_work_type_id] input", run: "click" },
        { trigger: ".modal .o_field_widget[name=psa_cover_text]:contains('0:20 billable')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_field_widget[name=psa_time_ids] .o_data_row:contains('Test page printed')" },
        { trigger: "button[name=action_psa_view_time]:contains('1:10')", run: "click" },
        { trigger: ".o_list_view .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_psa_submit]", run: "click" },
        { trigger: ".o_data_row:contains('Submitted') + .o_data_row:contains('Submitted')" },
    ],
});
