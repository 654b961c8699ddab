"""The command line, environment and memory of a model server, on a CPU and with CUDA."""

import itertools
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.errors import ResourceError
from workbench.services.vllm import control, launch

MODEL = launch.ServedModel(
    name="tiny",
    weights=Path("/models/tiny"),
    dtype="bfloat16",
    max_model_len=2048,
    kv_cache_gib=0.5,
)


def pairs(command):
    return dict(itertools.pairwise(command))


def test_the_command_on_a_cpu():
    command = launch.command(MODEL, 8123)
    assert command[:3] == [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    given = pairs(command)
    assert given["--model"] == "/models/tiny"
    assert given["--served-model-name"] == "tiny"
    assert given["--host"] == "127.0.0.1"
    assert given["--port"] == "8123"
    assert given["--dtype"] == "bfloat16"
    assert given["--max-model-len"] == "2048"
    assert given["--kv-cache-memory-bytes"] == str(512 * 1024**2)
    assert given["--middleware"] == "workbench.services.vllm.access.RequireKey"
    assert "--enforce-eager" in command
    assert "--enable-prompt-tokens-details" in command
    assert "--enable-auto-tool-choice" not in command
    assert not any("key" in word and "middleware" not in word for word in command)


def test_the_command_with_cuda():
    model = replace(MODEL, cuda=True, flags=("--quantization", "awq_marlin"), tool_parser="hermes")
    command = launch.command(model, 8123)
    assert "--enforce-eager" not in command
    assert "--kv-cache-memory-bytes" not in command
    assert pairs(command)["--tool-call-parser"] == "hermes"
    assert pairs(command)["--quantization"] == "awq_marlin"


def test_the_name_follows_the_flags_but_not_the_port():
    assert launch.server_name(MODEL) == launch.server_name(replace(MODEL))
    for other in (
        replace(MODEL, kv_cache_gib=1.0),
        replace(MODEL, flags=("--speculative-config", "{}")),
        replace(MODEL, weights=Path("/elsewhere")),
    ):
        assert launch.server_name(other) != launch.server_name(MODEL)


def test_the_environment_on_a_cpu(tmp_path, monkeypatch):
    monkeypatch.setattr(launch, "usable_cores", lambda: [2, 3, 5])
    intel = tmp_path / "lib" / "libiomp5.so"
    intel.parent.mkdir()
    intel.touch()
    given = launch.environment(MODEL, tmp_path, "/x/libgomp.so.1:/x/libtcmalloc.so /y/libomp.so")
    assert given["VLLM_CPU_OMP_THREADS_BIND"] == "2,3,5"
    assert given["LD_PRELOAD"] == f"{intel}:/x/libtcmalloc.so"
    assert given["VLLM_DO_NOT_TRACK"] == "1"
    assert given["HF_HUB_OFFLINE"] == "1"
    assert "VLLM_API_KEY" not in given


def test_without_intel_openmp_the_preload_stays(tmp_path):
    assert "LD_PRELOAD" not in launch.environment(MODEL, tmp_path)
    assert launch.environment(MODEL, tmp_path, "/x/a.so")["LD_PRELOAD"] == "/x/a.so"


def test_the_environment_with_cuda(tmp_path):
    given = launch.environment(replace(MODEL, cuda=True), tmp_path, "/x/a.so")
    assert "VLLM_CPU_OMP_THREADS_BIND" not in given
    assert given["LD_PRELOAD"] == "/x/a.so"


def test_what_would_change_a_server_is_not_inherited():
    inherited = {
        "PATH": "/bin",
        "CUDA_VISIBLE_DEVICES": "1",
        "OMP_NUM_THREADS": "1",
        "VLLM_LOGGING_LEVEL": "DEBUG",
        "LD_PRELOAD": "/x.so",
        "PYTHONPATH": "/evil",
    }
    given = launch.clean_environment(inherited)
    root = str(Path(launch.__file__).parents[3])
    assert given == {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": "1", "PYTHONPATH": root}


def test_a_model_that_cannot_fit_is_refused(tmp_path, monkeypatch):
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 1000)
    model = replace(MODEL, weights=tmp_path)
    assert launch.needed_memory(model) == 1000 + 512 * 1024**2 + 2 * 1024**3
    monkeypatch.setattr(control, "available_memory", lambda: 2 * 1024**3)
    with pytest.raises(ResourceError) as caught:
        control.check_memory(model)
    assert caught.value.message == "tiny needs 2.5 GiB of memory, 2.0 GiB are free"
    assert "workbench down --all" in caught.value.hint
    monkeypatch.setattr(control, "available_memory", lambda: 3 * 1024**3)
    control.check_memory(model)
