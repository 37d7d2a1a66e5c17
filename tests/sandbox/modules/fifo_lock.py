"""A lock that is given in the order it was asked for."""

import collections
import threading


class FIFOLock:
    def __init__(self):
        self._lock = threading.Lock()
        self._guard = threading.Lock()
        self._waiting = collections.deque()

    def acquire(self, blocking=True):
        with self._guard:
            if self._lock.acquire(False):
                return True
            if not blocking:
                return False
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()
        return self._lock.acquire()

    def release(self):
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()
