"""All kinds, by name."""

from __future__ import annotations

from importers.kinds import Kind
from importers.kinds.contract import ContractKind
from importers.kinds.cost import CostKind
from importers.kinds.fx import FxKind
from importers.kinds.invoice import InvoiceKind
from importers.kinds.performance import PERFORMANCE
from importers.kinds.plan import PLAN
from importers.kinds.quality import QUALITY
from importers.kinds.workforce import WORKFORCE

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (PERFORMANCE, QUALITY, WORKFORCE, PLAN, InvoiceKind(), CostKind(), ContractKind(), FxKind())
}
"""Name in the interface -> kind."""
COUNTS = frozenset(kind.name for kind in (PERFORMANCE, QUALITY, WORKFORCE, PLAN))
"""The kinds that hold counts."""
