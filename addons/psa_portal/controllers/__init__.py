from . import contract, home, invoice, ticket, ticket_form
