#!/usr/bin/env python3
"""Reads every #include of the repository and refuses those that point up or sideways.

usage: layering.py ROOT
"""
import pathlib
import re
import sys

import source_tree

_BELOW_ENGINE = {"base", "kernels", "comm", "ipc"}
_LIBRARIES = _BELOW_ENGINE | {"engine", "proto", "client", "server"}
# Layer (a folder of the root) -> the other layers it may include. ARCHITECTURE.md draws the same.
MAY_INCLUDE = {
    "base": set(),
    "kernels": {"base"},
    "comm": {"base"},
    "ipc": {"base"},
    "engine": _BELOW_ENGINE,
    "proto": _BELOW_ENGINE | {"engine"},
    "client": _BELOW_ENGINE | {"engine", "proto"},
    "server": _BELOW_ENGINE | {"engine", "proto"},
    "examples": _LIBRARIES,
    "bench": _LIBRARIES | {"examples"},
    "tests": _LIBRARIES | {"examples", "bench"},
}
# In these layers each folder is a backend of its own, apart from its siblings.
LAYERS_OF_BACKENDS = {"kernels", "comm"}
# What protoc makes of proto/zerod/v1/NAME.proto counts as that file.
_GENERATED = re.compile(r"(zerod/v1/\w+?)(\.grpc)?\.pb\.h")
_INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def _public_header(root, name):
    """The path, relative to the root, of the header that is installed as `name`, or None."""
    for layer in MAY_INCLUDE:
        if (root / layer / "include" / name).is_file():
            return pathlib.PurePath(layer, "include", name)
    return None


def _backend(path):
    if path.parts[0] in LAYERS_OF_BACKENDS and len(path.parts) > 2 and path.parts[1] != "include":
        return path.parts[1]
    return None


def _objection(root, source, name):
    """What is wrong with `source` (relative to the root) including `name`, or None."""
    target = pathlib.PurePath(name)
    if generated := _GENERATED.fullmatch(name):
        target = pathlib.PurePath("proto", generated[1] + ".proto")
    elif target.parts[0] == "zerod":
        target = _public_header(root, name)
        if target is None:
            return "no layer has this public header"
    elif (root / source.parent / name).is_file() and not (root / name).is_file():
        # A mutant stands in for a header of its path; only a relative one reaches the original.
        is_mutant = source.parts[0] == "tests" and "mutants" in source.parts
        return None if is_mutant else "give the path from the root of the repository"
    if target.parts[0] not in MAY_INCLUDE:
        return None  # somebody else's header
    if not (root / target).is_file():
        return "there is no such file"
    layer, other = source.parts[0], target.parts[0]
    if layer != other and other not in MAY_INCLUDE[layer]:
        allowed = ", ".join(sorted(MAY_INCLUDE[layer])) or "no other layer"
        return f"{layer} may include {allowed}, not {other}"
    if "include" == source.parts[1] and "include" != target.parts[1]:
        return "a public header includes a private one, which is not installed"
    backends = {_backend(source), _backend(target)} - {None}
    if layer == other and len(backends) == 2:
        return f"backends {' and '.join(sorted(backends))} of {layer} must not know each other"
    return None


def violations(root):
    """One message per forbidden include below `root`."""
    root = pathlib.Path(root)
    messages = []
    for path in source_tree.files(root, source_tree.CPP_SUFFIXES):
        source = path.relative_to(root)
        if source.parts[0] not in MAY_INCLUDE:
            messages.append(f"{source}: lies in no known layer; tests/style/layering.py lists them")
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            include = _INCLUDE.match(line)
            objection = include and _objection(root, source, include[1])
            if objection:
                messages.append(f"{source}:{number}: #include \"{include[1]}\": {objection}")
    return messages


if __name__ == "__main__":
    found = violations(sys.argv[1])
    print("\n".join(found) or "every include points down")
    sys.exit(1 if found else 0)
