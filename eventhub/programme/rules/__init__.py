"""Decisions about an agenda, as pure functions: which slots clash, what a release changed."""
