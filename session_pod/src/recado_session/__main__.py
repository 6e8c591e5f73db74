"""`python -m recado_session`"""

from recado_session.main import main

main()
