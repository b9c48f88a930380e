"""Pulse: know who is leaving, choose whom to speak to, send it once, prove that it worked."""

__version__ = "0.1.0"
