"""Opening what judged metrics need."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.config import Settings
from workbench.engine.embeddings import load_embedder
from workbench.errors import UsageError
from workbench.evaluation.judges.client import Judge
from workbench.evaluation.metrics.ragas import RagasTools
from workbench.evaluation.preparing import prepare_endpoint
from workbench.evaluation.running.judging import JudgeTools
from workbench.evaluation.tasks.building import Prepared
from workbench.services.endpoints import check_endpoint, resolve_model
from workbench.services.identity import serving_identity
from workbench.store.calls import Calls


@dataclass(frozen=True, slots=True)
class Judges:
    """Open judges, and what closes them."""

    tools: JudgeTools
    calls: Calls

    async def close(self) -> None:
        """Close their connections."""
        await self.tools.judge.close()
        await self.calls.close()


async def open_judges(
    settings: Settings, model: str | None, prepared: Prepared, say: Callable[[str], None]
) -> Judges:
    """Bring the judge's server up and return the tools.

    Args:
        settings: The workspace's settings.
        model: The model that judges; the one that answers when `None`.
        prepared: The variant that is judged.
        say: Told what is being waited for.

    Raises:
        UsageError: Nothing is stored that verdicts could be kept beside.
        WorkbenchError: The judge cannot be reached.
    """
    if prepared.engine is None:
        raise UsageError(
            "this kind of suite has no answers to judge", "leave its judged metrics out"
        )
    name = resolve_model(settings, model)
    if name in settings.endpoints:
        check_endpoint(settings, name)
    endpoint = await prepare_endpoint(settings, name, say)
    served = serving_identity(settings, endpoint)
    calls = Calls(prepared.engine.database)
    tools = JudgeTools(
        judge=Judge(endpoint, served),
        ragas=RagasTools(endpoint, load_embedder(settings)),
        served=served,
        calls=calls,
    )
    return Judges(tools, calls)
