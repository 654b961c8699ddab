"""A terminal chat client and an evaluation workbench for local retrieval-augmented assistants."""

__version__ = "0.1.0"
