"""What texts may be. PostgreSQL cannot store NUL, and nobody means it: better a 400 that names the field than a 500."""

NO_NUL = r"^[^\x00]*$"
NOT_BLANK = r"\S"
NOT_BLANK_NO_NUL = r"^\s*[^\x00\s][^\x00]*$"
