"""How the WebUI reports errors: to stderr, and it goes on."""

import sys
import textwrap
import traceback

exception_records = []


def record_exception():
    _, error, tb = sys.exc_info()
    if error is None:
        return
    where = [[f"{f.filename}, line {f.lineno}, {f.name}", f.line] for f in traceback.extract_tb(tb)]
    exception_records.append({"exception": str(error), "traceback": where})
    del exception_records[:-5]


def get_exceptions():
    return list(reversed(exception_records))


def report(message, *, exc_info=False):
    record_exception()
    for line in message.splitlines():
        print("***", line, file=sys.stderr)
    if exc_info:
        print(textwrap.indent(traceback.format_exc(), "    "), "---", sep="\n", file=sys.stderr)


def display(e, task, *, full_traceback=False):
    record_exception()
    print(f"{task or 'error'}: {type(e).__name__}", file=sys.stderr)
    print("".join(traceback.format_exception(type(e), e, e.__traceback__)), file=sys.stderr)
