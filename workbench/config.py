"""Settings: `workbench.toml`, then the environment (`WORKBENCH_*`), then the command line.

A later source wins. Settings are built once, at the edge, and passed down. What none of them names
an assistant's folder may (`workbench.engine.own_settings`), and else the defaults below hold.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from workbench.errors import ConfigError
from workbench.locations import WORKSPACE_FILE, find_workspace, user_cache, user_state


class Section(BaseModel):
    """A group of settings; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PriceSettings(Section):
    """What an endpoint charges, per million tokens."""

    prompt_per_million: float
    completion_per_million: float
    currency: str = "USD"


class EndpointSettings(Section):
    """An OpenAI-compatible server that is used instead of a local vLLM."""

    base_url: str
    """The address up to and including `/v1`."""
    model: str
    """The model's name at that server."""
    api_key_env: str = ""
    """The environment variable that holds the key; empty where none is needed."""
    context_window: int = 4096
    """Tokens that fit in a request, answer included."""
    price: PriceSettings | None = None
    """Its price; without one, cost is unknown (`null`), never zero."""

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("keys do not belong in the address: name a variable in api_key_env")
        return address


class ServerSettings(Section):
    """How the local model server is run."""

    port: int = Field(default=0, ge=0, le=65535)
    """The loopback port; 0 picks a free one."""
    kv_cache_gib: float = Field(default=2.0, gt=0)
    """Memory for the attention cache on a CPU, in GiB."""
    start_timeout_s: float = Field(default=600.0, gt=0)
    """How long to wait for a server to become ready, in seconds."""
    idle_minutes: float = Field(default=60.0, ge=0)
    """A server that nobody has asked anything for this long stops; 0 keeps it for ever."""
    hardware_price_per_hour: float | None = None
    """What this machine costs an hour; makes cost known for local models."""
    currency: str = "USD"
    """The currency of the hardware price."""


class SearchSettings(Section):
    """How passages are found."""

    top_k: int = Field(default=5, ge=1, le=50)
    """Passages that a search returns."""
    candidates: int = Field(default=30, ge=1, le=500)
    """Passages that each leg contributes before fusion."""
    dense_weight: float = Field(default=1.0, ge=0)
    """Weight of the embedding leg in the fusion."""
    text_weight: float = Field(default=1.0, ge=0)
    """Weight of the full-text leg in the fusion."""
    rrf_k: int = Field(default=10, ge=1)
    """The constant of reciprocal rank fusion: how little the first ranks stand out. On the hotel's
    development questions 5 to 20 did alike, and better than the customary 60."""


class RetrievalSettings(SearchSettings):
    """How passages are found and their sentences scanned."""

    exact_below: int = Field(default=20_000, ge=0)
    """Collections with fewer sentences are scanned exactly; larger ones get an HNSW index."""


class MemorySettings(Section):
    """What is remembered of a conversation."""

    history_turns: int = Field(default=2, ge=0)
    """Earlier turns shown to the model with a follow-up question."""


class SamplingSettings(Section):
    """How the model writes."""

    temperature: float = Field(default=0.0, ge=0, le=2)
    """Sampling temperature."""
    max_tokens: int = Field(default=160, ge=16)
    """The longest answer, in tokens."""
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    """The seed of the sampling; the server draws one where none is given."""


class AnswerSettings(SamplingSettings, MemorySettings):
    """How answers are written."""

    context_chars: int = Field(default=600, ge=200)
    """Characters of passages given to the model (1,000 are 212 tokens in English, 286 in
    Vietnamese), which bounds the time to the first token."""
    names_must_occur: bool = True
    """Whether a question is refused when none of the names in it occurs in the passages found."""
    drop_orders: bool = True
    """Whether sentences of documents that order an assistant about are kept from the model."""


class Settings(BaseSettings):
    """All settings of a workspace."""

    model_config = SettingsConfigDict(
        env_prefix="WORKBENCH_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        # the locations below are read by `workbench.locations`, before settings exist
        env_ignore_empty=True,
    )

    workspace: Path
    """The workspace folder."""
    state_dir: Path = Field(default_factory=user_state)
    """The user's state folder."""
    cache_dir: Path = Field(default_factory=user_cache)
    """The user's cache folder."""
    assistant: str = "hotel"
    """The assistant that answers when none is named."""
    model: str = "auto"
    """The model that answers; "auto" is the catalogue's default for this machine."""
    embedder: str = "multilingual-e5-small"
    """The encoder of passages and questions."""
    database_url: SecretStr | None = None
    """A Postgres server with pgvector; the embedded one is used without it."""
    operator: str = ""
    """Who is asking; the operating system's user when empty."""
    endpoints: dict[str, EndpointSettings] = Field(default_factory=dict)
    """Other OpenAI-compatible servers, by the name under which they are chosen as a model."""
    server: ServerSettings = ServerSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: the command line, the environment, the workspace's file."""
        workspace = init_settings().get("workspace")
        file = TomlConfigSettingsSource(settings_cls, Path(str(workspace)) / WORKSPACE_FILE)
        return init_settings, env_settings, file


def load_settings(workspace: Path | None = None, **overrides: Any) -> Settings:
    """Build the settings of a workspace.

    Args:
        workspace: The workspace folder; looked for from the current folder when `None`.
        **overrides: Values from the command line; `None` means "not given".

    Raises:
        ConfigError: There is no workspace, or a key or value is wrong.
    """
    folder = workspace or find_workspace()
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(workspace=folder, **given)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{folder / WORKSPACE_FILE} is not valid TOML", str(error)) from error
    except ValidationError as error:
        raise _config_error(folder, error) from error


def _config_error(workspace: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = f"{workspace / WORKSPACE_FILE} or WORKBENCH_{key.upper().replace('.', '__')}"
    if first["type"] != "extra_forbidden":
        message = first["msg"].removeprefix("Value error, ")
        return ConfigError(f"setting {key!r} ({where}): {message}", "correct its value")
    nearest = difflib.get_close_matches(key, setting_names(), n=1, cutoff=0.0)
    return ConfigError(f"unknown setting {key!r} ({where})", f"the nearest is {nearest[0]!r}")


def setting_names() -> list[str]:
    """Return the dotted names of all settings."""
    names: list[str] = []
    for name, info in Settings.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            names += [f"{name}.{inner}" for inner in kind.model_fields]
        else:
            names.append(name)
    return names
