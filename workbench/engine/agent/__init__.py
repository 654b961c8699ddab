"""Deciding what a question needs, and looking it up before the answer is written."""
