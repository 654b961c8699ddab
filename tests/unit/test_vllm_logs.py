"""What vLLM's log lines become; the lines are those of vLLM 0.32.0."""

import pytest

from workbench.services.vllm import logs

WORKER = "(Worker pid=20083) ERROR 11-21 04:49:14 [multiproc_executor.py:953] "
ENGINE = "(EngineCore pid=19566) ERROR 11-21 04:49:18 [core.py:1510] "
END = "RuntimeError: Engine core initialization failed. See root cause above."

DAMAGED = "the weights of tiny are damaged"
NO_MEMORY = "there is not enough memory for tiny"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            f"{WORKER}safetensors._safetensors_rust.SafetensorError: Error while deserializing "
            "header: incomplete metadata, file not fully covered",
            DAMAGED,
        ),
        (
            '  File "transformers_utils/utils.py", line 113, in parse_safetensors_file_metadata\n'
            "    metadata = json.loads(f.read(length_of_metadata))\nMemoryError",
            DAMAGED,
        ),
        (
            "OSError: It looks like the config file at '/m/config.json' is not a valid JSON file.",
            DAMAGED,
        ),
        ("json.decoder.JSONDecodeError: Expecting property name enclosed in quotes", DAMAGED),
        (f"{WORKER}RuntimeError: Cannot find any model weights with `/m`", DAMAGED),
        (
            "(VllmWorker-0 pid=23282) WARNING 11-21 04:55:40 [cpu.py:644] Failed to import from "
            "vllm._C: ImportError('libnuma.so.1: cannot open shared object file: No such file')",
            "the library libnuma is missing, which vLLM needs",
        ),
        (
            "ImportError: libcudart.so.13: cannot open shared object file: No such file",
            "a library that vLLM needs is missing: libcudart.so.13",
        ),
        (
            "OSError: [Errno 98] Address already in use",
            "port 8123 is in use by another program",
        ),
        (
            f"{ENGINE}RuntimeError: Worker failed with error 'Available memory on node 0 "
            "(19.44/23.54 GiB) on kv cache allocation is less than requested memory for kv",
            NO_MEMORY,
        ),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB", NO_MEMORY),
        ("RuntimeError: DefaultCPUAllocator: can't allocate memory: you tried", NO_MEMORY),
        (
            "api_server.py: error: unrecognized arguments: --not-a-flag",
            "vLLM does not know an option of tiny: --not-a-flag",
        ),
        (
            "ValidationError: 1 validation error for ModelConfig\n  Value error, User-specified "
            "max_model_len (900000) is greater than the derived max_model_len (max_position_",
            "vLLM refuses the settings of tiny: User-specified max_model_len (900000) is greater "
            "than the derived max_model_len ",
        ),
        (
            "/env/bin/python: Error while finding module specification for "
            "'vllm.entrypoints.openai.api_server' (ModuleNotFoundError: No module named 'vllm')",
            "vLLM is not installed (no module vllm)",
        ),
    ],
)
def test_a_fault_that_a_person_can_mend_is_not_tried_again(line, message):
    failure = logs.explain(f"INFO before\n{line}\n{END}\n", 1, "tiny", 8123)
    assert failure.message == message
    assert failure.hint
    assert not failure.again


def test_a_warning_about_open_files_is_no_fault():
    line = "WARNING 11-21 04:05:21 [system_utils.py:255] cause errors like `OSError: [Errno 24]`"
    failure = logs.explain(line, 1, "tiny", 1)
    assert failure.again


def test_a_crash_tells_the_first_error():
    log = f"INFO x\n{WORKER}Traceback:\n{WORKER}ValueError: no engine\n{END}\nbye\n"
    failure = logs.explain(log, 1, "tiny", 1)
    assert failure.message == "the server of tiny ended: ValueError: no engine"
    assert failure.again


def test_a_silent_end_tells_the_status_or_the_last_line():
    assert logs.explain("", 3, "tiny", 1).message.endswith("exit status 3")
    assert logs.explain("one\ntwo\n\n", 3, "tiny", 1).message.endswith("ended: two")


def test_a_kill_is_told():
    failure = logs.explain("INFO x", -9, "tiny", 1)
    assert "killed" in failure.message
    assert failure.again


def test_how_far_a_start_is():
    assert logs.milestone("nothing here") is None
    text = "INFO Initializing a V1 LLM engine\nINFO Starting to load model /m...\n"
    assert logs.milestone(text) == "loading the weights"
    shards = "Loading safetensors checkpoint shards:  {} Completed | 1/2\n"
    assert logs.shards(shards.format("0%") + shards.format("50%")) == "loading the weights, 50 %"
    assert logs.shards("nothing") is None


def test_reading_goes_on_where_it_stopped(tmp_path):
    log = tmp_path / "server.log"
    assert logs.read_from(log, 0) == ("", 0)
    log.write_text("one")
    text, end = logs.read_from(log, 0)
    log.write_text("onetwo")
    assert (text, logs.read_from(log, end)[0]) == ("one", "two")
    log.write_text("x")
    assert logs.read_from(log, 6)[0] == "x"


def test_a_log_stays_bounded_while_it_is_written(tmp_path):
    log = tmp_path / "server.log"
    with log.open("a") as writer:
        writer.write("a" * 500 + "end")
        writer.flush()
        logs.bound(log, 1000)
        assert log.stat().st_size == 503
        logs.bound(log, 400)
        writer.write("more")
        writer.flush()
    assert log.read_text() == "more"
    older = tmp_path / "server.log.1"
    assert older.read_text().endswith("end")
    assert older.stat().st_mode & 0o777 == 0o600
