"""The WhatsApp engine: the only folder that knows neonize, and all its traps.

Importing any part of it prepares the import of neonize first, so that no module has to think of it.
"""

from recado_session.engine.library import prepare_import

prepare_import()
