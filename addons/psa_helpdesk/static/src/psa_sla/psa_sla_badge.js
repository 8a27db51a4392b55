import { Component, xml } from "@odoo/owl";
import { usePopover } from "@web/core/popover/popover_hook";

import { usePsaClock } from "@psa_crm/psa_clock/psa_clock_hook";
import { SLA_LOOKS, slaSentence, slaText } from "./sla_text";

/** The sentence behind a badge, for whoever reaches it by keyboard. */
class PsaSlaSentence extends Component {
    static template = xml`<div class="p-2 psa_sla_sentence" role="tooltip" t-out="props.sentence"/>`;
    static props = { sentence: String, close: Function };
}

/** One target: how it stands, as icon, word and colour, counting down by the page's clock. */
export class PsaSlaBadge extends Component {
    static template = "psa_helpdesk.PsaSlaBadge";
    static props = {
        state: { type: [String, Boolean], optional: true },
        target: { type: String, optional: true },
        due: { type: [Object, Boolean], optional: true },
        leftMinutes: { type: [Number, { value: null }], optional: true },
        hint: { type: [String, Boolean], optional: true },
    };
    static defaultProps = { state: false, target: "", due: false, leftMinutes: 0, hint: false };

    setup() {
        this.clock = usePsaClock(() => this.isTicking && this.props.due);
        this.popover = usePopover(PsaSlaSentence, { position: "bottom" });
    }

    get isTicking() {
        return ["running", "at_risk", "overdue"].includes(this.props.state);
    }

    get looks() {
        return SLA_LOOKS[this.props.state];
    }

    get text() {
        const { state, due, leftMinutes } = this.props;
        // The clock is asked only by what ticks, so that nothing else is drawn anew.
        return slaText(state, { due, leftMinutes, now: this.isTicking ? this.clock.now : due });
    }

    get sentence() {
        return slaSentence(this.text, this.props);
    }

    onFocus(ev) {
        this.popover.open(ev.currentTarget, { sentence: this.sentence });
    }

    onBlur() {
        this.popover.close();
    }
}
