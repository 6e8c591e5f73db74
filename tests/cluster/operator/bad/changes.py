"""What cannot change once it is said, and companies that are not one's own."""

from tests.cluster.operator.bad.cases import Case, Refused, Spec, company, not_accepted

NUMBER = "+5511999991111"


def changing(title: str, message: str, before: Spec, spec: Spec) -> Case:
    return Case(title, Refused(message), spec, before=before)


def changing_company(title: str, message: str, before: Spec, spec: Spec) -> Case:
    return company(title, Refused(message), spec, before=before)


CASES = (
    changing("another company", "companyRef cannot change", {}, {"companyRef": {"name": "globex"}}),
    changing("another number", "phoneNumber cannot change", {"phoneNumber": NUMBER}, {"phoneNumber": "+5511999992222"}),
    changing("no number any more", "phoneNumber cannot change", {"phoneNumber": NUMBER}, {"phoneNumber": None}),
    changing("a bad number afterwards", "should match", {}, {"phoneNumber": "1"}),
    changing_company("another companyID", "companyID cannot change", {"companyID": 999001}, {"companyID": 999002}),
    changing_company("no companyID any more", "companyID cannot change", {"companyID": 999001}, {"companyID": None}),
    changing_company("a namespace of its own", "isolation cannot change", {}, {"isolation": "Namespace"}),
    changing_company(
        "a shared namespace", "isolation cannot change", {"isolation": "Namespace"}, {"isolation": "Shared"}
    ),
    Case("a company that is elsewhere", not_accepted("CompanyNotFound"), {"companyRef": {"name": "globex"}}),
    Case("a company that is nowhere", not_accepted("CompanyNotFound"), {"companyRef": {"name": "nobody"}}),
    company("a row that is not there", not_accepted("CompanyIDNotFound"), {"companyID": 999003}),
    company(
        "a namespace for itself that others use", not_accepted("NamespaceNotDedicated"), {"isolation": "Namespace"}
    ),
)
"""Foreign rows and numbers are known when the test runs: see `test_bad_resources`."""
