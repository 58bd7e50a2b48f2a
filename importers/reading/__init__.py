"""Reading files in a limited child process: `read_tables`."""

from importers.limits import Limits
from importers.reader_process import cool, warm
from importers.reading.reader import read_tables
from importers.reading.sheet import Cells, RawSheet, Reading, index_of, letters_of

__all__ = ["Cells", "Limits", "RawSheet", "Reading", "cool", "index_of", "letters_of", "read_tables", "warm"]
