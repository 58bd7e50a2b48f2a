"""Files of a fictional network, with planted cases whose truth is known: what the demo shows and tests try.

Owns: writing the files, their order and TRUTH.json. Imports nothing from contracts or scorecards: what is true is
computed here from the planted numbers alone.
"""

from importers.samples.manifest import Manifest
from importers.samples.writing import write_samples

__all__ = ["Manifest", "write_samples"]
