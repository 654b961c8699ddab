"""The hotel assistant: its documents, tables, tools and prompts."""
