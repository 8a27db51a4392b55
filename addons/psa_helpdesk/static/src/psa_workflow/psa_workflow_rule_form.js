import { registry } from "@web/core/registry";
import { utils } from "@web/core/ui/ui_service";
import { formView } from "@web/views/form/form_view";

/** Rules are read, switched on and off, and rehearsed on a phone; they are written where there is room to see them whole. */
export const psaWorkflowRuleFormView = {
    ...formView,
    props: (genericProps, view) => {
        const props = formView.props(genericProps, view);
        return utils.isSmall() ? { ...props, readonly: true, preventCreate: true, preventEdit: true } : props;
    },
};

registry.category("views").add("psa_workflow_rule_form", psaWorkflowRuleFormView);
