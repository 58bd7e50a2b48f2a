"""Accounts: people and programs that may come in, how they show who they are, and what each role may do."""
