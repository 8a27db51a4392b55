"""Decisions about time and money; plain Python, see docs/architecture.md."""
