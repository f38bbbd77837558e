"""What a change of a schema means for those who send its events, and for those who read them."""

from eventyard.schemas.diff.change import Change, Level
from eventyard.schemas.diff.comparison import Comparison, compare_schemas

__all__ = ["Change", "Comparison", "Level", "compare_schemas"]
