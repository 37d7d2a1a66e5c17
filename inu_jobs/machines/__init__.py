"""Other machines with Inu Jobs: they run tasks of ours as a guest's, and their images come back here."""

from .addresses import clean_address
from .peer import Peer, PeerError
from .pool import Pool
from .shelf import MachineShelf

__all__ = ["MachineShelf", "Peer", "PeerError", "Pool", "clean_address"]
