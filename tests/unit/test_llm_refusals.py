"""Which refusals of a model server may pass, and what they do to a run."""

import httpx
import openai
import pytest

from workbench.engine.llm import stream_chat
from workbench.errors import ModelServerError
from workbench.evaluation.running.budget import Budget
from workbench.evaluation.running.limiter import START, Limiter
from workbench.evaluation.running.runner import RETRIES, Job, fault, run_jobs
from workbench.services.endpoints import Endpoint

ENDPOINT = Endpoint("m", "http://localhost:1/v1", "", "m", "", "", 4096, None, False)


class Refusing:
    """A model behind a server that refuses."""

    def __init__(self, status):
        self._status = status

    async def astream_chat(self, _):
        request = httpx.Request("POST", ENDPOINT.base_url)
        reply = httpx.Response(self._status, request=request)
        raise openai.APIStatusError("no", response=reply, body=None)


async def refusal(status):
    with pytest.raises(ModelServerError) as refused:
        async for _ in stream_chat(Refusing(status), [("user", "?")], ENDPOINT):
            pass
    return refused.value


@pytest.mark.parametrize(
    ("status", "passing"),
    [(400, False), (401, False), (404, False), (408, True), (409, True), (429, True), (503, True)],
)
async def test_a_refusal_may_pass_where_the_server_is_busy(status, passing):
    assert (await refusal(status)).retryable is passing


async def test_too_many_requests_are_tried_again_by_fewer_at_once():
    tries, limiter = [], Limiter()

    async def do(job):
        tries.append(job)
        return fault(job, await refusal(429), {})

    await run_jobs(
        [Job("1")], do, lambda _: None, limiter, Budget(), lambda _: None, back_off_s=0.0
    )
    assert len(tries) == RETRIES + 1
    assert limiter.width < START
