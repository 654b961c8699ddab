"""A judge: a model that gives verdicts; each call ends with a score, or a reason for none."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Protocol

from workbench.evaluation.judges.kinds import Kind
from workbench.evaluation.judges.prompt import Prompt, chosen_prompts
from workbench.evaluation.judges.usage import JudgeUsage
from workbench.evaluation.metrics.score import Score, scored
from workbench.services.endpoints import Endpoint

CONCURRENCY = 16
"""Calls under way at once, enough for vLLM to batch."""
TIMEOUT_S = 300.0
ATTEMPTS = 2
_PAUSE_S = 1.0
_REPEATABLE = ("scored", "judge_parse", "judge_truncated")
"""What the same call would give again; the others may end otherwise another time."""
_BUSY = 429


class Memo(Protocol):
    """Keeps verdicts, so that an unchanged call is not made again."""

    async def get(self, kind: str, key: Mapping[str, Any]) -> Any | None:
        """Return what was kept under a key, or `None`."""
        ...

    async def put(self, kind: str, key: Mapping[str, Any], value: Any) -> None:
        """Keep a value of plain JSON types."""
        ...


class Judge:
    """A model behind an OpenAI-compatible endpoint, with its prompts.

    It samples nothing (temperature 0), and the server holds each reply to the prompt's schema. A
    call that fails is a score without a value; only what stops the whole program raises.

    Args:
        endpoint: Where the model is served.
        served: What is served there, from `serving_identity`.
        memo: Where verdicts are kept; nowhere when `None`.
        prompts: The prompt of each kind; those in use when `None`.
        concurrency: Calls under way at once.
        timeout_s: How long one call may take, in seconds.
        usage: Where its calls are counted; in a count of its own when `None`.

    Attributes:
        usage: What its calls took so far; replies from the memo are not among them.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        served: Mapping[str, Any],
        memo: Memo | None = None,
        *,
        prompts: Mapping[Kind, Prompt] | None = None,
        concurrency: int = CONCURRENCY,
        timeout_s: float = TIMEOUT_S,
        usage: JudgeUsage | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.usage = usage or JudgeUsage()
        self.prompts = dict(prompts or chosen_prompts())
        self._served = dict(served)
        self._memo = memo
        self._slots = asyncio.Semaphore(concurrency)
        self._timeout_s = timeout_s
        self._client: Any = None

    @property
    def identity(self) -> dict[str, Any]:
        """What decides its verdicts, as plain JSON types, for fingerprints, cards and keys."""
        prompts = {kind: prompt.identity() for kind, prompt in self.prompts.items()}
        return {**self._served, "temperature": 0.0, "prompts": prompts}

    async def ask(self, kind: Kind, values: Mapping[str, str]) -> Score:
        """Ask for one verdict.

        Args:
            kind: What is asked.
            values: What the prompt of that kind names.

        Returns:
            1 for the prompt's positive verdict, 0 for the other one; else why there is none.
        """
        prompt = self.prompts[kind]
        key = self._key(prompt, values)
        kept = None if self._memo is None else await self._memo.get("judging", key)
        if kept is not None:
            return Score(kept["status"], kept["value"], kept["reason"])
        async with self._slots:
            score = await self._ask(prompt, values)
        if self._memo is not None and score.status in _REPEATABLE:
            value = {"status": score.status, "value": score.value, "reason": score.reason}
            await self._memo.put("judging", key, value)
        return score

    def with_prompt(self, kind: Kind, prompt: Prompt) -> "Judge":
        """Return a judge that differs in one prompt alone."""
        return Judge(
            self.endpoint,
            self._served,
            self._memo,
            prompts={**self.prompts, kind: prompt},
            timeout_s=self._timeout_s,
            usage=self.usage,
        )

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _key(self, prompt: Prompt, values: Mapping[str, str]) -> dict[str, Any]:
        return {
            **self._served,
            "temperature": 0.0,
            "max_tokens": prompt.max_tokens,
            "prompt": prompt.identity(),
            "schema": prompt.schema(),
            "messages": prompt.messages(values),
        }

    async def _ask(self, prompt: Prompt, values: Mapping[str, str]) -> Score:
        for attempt in range(1, ATTEMPTS + 1):
            score, retryable = await self._attempt(prompt, values)
            if not retryable or attempt == ATTEMPTS:
                break
            await asyncio.sleep(_PAUSE_S)
        return score

    async def _attempt(self, prompt: Prompt, values: Mapping[str, str]) -> tuple[Score, bool]:
        """Make one call; return its score and whether another attempt may end otherwise."""
        import openai

        self.usage.calls += 1
        try:
            reply = await self._open().chat.completions.create(
                model=self.endpoint.model,
                messages=prompt.messages(values),
                temperature=0.0,
                max_tokens=prompt.max_tokens,
                response_format=_response_format(prompt),
            )
        except openai.APITimeoutError:
            return Score("judge_timeout", reason=f"no reply in {self._timeout_s:g} s"), False
        except openai.APIStatusError as error:
            reason = f"HTTP {error.status_code}: {_short(str(error.message))}"
            busy = error.status_code == _BUSY or error.status_code >= 500
            return Score("system_error", reason=reason), busy
        except openai.APIConnectionError as error:
            return Score("system_error", reason=_short(str(error))), True
        except (openai.APIError, ValueError) as error:
            return Score("judge_parse", reason=_short(str(error))), False
        self.usage.add(reply)
        return read_reply(reply, prompt), False

    def _open(self) -> Any:
        if self._client is None:
            import openai

            self._client = openai.AsyncOpenAI(
                base_url=self.endpoint.base_url,
                api_key=self.endpoint.api_key or "none",
                timeout=self._timeout_s,
                max_retries=0,  # the library would retry what was slow, too
            )
        return self._client


def read_reply(reply: Any, prompt: Prompt) -> Score:
    """Return the score that a chat completion states."""
    try:
        choice = reply.choices[0]
        text, ended = choice.message.content or "", choice.finish_reason
    except (AttributeError, IndexError, TypeError):
        return Score("judge_parse", reason="not a chat completion")
    if ended == "length":
        return Score("judge_truncated", reason=f"cut off after {prompt.max_tokens} tokens")
    try:
        verdict = json.loads(text)["verdict"]
        value = {prompt.positive: 1.0, prompt.negative: 0.0}[verdict]
    except (ValueError, LookupError, TypeError):
        return Score("judge_parse", reason=f"no verdict in {_short(text)!r}")
    return scored(value, str(verdict))


def _response_format(prompt: Prompt) -> dict[str, Any]:
    schema = {"name": "verdict", "schema": prompt.schema(), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _short(text: str) -> str:
    return " ".join(text.split())[:160]
