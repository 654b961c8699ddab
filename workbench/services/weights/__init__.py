"""Weights on this machine: downloaded, verified and converted once into the user's cache."""

from workbench.services.weights.fetching import fetch, local_path, required_bytes, verify
from workbench.services.weights.progress import Progress, described, silent

__all__ = ["Progress", "described", "fetch", "local_path", "required_bytes", "silent", "verify"]
