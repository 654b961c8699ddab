"""The numbered SQL files that build the schema, in order; an applied file never changes."""
