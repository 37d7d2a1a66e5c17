"""As torch's decorator of that name wraps a function: what looks into it finds this module's names."""

from functools import wraps


def no_grad(function):
    @wraps(function)
    def call(*args, **kwargs):
        return function(*args, **kwargs)

    return call
