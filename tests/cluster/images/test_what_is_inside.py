"""Each image holds what its program needs, and nothing that helps an intruder."""

import json
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.cluster.images.conftest import ROOT, build
from tests.cluster.images.containers import Containers

pytestmark = pytest.mark.timeout(1800)

PYTHON = ("api", "worker", "session", "operator", "simulator")
ALL = (*PYTHON, "frontend", "postgres", "redis")
MEMBERS = {"libs/core": "recado-core", "libs/domain": "recado-domain", "session_pod": "recado-session"}
INSTALLED = """
import importlib.metadata, json
print(json.dumps(sorted(d.metadata['Name'].lower().replace('_', '-') for d in importlib.metadata.distributions())))
"""
UNCOMPILED = """
import importlib.util, json, pathlib, sysconfig
files = pathlib.Path(sysconfig.get_path('purelib')).rglob('*.py')
print(sum(not pathlib.Path(importlib.util.cache_from_source(str(file))).exists() for file in files))
"""
INTRUDERS_TOOLS = "gcc cc ld make apt apt-get pip pip3 uv npm node curl wget git ssh"
LOOK = """
id -u; id -g
for tool in %s; do command -v $tool && echo "there is $tool"; done
find / -xdev -perm /6000 -type f 2>/dev/null
find / -xdev -writable -type f 2>/dev/null
touch /opt/here /usr/here /etc/here 2>/dev/null && echo "the root can be written"
find /root /var/cache /var/lib/apt /etc/ssl/private -mindepth 1 -not -name '.*rc' -not -name .profile 2>/dev/null
exit 0
"""


def locked(package: str) -> set[str]:
    """What the lock says for the Python inside, our own distributions included."""
    script = (
        'uv=$(command -v uv || echo .cache/uv-*/bin/uv); source images/build/contexts.sh; requirements "$1" --no-hashes'
    )
    answer = subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", "-euc", script, "bash", package], cwd=ROOT, check=True, capture_output=True, text=True
    )
    inside = {"python_version": "3.11", "python_full_version": "3.11.2", "sys_platform": "linux"}
    names = set()
    for line in answer.stdout.splitlines():
        if line.startswith("-e ./"):
            folder = line.removeprefix("-e ./")
            names.add(MEMBERS.get(folder, f"recado-{Path(folder).name}"))
        elif (wanted := Requirement(line)).marker is None or wanted.marker.evaluate(inside):
            names.add(wanted.name)
    return names


@pytest.mark.parametrize("name", PYTHON)
def test_it_has_exactly_what_the_lock_says(containers: Containers, name: str) -> None:
    answer = containers.once(name, "-c", INSTALLED, entrypoint="python")
    assert set(json.loads(answer.stdout)) == locked(name), answer.stderr


@pytest.mark.parametrize("name", PYTHON)
def test_everything_is_compiled_beforehand(containers: Containers, name: str) -> None:
    assert containers.once(name, "-c", UNCOMPILED, entrypoint="python").stdout == "0\n"


@pytest.mark.parametrize("name", ALL)
def test_nothing_can_be_written_or_built_and_nobody_is_root(containers: Containers, name: str) -> None:
    answer = containers.once(name, "-c", LOOK % INTRUDERS_TOOLS, entrypoint="sh")
    assert answer.stdout.split() == ["65532", "65532"], answer.stderr


@pytest.mark.parametrize("name", ALL)
def test_it_says_what_it_is(containers: Containers, name: str) -> None:
    configuration = containers.configuration(name)
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in configuration["Labels"].items()}
    assert configuration["User"] == "65532:65532"
    assert labels["title"] == f"recado-{name}"
    assert labels["licenses"] == "Apache-2.0"
    assert labels["version"] == "test"
    assert len(labels["revision"]) == 40


def test_what_did_not_change_is_not_built_again(containers: Containers, engine: list[str]) -> None:
    lines = build(engine).splitlines()
    assert [line.split()[:2] for line in lines] == [[name, "unchanged"] for name in ALL]
