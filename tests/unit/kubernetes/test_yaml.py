import json

import pytest
import yaml

from recado_kubernetes.client import as_yaml


@pytest.mark.parametrize("text", ["🐘", "\x85\x9f\u2028\ufeff", "\x12\\ud83d", "a\nb", "açaí"])
def test_every_text_is_the_same_read_as_json_and_as_yaml(text: str) -> None:
    written = as_yaml({"text": text})
    assert json.loads(written) == {"text": text}
    assert yaml.safe_load(written) == {"text": text}
