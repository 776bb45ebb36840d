"""Peers, made ready to run, with progress; which ones are missing, and why. Starts none."""

from collections.abc import Mapping

from rich.console import Console

from tests.peers.recipe import NotInstalledError, Recipe, install

__all__ = ["installed"]


def installed(peers: Mapping[str, Recipe], progress: Console) -> tuple[dict[str, Recipe], dict[str, str]]:
    """Those that can be run; and why the others cannot, by name."""
    found: dict[str, Recipe] = {}
    missing: dict[str, str] = {}
    for key, peer in peers.items():
        try:
            with progress.status(f"installing {peer.name}"):
                install(peer)
            found[key] = peer
        except NotInstalledError as error:
            missing[peer.name] = str(error)
            progress.print(f"not installed: {peer.name}: {error}")
    return found, missing
