"""One small file per fault, with the exact answer beside it.

`python -m tests.importers.golden` writes files/ anew: the inputs from faults.py, the answers from the product. Read
the difference before committing it.
"""
