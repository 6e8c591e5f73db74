"""What the WhatsApp engine says, in our words. `wire` has the words, `decode` turns the engine's bytes into them.

The engine's own protobuf classes stay out of every process but the session: they are large, they change with each
release of the library, and their `required` fields turn one missing number into an exception.
"""
