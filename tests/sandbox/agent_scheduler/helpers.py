import atexit
import logging
import os
import sys

log = logging.getLogger("sandbox.agent_scheduler")


def _exit(status):
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def get_dict_attribute(dict_inst, name_string, default=None):
    value = dict_inst
    for key in name_string.split("."):
        value = value.get(key)
        if value is None:
            return default
    return value
