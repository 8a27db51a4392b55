import { _t } from "@web/core/l10n/translation";

/**
 * Who gets a reply by mail besides our own people, the chosen ones first, each once.
 *
 * @param {Object} thread what the conversation knows: `suggestedRecipients`, `additionalRecipients` and followers
 * @param {(partnerId: number) => boolean} isOurs whether a partner is known as one of us
 * @returns {{name: string, email: string}[]}
 */
export function getOutsideRecipients(thread, isOurs) {
    const chosen = [...thread.suggestedRecipients, ...thread.additionalRecipients].map(
        ({ partner_id: id, name, display_name: displayName, email }) => ({ id, name: name || displayName, email })
    );
    const followers = thread.recipients.map(({ partner_id: { id, name, email } }) => ({ id, name, email }));
    const found = new Map();
    for (const { id, name, email } of [...chosen, ...followers]) {
        const key = email ? email.toLowerCase() : `partner ${id}`;
        if (!(id && isOurs(id)) && !found.has(key)) {
            found.set(key, { name: name || email, email });
        }
    }
    return [...found.values()];
}

/** The text of the button that sends a reply to these people: where it goes stands on it. */
export function sayReply(recipients) {
    const [first] = recipients;
    if (!first) {
        return _t("Send");
    }
    const values = { address: first.email || first.name, count: recipients.length - 1 };
    return values.count ? _t("Send to %(address)s +%(count)s", values) : _t("Send to %(address)s", values);
}
