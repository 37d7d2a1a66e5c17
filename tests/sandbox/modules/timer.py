"""The start-up timer: what took how long."""

import time
from contextlib import contextmanager


class Timer:
    def __init__(self):
        self.start = time.time()
        self.records = {}
        self.total = 0

    def elapsed(self):
        end = time.time()
        result = end - self.start
        self.start = end
        return result

    def record(self, category, extra_time=0):
        spent = self.elapsed() + extra_time
        self.records[category] = self.records.get(category, 0) + spent
        self.total += spent

    @contextmanager
    def subcategory(self, name):
        try:
            yield
        finally:
            self.record(name)

    def summary(self):
        return f"{self.total:.1f}s"

    def reset(self):
        self.__init__()


startup_timer = Timer()
startup_record = None
