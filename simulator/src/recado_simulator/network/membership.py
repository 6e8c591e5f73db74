"""How a linked device stops being one."""

from recado_simulator.accounts.records import Device
from recado_simulator.network import stanzas
from recado_simulator.network.state import NetworkState
from recado_simulator.phones.messenger import Messenger

_REMOVED = "401"


def remove_device(state: NetworkState, messenger: Messenger, device: Device, *, by: str) -> None:
    """Forgets the device, its queue and the sessions with it. `by` is "phone" or "device"."""
    state.directory.remove_device(device)
    state.queues.drop(device.id)
    messenger.sealing.forget(device)
    state.ledger.append("unlinked", device=device.id, by=by)
    state.changed("device", phone=device.number)


def unlink_all(state: NetworkState, messenger: Messenger, number: str) -> list[str]:
    """The owner removes every linked device on the phone; those that are connected hear it at once."""
    devices = state.directory.devices_of(number)
    for device in devices:
        remove_device(state, messenger, device, by="phone")
        if link := state.links.get(device.id):
            link.end(stanzas.stream_error(_REMOVED, "device_removed"))
    return [device.id for device in devices]
