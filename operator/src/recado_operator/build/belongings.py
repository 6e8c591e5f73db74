"""What all objects of one company have in common."""

from typing import Any

from recado_operator.build import names
from recado_operator.build.blueprint import Owner


def metadata_of(namespace: str, company: str, owner: Owner) -> dict[str, Any]:
    """One object of each kind: it bears the company's name, and goes with the company."""
    return {
        "name": names.company_object(company),
        "namespace": namespace,
        "labels": {names.PART_OF: "recado", names.COMPANY: company},
        "ownerReferences": [owner.reference()],
    }
