import { registry } from "@web/core/registry";

// A service manager makes a rule from nothing: when, if, then; rehearses it, is refused nothing, and switches it on.
registry.category("web_tour.tours").add("psa_workflow_rule_tour", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Fires go to the NOC" },
        { trigger: ".o_field_widget[name=event] label:contains('A ticket is created')", run: "click" },
        { trigger: ".psa_rule_sentence:contains('When a ticket is created: nothing yet')" },
        { trigger: ".o_field_widget[name=domain] a:contains('New Rule')", run: "click" },
        // What nobody has filled in yet is said to be so.
        { trigger: ".psa_rule_sentence:contains('Assigned to is (choose a value)')" },
        { trigger: ".o_field_widget[name=domain] .o_model_field_selector", run: "click" },
        { trigger: ".o_model_field_selector_popover_search input", run: "edit Priority" },
        {
            trigger: ".o_model_field_selector_popover_item_name:contains(/^Priority$/)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=domain] .o_tree_editor_condition .o_tree_editor_editor:nth-child(3) select",
            run: "selectByLabel Critical",
        },
        { trigger: ".psa_rule_sentence:contains('Priority is Critical')" },
        { trigger: ".o_field_widget[name=domain] .o_domain_show_selection_button:contains('1 record')" },
        { trigger: ".o_field_widget[name=action_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .o_field_widget[name=kind] .o_select_menu_toggler", run: "click" },
        { trigger: ".o_select_menu_item:contains('Move to queue')", run: "click" },
        { trigger: ".modal .o_field_widget[name=team_id] input", run: "edit NOC test" },
        { trigger: ".o-autocomplete--dropdown-item:contains('NOC test')", run: "click" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .psa_rule_sentence:contains('Move to queue: NOC test')" },
        { trigger: ".o_notebook .nav-link.active:contains('Internal description')" },
        { trigger: ".o_form_button_save", run: "click" },
        // The page on which one was stays open, though others come before it now.
        { trigger: ".o_notebook:has(.nav-link:contains('Rehearsal')) .nav-link.active:contains('Internal description')" },
        { trigger: ".o_statusbar_buttons button[name=action_check]", run: "click" },
        { trigger: ".o_notification:contains('no loop was found')" },
        { trigger: ".o_statusbar_buttons button[name=action_rehearse]", run: "click" },
        { trigger: ".modal:contains('would have acted on 1 of')" },
        { trigger: ".modal .modal-footer button:contains('Close')", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_statusbar_buttons button[name=action_switch_on]", run: "click" },
        { trigger: ".o_statusbar_buttons button[name=action_switch_off]" },
        { trigger: ".o_notebook .nav-link:contains('Runs')", run: "click" },
        { trigger: ".o_field_widget[name=run_ids]" },
    ],
});
