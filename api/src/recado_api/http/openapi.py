"""The OpenAPI document, from which the front end's client is generated; scripts/openapi writes it to the repository."""

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

BEARER = "bearer"


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Recado",
        version="1",
        description="The API of Recado. Errors are RFC 9457 problems with stable codes.",
        components=Components(
            security_schemes={BEARER: SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
        path="/openapi",
        render_plugins=[],
        use_handler_docstrings=True,
    )


def render(document: dict[str, object]) -> str:
    """The document as it stands in the repository: sorted, so that two exports are byte-equal."""
    ordered = msgspec.json.encode(document, order="sorted")
    return msgspec.json.format(ordered, indent=2).decode() + "\n"
