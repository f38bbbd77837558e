"""Secrets are taken out of events before they are kept or sent."""

from eventyard.redaction.redactor import MASK, Redactor

__all__ = ["MASK", "Redactor"]
