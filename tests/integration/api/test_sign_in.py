"""Signing in, staying in, signing out: as a browser does it, cookie and all."""

import asyncio
from http import HTTPStatus

import httpx
import pytest
import pytest_asyncio
from tests.integration.api.world import PASSWORD, Person, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRONG = "not the password"


async def sign_in(world: World, email: str, password: str = PASSWORD) -> httpx.Response:
    return await world.browser().post("/api/auth/sign-in", json={"email": email, "password": password})


async def refresh(world: World, cookie: str) -> httpx.Response:
    browser = world.browser(**{"X-Recado-Refresh": "1"})
    return await browser.post("/api/auth/refresh", headers={"Cookie": f"recado_refresh={cookie}"})


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].split(";")[0].removeprefix("recado_refresh=")


async def age_tokens(world: World, person: Person, seconds: int) -> None:
    """As if the last rotations had happened so much earlier."""
    await world.owner.execute(
        "update refresh_token set used_at = used_at - make_interval(secs => $2) where user_id = $1", person.id, seconds
    )


@pytest_asyncio.fixture(loop_scope="session")
async def ana(world: World) -> Person:
    return await world.person(await world.company(), "agent")


async def test_the_right_password_opens_the_door(world: World, ana: Person) -> None:
    answer = await sign_in(world, ana.email.upper())
    assert answer.status_code == HTTPStatus.OK
    body = answer.json()
    assert body["user"] == {"id": str(ana.id), "name": "Agent", "email": ana.email, "role": "agent"}
    me = await world.browser(body["accessToken"]).get("/api/me")
    assert me.json()["company"]["id"] == ana.company_id


async def test_the_cookie_is_out_of_reach(world: World, ana: Person) -> None:
    cookie = (await sign_in(world, ana.email)).headers["set-cookie"]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/api/auth", "secure"} <= attributes


