from . import test_isolation, test_pages, test_ticket_form, test_words
