"""What browsers get beside the API: pages, caching, and nothing from outside of the folder."""

from pathlib import Path

import httpx
import pytest

from recado_local.static_files import StaticFiles

ORIGIN = "http://127.0.0.1:8080"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Recado</title>")
    (dist / "favicon.svg").write_text("<svg/>")
    (dist / "assets" / "main-a1b2.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not for browsers")
    return dist


def client(root: Path) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(StaticFiles(root)), base_url=ORIGIN)


@pytest.mark.parametrize("path", ["/", "/tickets/01a2", "/connections"])
async def test_the_applications_paths_get_its_page_and_ask_again(root: Path, path: str) -> None:
    answer = await client(root).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-cache"
    assert "Recado" in answer.text


async def test_hashed_files_are_kept_for_ever(root: Path) -> None:
    answer = await client(root).get("/assets/main-a1b2.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_known_page_is_not_sent_again(root: Path) -> None:
    first = await client(root).get("/")
    again = await client(root).get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    (root / "index.html").write_text("<!doctype html><title>Recado, newer</title>")
    assert (await client(root).get("/", headers={"if-none-match": first.headers["etag"]})).status_code == 200


@pytest.mark.parametrize("path", ["/assets/gone-c3d4.js", "/missing.png", "/assets/", "/%00"])
async def test_a_missing_file_is_not_the_page(root: Path, path: str) -> None:
    assert (await client(root).get(path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd"]
)
async def test_nothing_leaves_the_folder(root: Path, path: str) -> None:
    answer = await client(root).get(httpx.URL(ORIGIN).copy_with(raw_path=path.encode()))
    assert "not for browsers" not in answer.text
    assert "root:" not in answer.text


async def test_a_link_out_of_the_folder_is_not_followed(root: Path) -> None:
    (root / "out.txt").symlink_to(root.parent / "secret.txt")
    assert (await client(root).get("/out.txt")).status_code == 404


async def test_head_has_the_length_but_no_body(root: Path) -> None:
    answer = await client(root).head("/favicon.svg")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "6", b"")


async def test_nothing_can_be_written(root: Path) -> None:
    answer = await client(root).post("/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_every_answer_carries_the_security_headers(root: Path) -> None:
    for path in ("/", "/missing.png", "/assets/main-a1b2.js"):
        headers = (await client(root).get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"


async def test_an_unbuilt_front_end_says_how_to_build_it(tmp_path: Path) -> None:
    answer = await client(tmp_path).get("/")
    assert (answer.status_code, "make setup" in answer.text) == (503, True)
