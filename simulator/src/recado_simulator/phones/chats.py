"""What each phone shows: bubbles with ticks, per conversation. The oldest of a long conversation are let go."""

from collections.abc import Iterator

from recado_simulator.accounts.records import Bubble, BubbleState
from recado_simulator.accounts.store import Collection, Store

MOST_BUBBLES = 300
"""Per conversation of one phone."""
_ORDER: tuple[BubbleState, ...] = ("sent", "delivered", "read")


class Chats:
    def __init__(self, store: Store) -> None:
        self._bubbles: Collection[Bubble] = Collection(store, "bubble", Bubble)
        self._by_phone: dict[str, dict[str, dict[str, Bubble]]] = {}
        for key, bubble in sorted(self._bubbles.items(), key=lambda item: item[1].at):
            self._chat(bubble)[key] = bubble

    def add(self, bubble: Bubble) -> None:
        key = _key(bubble.phone, bubble.chat, bubble.wa_id, from_me=bubble.from_me)
        chat = self._chat(bubble)
        chat[key] = bubble
        self._bubbles[key] = bubble
        if len(chat) > MOST_BUBBLES:
            oldest = next(iter(chat))
            del chat[oldest], self._bubbles[oldest]

    def find(self, phone: str, chat: str, wa_id: str, *, from_me: bool) -> Bubble | None:
        return self._bubbles.get(_key(phone, chat, wa_id, from_me=from_me))

    def move(self, bubble: Bubble, state: BubbleState) -> bool:
        """Ticks only go forward; False when nothing changed."""
        if _ORDER.index(state) <= _ORDER.index(bubble.state):
            return False
        bubble.state = state
        self._save(bubble)
        return True

    def see(self, bubble: Bubble) -> None:
        bubble.seen = True
        self._save(bubble)

    def chats_of(self, phone: str) -> Iterator[tuple[str, list[Bubble]]]:
        """Conversations of one phone with their bubbles, oldest first."""
        for chat, bubbles in self._by_phone.get(phone, {}).items():
            yield chat, list(bubbles.values())

    def chat(self, phone: str, chat: str) -> list[Bubble]:
        return list(self._by_phone.get(phone, {}).get(chat, {}).values())

    def _chat(self, bubble: Bubble) -> dict[str, Bubble]:
        return self._by_phone.setdefault(bubble.phone, {}).setdefault(bubble.chat, {})

    def _save(self, bubble: Bubble) -> None:
        self._bubbles[_key(bubble.phone, bubble.chat, bubble.wa_id, from_me=bubble.from_me)] = bubble


def _key(phone: str, chat: str, wa_id: str, *, from_me: bool) -> str:
    return f"{phone}/{chat}/{'out' if from_me else 'in'}/{wa_id}"
