"""What images/Dockerfile promises, read from the file: a slower suite builds and runs it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "images/Dockerfile").read_text()
PROGRAMS = ("api", "worker", "session", "operator", "simulator")


def stages(text: str) -> dict[str, str]:
    """Name to instructions, in the file's order; comments are left out."""
    text = re.sub(r"(?m)^#.*\n", "", text)
    parts = re.split(r"(?m)^FROM (\S+)(?: AS (\S+))?\n", text)[1:]
    return {name or base: body for base, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


def test_each_deployable_has_its_stage_and_starts_its_module() -> None:
    for name in PROGRAMS:
        assert f'ENTRYPOINT ["python", "-m", "recado_{name}"]' in stages(TEXT)[name]


def test_package_alone_chooses_the_image() -> None:
    assert TEXT.rstrip().endswith("ARG PACKAGE\nFROM ${PACKAGE}")


def test_it_runs_as_nobody_in_particular() -> None:
    users = re.findall(r"(?m)^USER (\S+)", stages(TEXT)["runtime"])
    assert users[-1] == "65532:65532"
    assert not any("USER" in stages(TEXT)[name] for name in PROGRAMS)


def test_python_neither_writes_bytecode_nor_holds_output_back() -> None:
    for setting in ("PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"):
        assert setting in stages(TEXT)["runtime"]
    assert "--invalidation-mode unchecked-hash" in stages(TEXT)["build"]


@pytest.mark.parametrize("word", ["apt-get", "pip install", "curl", "wget", "http:", "https:", "gcc", "secret"])
@pytest.mark.parametrize("file", ["Dockerfile", "frontend.Dockerfile", "evaluation.Dockerfile"])
def test_no_step_needs_the_network_or_a_compiler(file: str, word: str) -> None:
    instructions = re.sub(r"(?m)^#.*\n", "", (ROOT / "images" / file).read_text())
    assert word not in instructions


@pytest.mark.parametrize("file", ["Dockerfile", "frontend.Dockerfile", "evaluation.Dockerfile"])
def test_every_image_says_what_it_is(file: str) -> None:
    text = (ROOT / "images" / file).read_text()
    for label in ("title", "description", "vendor", "licenses", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in text


def test_the_engine_is_told_at_exec_what_it_reads_only_there() -> None:
    assert "NEONIZE_BOT_TAG=off" in stages(TEXT)["session"]


@pytest.mark.parametrize("file", ["frontend.Dockerfile", "evaluation.Dockerfile"])
def test_the_other_images_have_the_same_user(file: str) -> None:
    text = (ROOT / "images" / file).read_text()
    assert {user for user in re.findall(r"(?m)^USER (\S+)", text) if user != "root"} == {"65532:65532"}
    assert not re.search(r"USER root(?!.*USER 65532)", text, re.DOTALL)
