"""Processes that end where it hurts: what is left, and what the next one makes of it."""
