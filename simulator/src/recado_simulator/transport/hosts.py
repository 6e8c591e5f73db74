"""Which hosts exist inside the simulated network."""

CHAT_HOST = "web.whatsapp.com"
MEDIA_HOST = "mmg.whatsapp.net"
MEDIA_DOMAIN = ".whatsapp.net"


def is_media(host: str) -> bool:
    return host.endswith(MEDIA_DOMAIN)
