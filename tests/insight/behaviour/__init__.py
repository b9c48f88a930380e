"""Behaviour by industry."""
