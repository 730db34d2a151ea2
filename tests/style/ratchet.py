#!/usr/bin/env python3
"""Keeps files and functions short. What is too long is listed in ratchet.json, and may only shrink.

usage: ratchet.py ROOT [--lower]

--lower takes out of the list what is no longer needed; it never raises or adds anything.
"""
import json
import pathlib
import sys

import function_length
import source_tree

FILE_LIMIT = 200
FUNCTION_LIMIT = 70
_SUFFIXES = source_tree.CPP_SUFFIXES + (".py", ".sh")


def measure(root):
    """({path: lines}, {path: lines of its longest function}) of what is beyond the limits."""
    long_files, long_functions = {}, {}
    for path in source_tree.files(root, _SUFFIXES):
        name = path.relative_to(root).as_posix()
        line_count = len(path.read_text().splitlines())
        if line_count > FILE_LIMIT:
            long_files[name] = line_count
        longest = max((lines for _, lines, _ in function_length.functions(path)), default=0)
        if longest > FUNCTION_LIMIT:
            long_functions[name] = longest
    return long_files, long_functions


def compare(what, limit, measured, allowed):
    """One message per path that is longer than allowed, or that is allowed more than it needs."""
    messages = []
    for path in sorted(measured.keys() | allowed.keys()):
        lines, allowance = measured.get(path, 0), allowed.get(path, limit)
        if lines > allowance:
            messages.append(f"{path}: {what} of {lines} lines, {allowance} are allowed; split it")
        elif path in allowed and lines < allowance:
            messages.append(
                f"{path}: {what} has shrunk below the {allowance} lines that ratchet.json allows; "
                "run tests/style/ratchet.py . --lower"
            )
    return messages


def violations(root, exceptions):
    long_files, long_functions = measure(root)
    return compare("a file", FILE_LIMIT, long_files, exceptions["file_lines"]) + compare(
        "a function", FUNCTION_LIMIT, long_functions, exceptions["function_lines"]
    )


def lowered(allowed, measured):
    return {path: min(lines, measured[path]) for path, lines in allowed.items() if path in measured}


def main(arguments):
    root = pathlib.Path(arguments[0])
    list_path = root / "tests" / "style" / "ratchet.json"
    exceptions = json.loads(list_path.read_text())
    if "--lower" in arguments:
        long_files, long_functions = measure(root)
        exceptions = {
            "file_lines": lowered(exceptions["file_lines"], long_files),
            "function_lines": lowered(exceptions["function_lines"], long_functions),
        }
        list_path.write_text(json.dumps(exceptions, indent=2, sort_keys=True) + "\n")
    found = violations(root, exceptions)
    print("\n".join(found) or "no file and no function is longer than allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
