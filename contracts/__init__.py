"""What was agreed and billed: terms in force, pricing, invoices and their findings, exchange rates."""
