"""What images/nginx says: the same headers as on one machine, files kept for ever, the page asked for again."""

import re
from pathlib import Path

from recado_api.http.security_headers import HEADERS
from recado_local.static_files import ASK_AGAIN, FOR_EVER, SECURITY

NGINX = Path(__file__).parents[3] / "images/nginx"
CONFIGURATION = (NGINX / "nginx.conf").read_text()
INCLUDED = "include /etc/recado/security_headers.conf;"


def locations(text: str) -> dict[str, str]:
    return dict(re.findall(r"location ([^{]+) \{(.*?)\n        \}", text, re.DOTALL))


def stated() -> dict[str, str]:
    found = re.findall(r'(?m)^add_header (\S+) "(.*)" always;$', (NGINX / "security_headers.conf").read_text())
    return {name.lower(): value for name, value in found}


def test_headers_are_those_of_one_machine_and_strict_transport() -> None:
    expected = {name.decode(): value.decode() for name, value in SECURITY}
    strict = "strict-transport-security"
    expected[strict] = dict(HEADERS)[strict.encode()].decode()
    assert stated() == expected


def test_scripts_come_from_here_only() -> None:
    policy = dict(part.strip().split(" ", 1) for part in stated()["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


def test_every_place_with_files_says_the_headers_and_none_is_inherited_in_vain() -> None:
    outside = re.sub(r"location [^{]+ \{.*?\n        \}", "", CONFIGURATION, flags=re.DOTALL)
    assert "add_header" not in outside  # nginx drops it where a location says its own
    for name, body in locations(CONFIGURATION).items():
        assert (INCLUDED in body) == (name != "= /healthz"), name


def test_hashed_files_are_kept_and_the_page_is_asked_for_again() -> None:
    places = locations(CONFIGURATION)
    assert f'Cache-Control "{FOR_EVER.decode()}";' in places["^~ /assets/"]  # not for a 404
    for name in ("/", r"~ \.[^/]*$"):
        assert f'Cache-Control "{ASK_AGAIN.decode()}" always;' in places[name]


def test_the_proxy_adds_no_headers_of_its_own() -> None:
    (body,) = locations((NGINX / "proxy.conf").read_text()).values()
    assert "add_header" not in body


def test_nothing_is_written_outside_of_the_writable_directory() -> None:
    paths = re.findall(r"(?m)^\s*(?:pid|\w+_temp_path) (\S+);", CONFIGURATION)
    assert len(paths) == 6
    assert all(path.startswith("/tmp/") for path in paths)  # noqa: S108 - a path inside the image


def test_the_log_leaves_queries_out() -> None:
    described = re.search(r"log_format json .*?;\n", CONFIGURATION, re.DOTALL)
    assert described
    assert not re.search(r"\$(request_uri|request|args|query_string|http_referer|http_cookie)\b", described[0])
