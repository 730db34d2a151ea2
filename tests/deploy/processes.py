"""Which processes a test has left behind, found by what their command lines mention."""

import pathlib
import time


def mentioning(text):
    """{process number: command line} of all processes but zombies; `text` names a folder."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text in line:
            found[int(folder.name)] = line
    return found


def wait_until_gone(text, deadline_s=10):
    """What is left after that time."""
    deadline = time.monotonic() + deadline_s
    while (left := mentioning(text)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
