"""What stands between untrusted text and the model: pure functions on text."""
