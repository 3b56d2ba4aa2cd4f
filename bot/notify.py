"""Tell the service manager how the bot is: systemd's sd_notify, one datagram a message."""

import socket
from collections.abc import Mapping
from contextlib import suppress

_MICROSECOND = 1e-6
_LONGEST_STATUS = 200


class Notifier:
    """Speaks to the socket that NOTIFY_SOCKET names; without one it says nothing to nobody.

    `watchdog_s` is how often at least systemd wants a sign of life, 0 where it wants none.
    """

    def __init__(self, address: str = "", *, watchdog_s: float = 0) -> None:
        self.watchdog_s = watchdog_s
        # A first @ stands for the zero byte of a socket that has no file.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None
        if address.startswith(("/", "@")):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.settimeout(0)  # the event loop never waits for systemd

    def ready(self, status: str) -> None:
        """The bot serves."""
        self._tell("READY=1", _status(status))

    def status(self, status: str) -> None:
        """What the bot is doing, a line for `systemctl status`."""
        self._tell(_status(status))

    def alive(self) -> None:
        """The bot moves."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """The bot has been told to stop and ends what it has begun."""
        self._tell("STOPPING=1", _status("stopping"))

    def close(self) -> None:
        """Say no more."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _tell(self, *lines: str) -> None:
        if self._socket:
            with suppress(OSError):  # a manager that has gone or is busy must not cost the bot
                self._socket.sendto("\n".join(lines).encode(), self._address)


def notifier_of(environ: Mapping[str, str], *, process: int) -> Notifier:
    """The notifier that systemd asks this process for in its environment."""
    wanted = environ.get("WATCHDOG_PID", str(process)) == str(process)
    period = environ.get("WATCHDOG_USEC", "")
    seconds = int(period) * _MICROSECOND if wanted and period.isdecimal() else 0.0
    return Notifier(environ.get("NOTIFY_SOCKET", ""), watchdog_s=seconds)


def _status(text: str) -> str:
    return f"STATUS={' '.join(text.split())[:_LONGEST_STATUS]}"
