"""The archive: everything an installation knows in one file, written and read whatever the database.

A zip of the tables as Parquet, the originals and evidence as they are, and a manifest with every size and SHA-256.
"""
