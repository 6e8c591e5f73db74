"""What the control API shows of the network, as plain JSON values."""

from typing import Any

from recado_simulator.accounts.records import Bubble, Phone
from recado_simulator.network.connection import Services


def network(services: Services) -> dict[str, Any]:
    phones = services.state.directory.phones.values()
    return {
        "accounts": [phone(services, one) for one in phones if one.owner],
        "customers": [phone(services, one) for one in phones if not one.owner],
        "waiting_clients": len(services.candidates),
        "faults": services.state.faults.armed,
        "ledger": len(services.state.ledger),
    }


def phone(services: Services, one: Phone) -> dict[str, Any]:
    chats = [chat(services, number, bubbles) for number, bubbles in services.messenger.chats.chats_of(one.number)]
    chats.sort(key=lambda entry: entry["last"].at, reverse=True)
    return {
        "phone": one.number,
        "name": one.name,
        "lid": one.lid,
        "owner": one.owner,
        "online": one.online,
        "reads": one.reads,
        "unread": sum(entry["unread"] for entry in chats),
        "chats": chats,
        "devices": devices(services, one.number),
    }


def chat(services: Services, number: str, bubbles: list[Bubble]) -> dict[str, Any]:
    other = services.state.directory.phones.get(number)
    return {
        "phone": number,
        "name": other.name if other else number,
        "unread": sum(not bubble.from_me and not bubble.seen for bubble in bubbles),
        "last": bubbles[-1],
    }


def devices(services: Services, number: str) -> list[dict[str, Any]]:
    state = services.state
    return [
        {
            "id": device.id,
            "name": device.name,
            "online": device.id in state.links,
            "linked_at": device.linked_at,
            "queued": state.queues.length(device.id),
        }
        for device in state.directory.devices_of(number)
    ]
