"""What a server counts and times."""

from eventyard.metrics.metrics import STAGES, Metrics

__all__ = ["STAGES", "Metrics"]