async def test_wrong_unknown_disabled_and_locked_get_the_same_answer(world: World) -> None:
    company = await world.company()
    wrong, disabled, locked = [await world.person(company, "agent") for _ in range(3)]
    await world.owner.execute("update app_user set status = 'disabled' where id = $1", disabled.id)
    await world.owner.execute(
        "update app_user set failed_sign_ins = 5, locked_until = now() + interval '1 minute' where id = $1", locked.id
    )
    answers = [
        await sign_in(world, wrong.email, WRONG),
        await sign_in(world, "nobody@example.com"),
        await sign_in(world, disabled.email),
        await sign_in(world, locked.email),
    ]
    assert {answer.status_code for answer in answers} == {HTTPStatus.UNAUTHORIZED}
    assert len({answer.text for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_five_failures_lock_and_success_forgives(world: World, ana: Person) -> None:
    for _ in range(4):
        assert (await sign_in(world, ana.email, WRONG)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await sign_in(world, ana.email)).status_code == HTTPStatus.OK
    for _ in range(5):
        await sign_in(world, ana.email, WRONG)
    assert await world.count("select count(*) from app_user where id = $1 and locked_until > now()", ana.id) == 1


async def test_a_locked_account_stays_shut_for_the_right_password(world: World, ana: Person) -> None:
    await world.owner.execute("update app_user set locked_until = now() + interval '1 minute' where id = $1", ana.id)
    assert (await sign_in(world, ana.email)).status_code == HTTPStatus.UNAUTHORIZED
    await world.owner.execute("update app_user set locked_until = now() - interval '1 second' where id = $1", ana.id)
    assert (await sign_in(world, ana.email)).status_code == HTTPStatus.OK


async def test_refreshing_gives_a_new_pair_and_spends_the_old_one(world: World, ana: Person) -> None:
    first = cookie_of(await sign_in(world, ana.email))
    answer = await refresh(world, first)
    assert answer.status_code == HTTPStatus.OK
    assert cookie_of(answer) != first
    assert (await world.browser(answer.json()["accessToken"]).get("/api/me")).status_code == HTTPStatus.OK
    assert (await refresh(world, cookie_of(answer))).status_code == HTTPStatus.OK


async def test_two_tabs_may_refresh_at_the_same_moment(world: World, ana: Person) -> None:
    cookie = cookie_of(await sign_in(world, ana.email))
    answers = await asyncio.gather(*[refresh(world, cookie) for _ in range(2)])
    assert [answer.status_code for answer in answers] == [HTTPStatus.OK] * 2
    again = await asyncio.gather(*[refresh(world, cookie_of(answer)) for answer in answers])
    assert [answer.status_code for answer in again] == [HTTPStatus.OK] * 2


async def test_a_copy_used_later_ends_the_whole_family(world: World, ana: Person) -> None:
    stolen = cookie_of(await sign_in(world, ana.email))
    fresh = await refresh(world, stolen)
    await age_tokens(world, ana, 60)
    assert (await refresh(world, stolen)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await refresh(world, cookie_of(fresh))).status_code == HTTPStatus.UNAUTHORIZED
    browser = world.browser(fresh.json()["accessToken"])
    assert (await browser.get("/api/me")).status_code == HTTPStatus.UNAUTHORIZED


async def test_another_sign_in_is_another_family(world: World, ana: Person) -> None:
    phone, desk = [cookie_of(await sign_in(world, ana.email)) for _ in range(2)]
    await refresh(world, phone)
    await age_tokens(world, ana, 60)
    await refresh(world, phone)
    assert (await refresh(world, desk)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("cookie", ["", ".", "x", "x.y", "a" * 43 + "." + "b" * 43, "\u00e9.x"])
async def test_a_made_up_cookie_is_refused(world: World, cookie: str) -> None:
    browser = world.browser(**{"X-Recado-Refresh": "1"})
    headers = {b"Cookie": f"recado_refresh={cookie}".encode()}
    answer = await browser.post("/api/auth/refresh", headers=headers)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


async def test_a_genuine_token_without_our_seal_is_refused(world: World, ana: Person) -> None:
    token = cookie_of(await sign_in(world, ana.email)).rpartition(".")[0]
    assert (await refresh(world, token)).status_code == HTTPStatus.UNAUTHORIZED
    assert (await refresh(world, f"{token}.{'A' * 43}")).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("headers", [{}, {"X-Recado-Refresh": "0"}])
async def test_a_form_on_another_page_cannot_refresh(world: World, ana: Person, headers: dict[str, str]) -> None:
    cookie = cookie_of(await sign_in(world, ana.email))
    answer = await world.browser().post("/api/auth/refresh", headers={"Cookie": f"recado_refresh={cookie}", **headers})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert (await refresh(world, cookie)).status_code == HTTPStatus.OK


async def test_a_disabled_user_cannot_refresh(world: World, ana: Person) -> None:
    cookie = cookie_of(await sign_in(world, ana.email))
    await world.owner.execute("update app_user set status = 'disabled' where id = $1", ana.id)
    assert (await refresh(world, cookie)).status_code == HTTPStatus.UNAUTHORIZED
    await world.owner.execute("update app_user set status = 'active' where id = $1", ana.id)
    assert (await refresh(world, cookie)).status_code == HTTPStatus.UNAUTHORIZED


async def test_signing_out_ends_both_tokens_at_once(world: World, ana: Person) -> None:
    signed_in = await sign_in(world, ana.email)
    cookie = cookie_of(signed_in)
    answer = await world.browser().post("/api/auth/sign-out", headers={"Cookie": f"recado_refresh={cookie}"})
    assert answer.status_code == HTTPStatus.NO_CONTENT
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await refresh(world, cookie)).status_code == HTTPStatus.UNAUTHORIZED
    browser = world.browser(signed_in.json()["accessToken"])
    assert (await browser.get("/api/me")).status_code == HTTPStatus.UNAUTHORIZED


async def test_signing_out_without_a_cookie_is_fine(world: World) -> None:
    assert (await world.browser().post("/api/auth/sign-out")).status_code == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("change", ["token_version = token_version + 1", "status = 'disabled'"])
async def test_a_change_of_the_user_counts_at_the_next_request(world: World, ana: Person, change: str) -> None:
    assert (await ana.http.get("/api/me")).status_code == HTTPStatus.OK
    await world.owner.execute(f"update app_user set {change} where id = $1", ana.id)  # noqa: S608 - ours
    assert (await ana.http.get("/api/me")).status_code == HTTPStatus.UNAUTHORIZED


async def test_a_suspended_company_is_shut_out(world: World, ana: Person) -> None:
    await world.owner.execute("update company set status = 'suspended' where id = $1", ana.company_id)
    assert (await ana.http.get("/api/me")).status_code == HTTPStatus.UNAUTHORIZED
    assert (await sign_in(world, ana.email)).status_code == HTTPStatus.UNAUTHORIZED


async def test_signing_in_rightly_is_never_slowed_by_account(world: World, ana: Person) -> None:
    answers = [await sign_in(world, ana.email) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}


async def test_guessing_is_slowed_by_account_and_address(world: World, ana: Person) -> None:
    answers = [await sign_in(world, ana.email, WRONG) for _ in range(11)]
    assert answers[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["code"] == "too_many_requests"
