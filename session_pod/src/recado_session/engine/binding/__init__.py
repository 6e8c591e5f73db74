"""The modules that import neonize. Importing any of them loads it first in the way that `library` says."""

from recado_session.engine.library import load

load()
