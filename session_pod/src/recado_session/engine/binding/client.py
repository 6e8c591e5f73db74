"""Constructs the library's client the only way that is safe, and refuses a release whose insides moved."""

from uuid import UUID

from neonize._binder import ProxySettings
from neonize.aioze.client import ClientName, ClientType, NewAClient
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps

from recado_core.errors import ConfigurationError
from recado_session import addresses
from recado_session.engine.binding import messages, signals
from recado_session.engine.binding.callbacks import Callbacks
from recado_session.engine.store import Device

LOGIN_STATUS = "_NewAClient__onLoginStatus"


def construct(connection_string: str, name: UUID, device: Device | None, callbacks: Callbacks) -> NewAClient:
    """With the explicit address of `device`, its number included: without, the engine resumes whichever it finds first
    in its store; with a wrong one it crashes. Everything is registered before connect, which freezes it.
    """
    client = NewAClient(
        connection_string,
        jid=messages.jid(addresses.parse(device.jid)) if device else None,
        props=DeviceProps(os="Recado", platformType=DeviceProps.CHROME, requireFullSync=False),
        uuid=str(name),
    )
    if not (hasattr(client, LOGIN_STATUS) and hasattr(client.event, "execute")):
        raise ConfigurationError("This release of neonize is another one inside. Install neonize 0.5.2.")
    client.event.execute = callbacks.event
    setattr(client, LOGIN_STATUS, callbacks.login_status)
    client.event.qr(callbacks.qr)
    client.event.list_func.update(dict.fromkeys(signals.SUBSCRIBED, _never_called))
    return client


async def _never_called(_client: NewAClient, _event: object) -> None:
    """The library subscribes to what has a handler; `callbacks.event` stands before the handlers."""


async def pairing_code(client: NewAClient, phone: str) -> str:
    """`ABCD-EFGH`, to be typed on that phone. Not before the engine's first QR code. Raises PairPhoneError.

    The name is one that WhatsApp knows, `Chrome (Linux)`: it refuses others.
    """
    code: str = await client.PairPhone(
        phone, show_push_notification=True, client_name=ClientName.LINUX, client_type=ClientType.CHROME
    )
    return code


def proxy_settings(address: str) -> ProxySettings | None:
    return ProxySettings(proxy_address=address) if address else None
