"""What browsers learn of messages: on the stream of their ticket's queue."""

from recado_domain.messages.views import MessageView
from recado_domain.streams.events import Event


class MessageCreated(Event, frozen=True, tag="message.created"):
    message: MessageView


class MessageChanged(Event, frozen=True, tag="message.changed"):
    message: MessageView
