"""Whom do we speak to? Fields, condition trees, saved segments."""
