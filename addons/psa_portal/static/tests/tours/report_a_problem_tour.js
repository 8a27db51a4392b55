import { registry } from "@web/core/registry";

function fail(text) {
    console.error(text);
}

function drafts() {
    return Object.keys(localStorage).filter((key) => key.startsWith("psa_draft."));
}

/** A customer starts a report, loses the page, finds the words again, and sends them. */
registry.category("web_tour.tours").add("psa_portal_report_a_problem", {
    url: "/my",
    steps: () => [
        {
            content: "Report a problem",
            trigger: ".psa_portal_home a:contains(Report a problem)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Subject", trigger: "#psa_subject", run: "edit No network" },
        { content: "Description", trigger: "#psa_description", run: "edit Since the storm" },
        {
            content: "The page is lost",
            trigger: "a[href='/my']:contains(Cancel)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Start again",
            trigger: ".psa_portal_home a:contains(Report a problem)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The words are still there",
            trigger: "#psa_subject",
            run() {
                if (document.querySelector("#psa_subject").value !== "No network") {
                    fail("the subject was lost");
                }
                if (document.querySelector("#psa_description").value !== "Since the storm") {
                    fail("the description was lost");
                }
            },
        },
        {
            content: "Send",
            trigger: "form[data-psa-draft] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The ticket says its number and its promise, and the draft is gone",
            trigger: ".psa_ticket_page [role=status]:contains(We have your report)",
            run() {
                if (drafts().length) {
                    fail("the draft was kept after it was sent");
                }
            },
        },
    ],
});
