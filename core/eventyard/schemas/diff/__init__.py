"""What a change of a schema means for those who send its events, and for those who read them."""

from eventyard.schemas.diff.change import Change, Level
from eventyard.schemas.diff.comparison import Comparison, compare_schemas
from eventyard.schemas.diff.versions import SetComparison, compare_files

__all__ = ["Change", "Comparison", "Level", "SetComparison", "compare_files", "compare_schemas"]
