from . import (
    test_host_pages,
    test_invoices,
    test_isolation,
    test_junk_routes,
    test_pages,
    test_ticket_form,
    test_unsolved,
    test_words,
)
