"""What is watched and listed, and which of it is asked for. Whatever is told of comes from one of these."""

from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, PODS
from recado_operator.build.names import OURS, SESSION_SELECTOR
from recado_operator.kubernetes.guards import GUARDS

WATCHED = (COMPANIES, CONNECTIONS, PODS, *GUARDS)
SELECTORS = {PODS.plural: SESSION_SELECTOR, **{kind.plural: OURS for kind in GUARDS}}
"""Labels, by the plural of the kind; of what is not here, all."""
