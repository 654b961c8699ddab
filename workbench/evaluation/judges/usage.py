"""What judging uses, counted from the server's replies."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class JudgeUsage:
    """What judging took so far: calls made, replies that came, and their tokens."""

    calls: int = 0
    replies: int = 0
    prompt: int = 0
    completion: int = 0
    cached: int = 0

    def add(self, completion: Any) -> None:
        """Count a reply, readable or not."""
        self.replies += 1
        usage = getattr(completion, "usage", None)
        if usage is None:
            return
        self.prompt += usage.prompt_tokens or 0
        self.completion += usage.completion_tokens or 0
        details = getattr(usage, "prompt_tokens_details", None)
        self.cached += getattr(details, "cached_tokens", None) or 0
