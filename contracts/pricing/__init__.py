"""The pricing engine: terms and recorded quantities become what should have been billed.

Owns: one file per clause family, run in order by `engine`. Must not know: invoices, files, databases.
"""
