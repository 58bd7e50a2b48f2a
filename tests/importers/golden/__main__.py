"""Write the golden files anew."""

from __future__ import annotations

from importers import reading
from tests.importers.golden.answers import FILES, answer, as_text, expected_of, input_of
from tests.importers.golden.faults import FAULTS

for old in FILES.iterdir():
    old.unlink()
for name, fault in FAULTS.items():
    fault.make(input_of(name))
    expected_of(name).write_text(as_text(answer(name)), encoding="utf-8")
reading.cool()
