"""Builds what goes to WhatsApp. Always a protobuf, never a plain string: for strings the engine looks for mentions,
asks the network about groups and, on request, fetches links.
"""

from neonize.proto.Neonize_pb2 import JID
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import ExtendedTextMessage, Message, MessageContextInfo

from recado_session.addresses import Address

SECRET_BYTES = 32


def jid(address: Address) -> JID:
    return JID(
        User=address.user,
        RawAgent=address.agent,
        Device=address.device,
        Integrator=0,
        Server=address.server,
        IsEmpty=False,
    )


def text_message(text: str, attempt_key: bytes) -> Message:
    """The attempt's key is the message's secret: the engine stores both before anything leaves."""
    if len(attempt_key) != SECRET_BYTES:
        raise ValueError(f"An attempt key has {SECRET_BYTES} bytes, not {len(attempt_key)}")
    return Message(
        extendedTextMessage=ExtendedTextMessage(text=text),
        messageContextInfo=MessageContextInfo(messageSecret=attempt_key),
    )
