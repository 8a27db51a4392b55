import { Component, onMounted, useRef } from "@odoo/owl";

/** What can be done with a block of the board: by mouse, keys and finger alike. */
export class PsaBlockMenu extends Component {
    static template = "psa_helpdesk.PsaBlockMenu";
    static props = { label: String, entries: Array, close: Function };

    setup() {
        this.root = useRef("root");
        onMounted(() => this.items[0].focus());
    }

    get items() {
        return [...this.root.el.querySelectorAll("[role='menuitem']")];
    }

    choose(entry) {
        this.props.close();
        entry.run();
    }

    onKeydown(ev) {
        const { items } = this;
        const index = items.indexOf(ev.target);
        const target = {
            ArrowDown: (index + 1) % items.length,
            ArrowUp: (index - 1 + items.length) % items.length,
            Home: 0,
            End: items.length - 1,
        }[ev.key];
        if (target !== undefined) {
            ev.preventDefault();
            items[target].focus();
        } else if (["Escape", "Tab"].includes(ev.key)) {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.close();
        }
    }
}
