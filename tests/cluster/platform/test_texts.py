"""What kubectl shows of connections in every plight, as committed texts: each says what to do, none tells a secret."""

import base64
import re
from collections.abc import Iterator

import pytest
from tests.cluster.client import Object
from tests.cluster.installation import NAMESPACE
from tests.cluster.platform.product import Product, company, connection
from tests.cluster.platform.texts import description, expect_golden, table
from tests.cluster.waiting import wait_for

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]
SHOP = "5511900000001"
DECLARED = re.compile(rf"phone ?number\W+\+{SHOP}", re.IGNORECASE)
"""What people wrote themselves stands in their resource."""
LONGER_THAN_A_WORD = 5
PLIGHTS = {
    "support": "Connected",
    "sales": "AwaitingPairing",
    "night": "Suspended",
    "double": "PhoneNumberInUse",
    "pinned": "VersionNotInCatalogue",
    "nowhere": "PodPending",
    "extra": "QuotaExceeded",
    "lost": "CompanyNotFound",
}


def declarations() -> list[Object]:
    """In the order in which they are declared: the last one is too much for its company."""
    return [
        connection("sales", displayName="Vendas"),
        connection("night", suspend=True),
        connection("double", phoneNumber=f"+{SHOP}"),
        connection("pinned", updatePolicy={"channel": "Pinned", "version": "9.9.9"}),
        connection("nowhere", scheduling={"nodeSelector": {"disk": "fast"}}),
        connection("lost", companyRef={"name": "nobody"}),
    ]


@pytest.fixture(scope="module")
def shown(product: Product) -> Iterator[Product]:
    """The product with a connection in each plight; `support` is what the journey linked."""
    product.apply(company(quotas={"connections": 6}))
    if product.absent("support"):
        product.declare("support", displayName="Support")
        product.link("support", SHOP)
        product.wait_ready("support")
    wait_for("its number is known", lambda: product.resource("support")["status"].get("phone"))
    for declaration in declarations():
        product.apply(declaration)
    product.code("sales")
    wait_for("older ones are counted", lambda: product.condition("nowhere", "Ready"))
    product.declare("extra")
    for name, reason in PLIGHTS.items():
        product.wait_reason(name, reason)
    wait_for("all are counted", lambda: "1/7/6" in product.kubectl("get", "co"))
    yield product
    others = [f"wac/{name}" for name in PLIGHTS if name != "support"]
    product.kubectl("delete", *others, "--timeout=120s")
    product.apply(company())


def test_the_list_shows_who_works_and_why_others_do_not(shown: Product) -> None:
    expect_golden("get-wac", table(shown.kubectl("get", "wac")))
    expect_golden("get-wac-wide", table(shown.kubectl("get", "wac", "--output=wide")))


def test_the_list_of_companies_shows_their_use(shown: Product) -> None:
    expect_golden("get-co", table(shown.kubectl("get", "co")))
    expect_golden("get-co-wide", table(shown.kubectl("get", "co", "--output=wide")))


@pytest.mark.parametrize("name", ["wac/support", "wac/sales", "wac/nowhere", "co/acme"])
def test_a_description_tells_the_whole_story(shown: Product, name: str) -> None:
    expect_golden(f"describe-{name.partition('/')[2]}", description(shown.kubectl("describe", name)))


def test_nothing_secret_is_told(shown: Product) -> None:
    everything = [
        *(shown.kubectl("get", kind, "--output=yaml") for kind in ("wac", "co", "events", "pods")),
        *(shown.kubectl("describe", kind) for kind in ("wac", "co", "pods")),
        *(shown.kubectl("logs", pod, "--all-containers", "--prefix") for pod in _pods(shown)),
    ]
    code = shown.code("sales")
    secrets = {*_secrets(shown), *code.split(","), f"{SHOP}:", f"{SHOP}@", f"+{SHOP}"}
    for text in everything:
        told = DECLARED.sub("", text)
        assert [secret for secret in secrets if len(secret) > LONGER_THAN_A_WORD and secret in told] == []


def _pods(product: Product) -> list[str]:
    return product.kubectl("get", "pods", "--field-selector=status.phase=Running", "--output=name").split()


def _secrets(product: Product) -> set[str]:
    """Every password and key of the installation and of its sessions."""
    found = set()
    for secret in product.client.items(f"/api/v1/namespaces/{NAMESPACE}/secrets"):
        for key, value in secret.get("data", {}).items():
            if any(word in key.lower() for word in ("password", "secret", "pass", "uri")):
                found.add(base64.b64decode(value).decode())
    return found
