import { Component, onWillUnmount, useEffect, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PRESENCE_TYPE = "psa_ticket/presence";
const MODEL = "helpdesk.ticket";
const BEAT_MS = 30000;
// Who pauses for so long is not typing any more.
const PAUSE_MS = 10000;

/** Who else has this ticket open, and who is writing. Whoever is not heard of for 90 seconds is gone. */
export class PsaPresence extends Component {
    static template = "psa_helpdesk.PsaPresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm").silent;
        this.bus = useService("bus_service");
        this.state = useState({ people: [] });
        this.isTyping = false;
        useEffect(
            (resId) => {
                this.enter(resId);
                return () => this.leave(resId);
            },
            () => [this.props.record.resId]
        );
        const hear = ({ id }) => id === this.props.record.resId && this.ask("psa_get_present");
        this.bus.subscribe(PRESENCE_TYPE, hear);
        onWillUnmount(() => this.bus.unsubscribe(PRESENCE_TYPE, hear));
        useBus(this.bus, "BUS:RECONNECT", () => this.beat());
        useExternalListener(document, "input", (ev) => this.onInput(ev), { capture: true });
        useExternalListener(document, "visibilitychange", () => this.onVisibility());
    }

    get words() {
        const names = this.state.people.map(({ name, is_typing: isTyping }) =>
            isTyping ? _t("%s (writing)", name) : name
        );
        return names.length ? _t("Also here: %s", names.join(", ")) : "";
    }

    enter(resId) {
        if (resId) {
            this.beat();
            this.beats = browser.setInterval(() => this.beat(), BEAT_MS);
        }
    }

    leave(resId) {
        this.stop();
        if (resId) {
            this.orm.call(MODEL, "psa_leave", [[resId]]).catch(() => {});
        }
    }

    stop() {
        browser.clearInterval(this.beats);
        browser.clearTimeout(this.pause);
        browser.clearTimeout(this.expiry);
        this.isTyping = false;
        this.state.people = [];
    }

    /** Nobody looks at a page that is out of sight. */
    onVisibility() {
        const { resId } = this.props.record;
        if (document.hidden) {
            this.leave(resId);
        } else {
            this.enter(resId);
        }
    }

    onInput({ target }) {
        if (!target.closest?.(".psa_ticket_form")) {
            return;
        }
        browser.clearTimeout(this.pause);
        this.pause = browser.setTimeout(() => this.say(false), PAUSE_MS);
        this.say(true);
    }

    say(isTyping) {
        if (this.isTyping !== isTyping) {
            this.isTyping = isTyping;
            this.beat();
        }
    }

    beat() {
        if (!document.hidden) {
            return this.ask("psa_be_present", this.isTyping);
        }
    }

    /** Ask who is there. Where no answer comes, those who were there go when their time is over. */
    async ask(method, ...args) {
        const { resId } = this.props.record;
        if (!resId) {
            return;
        }
        let people;
        try {
            people = await this.orm.call(MODEL, method, [[resId], ...args]);
        } catch {
            return; // what others do is never worth an error in one's own work
        }
        if (resId === this.props.record.resId) {
            this.show(people.map((one) => ({ ...one, until: Date.now() + one.left * 1000 })));
        }
    }

    show(people) {
        this.state.people = people.filter(({ until }) => until > Date.now());
        browser.clearTimeout(this.expiry);
        if (this.state.people.length) {
            const next = Math.min(...this.state.people.map(({ until }) => until)) - Date.now();
            this.expiry = browser.setTimeout(() => this.show(this.state.people), next + 1);
        }
    }
}

registry.category("view_widgets").add("psa_presence", { component: PsaPresence });
