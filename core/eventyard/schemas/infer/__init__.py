"""Schemas made of recorded events."""

from eventyard.schemas.infer.inference import Inference

__all__ = ["Inference"]
