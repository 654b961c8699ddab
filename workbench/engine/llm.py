"""The language model behind an OpenAI-compatible endpoint, through LlamaIndex."""

import math
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from workbench.config import AnswerSettings
from workbench.engine.turn import Usage
from workbench.errors import ModelServerError
from workbench.services.endpoints import Endpoint

_REQUEST_TIMEOUT_S = 300.0
_TOP_TOKENS = 20
"""How many tokens the server is asked to tell the probabilities of; the most that vLLM allows."""
_PASSING = (408, 409, 429)
"""Refusals that may not last: a timeout, a conflict, and too many requests; 5xx are others."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed reply; `usage` comes with the last one."""

    text: str = ""
    reasoning: str = ""
    usage: Usage | None = None


def build_llm(endpoint: Endpoint, answer: AnswerSettings) -> Any:
    """Return the LlamaIndex model for an endpoint.

    It never retries by itself: a second request to a slow local server only makes it slower.
    """
    from llama_index.llms.openai_like import OpenAILike

    seed = {} if answer.seed is None else {"seed": answer.seed}
    return OpenAILike(
        model=endpoint.model,
        api_base=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        is_chat_model=True,
        is_function_calling_model=False,
        context_window=endpoint.context_window,
        temperature=answer.temperature,
        max_tokens=answer.max_tokens,
        timeout=_REQUEST_TIMEOUT_S,
        max_retries=0,
        additional_kwargs={"stream_options": {"include_usage": True}, **seed},
    )


def stream_json(
    llm: Any,
    messages: Sequence[tuple[str, str]],
    endpoint: Endpoint,
    schema: dict[str, Any],
    max_tokens: int,
) -> AsyncIterator[Delta]:
    """Stream a reply that the server holds to a JSON Schema; see `stream_chat`."""
    wanted = {"name": "reply", "schema": schema, "strict": True}
    return stream_chat(
        llm,
        messages,
        endpoint,
        response_format={"type": "json_schema", "json_schema": wanted},
        temperature=0.0,
        max_tokens=max_tokens,
    )


async def stream_yes(
    llm: Any, messages: Sequence[tuple[str, str]], endpoint: Endpoint
) -> AsyncIterator[Delta]:
    """Ask for yes or no; the reply's text is the probability of yes among the two.

    A server that tells no probabilities counts with what it says: 1 for yes, else 0.
    """
    asked = {"temperature": 0.0, "max_tokens": 1, "logprobs": True, "top_logprobs": _TOP_TOKENS}
    shares: dict[str, float] = {}
    usage = None
    async with aclosing(_stream(llm, messages, endpoint, **asked)) as replies:
        async for reply in replies:
            for word, share in _word_shares(reply.raw, reply.delta):
                shares[word] = shares.get(word, 0.0) + share
            usage = _delta(reply).usage or usage
    yes, no = shares.get("yes", 0.0), shares.get("no", 0.0)
    yield Delta(text=f"{yes / (yes + no) if yes else 0.0:.6f}", usage=usage)


def _word_shares(raw: Any, said: str | None) -> list[tuple[str, float]]:
    """Return the words that the first token may be, in lower case, with their probabilities."""
    choices = getattr(raw, "choices", None) or []
    told = getattr(choices[0], "logprobs", None) if choices else None
    first = told.content[0].top_logprobs if told is not None and told.content else None
    if first:
        return [(one.token.strip().lower(), math.exp(one.logprob)) for one in first]
    return [(said.strip().lower(), 1.0)] if said and said.strip() else []


async def stream_chat(
    llm: Any, messages: Sequence[tuple[str, str]], endpoint: Endpoint, **request: Any
) -> AsyncIterator[Delta]:
    """Stream a reply; closing the iterator ends the request, and so the generation, at once.

    Args:
        llm: The model, from `build_llm`.
        messages: Pairs of role ("system", "user", "assistant") and content.
        endpoint: Where the model is served, for error messages.
        **request: More fields of the request.

    Raises:
        ModelServerError: The server refused the request or went away; retryable when it may
            answer the same request later.
    """
    async with aclosing(_stream(llm, messages, endpoint, **request)) as replies:
        async for reply in replies:
            yield _delta(reply)


async def _stream(
    llm: Any, messages: Sequence[tuple[str, str]], endpoint: Endpoint, **request: Any
) -> AsyncGenerator[Any]:
    """Yield LlamaIndex's pieces of a reply, with the errors of `stream_chat`."""
    import httpx
    import openai
    from llama_index.core.llms import ChatMessage

    chat = [ChatMessage(role=role, content=content) for role, content in messages]
    try:
        async with aclosing(await llm.astream_chat(chat, **request)) as replies:
            async for reply in replies:
                yield reply
    except openai.APIStatusError as error:
        raise _refused(endpoint, error) from error
    except (openai.APIError, httpx.HTTPError) as error:
        raise ModelServerError(
            f"the model server at {endpoint.base_url} went away ({type(error).__name__})",
            "it is restarted; ask again"
            if endpoint.local
            else "check that it runs, then ask again",
            retryable=True,
        ) from error


def _refused(endpoint: Endpoint, error: Any) -> ModelServerError:
    detail = " ".join(str(error.message).split())[:200]
    return ModelServerError(
        f"the model server at {endpoint.base_url} refused ({error.status_code}): {detail}",
        "see its log: workbench status" if endpoint.local else "check the endpoint's settings",
        retryable=error.status_code >= 500 or error.status_code in _PASSING,
    )


def _delta(reply: Any) -> Delta:
    raw = reply.raw
    usage = getattr(raw, "usage", None)
    choices = getattr(raw, "choices", None) or []
    piece = choices[0].delta if choices else None
    reasoning = getattr(piece, "reasoning", None) or getattr(piece, "reasoning_content", None)
    return Delta(reply.delta or "", reasoning or "", usage and _usage(usage))


def _usage(usage: Any) -> Usage:
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        prompt=usage.prompt_tokens or 0,
        completion=usage.completion_tokens or 0,
        cached=(getattr(details, "cached_tokens", None) or 0) if details else 0,
    )
