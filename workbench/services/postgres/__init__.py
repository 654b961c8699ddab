"""Postgres with pgvector: a workspace's own server, and what is known of either kind."""

from workbench.services.postgres.server import ensure_embedded, stop_embedded
from workbench.services.postgres.status import DatabaseStatus, database_status

__all__ = ["DatabaseStatus", "database_status", "ensure_embedded", "stop_embedded"]
