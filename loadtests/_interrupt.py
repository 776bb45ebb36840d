"""Ctrl-C between two turns of gevent's hub, never within one."""

import signal
from types import FrameType

import gevent

__all__ = ["interrupt_between_turns"]


def interrupt_between_turns(*signals: signal.Signals) -> None:
    """From now on these raise KeyboardInterrupt in the main greenlet, and only there.

    Python would raise it wherever it is. Within the pump, what had just been read would be lost, or all
    that followed. A signal that is ignored stays so, as it is for whoever was started in the background.
    """
    for number in signals:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    hub = gevent.get_hub()
    hub.loop.run_callback(hub.handle_system_error, KeyboardInterrupt, KeyboardInterrupt())
