"""From one question to one answer."""
