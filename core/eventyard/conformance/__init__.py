"""What is demanded of every plugin, as checks that tests and the command line make alike."""

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.catalogue import CHECKS
from eventyard.conformance.check import Check, Verdict
from eventyard.conformance.evidence import Evidence
from eventyard.conformance.objection import Objection

__all__ = ["CHECKS", "Candidate", "Check", "Evidence", "Objection", "Verdict"]
