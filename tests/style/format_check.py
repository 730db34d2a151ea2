#!/usr/bin/env python3
"""Runs clang-format 14 over all C++ and CUDA files and fails when it would change one.

usage: format_check.py ROOT CLANG_FORMAT
"""
import pathlib
import subprocess
import sys

import source_tree


def misformatted(root, clang_format):
    """Paths below `root` that clang-format, with the root's .clang-format, would change."""
    root = pathlib.Path(root)
    paths = [str(path) for path in source_tree.files(root, source_tree.CPP_SUFFIXES)]
    command = [clang_format, f"--style=file:{root / '.clang-format'}", "--dry-run", "--Werror"]
    ran = subprocess.run(command + paths, stderr=subprocess.PIPE, text=True, check=False)
    named = {line.split(":", 1)[0] for line in ran.stderr.splitlines()} & set(paths)
    if ran.returncode != 0 and not named:
        raise RuntimeError(f"clang-format failed:\n{ran.stderr}")
    return sorted(pathlib.Path(path).relative_to(root).as_posix() for path in named)


def main(root, clang_format):
    found = misformatted(root, clang_format)
    for path in found:
        print(f"{path}: not formatted; run: {clang_format} -i {path}")
    if not found:
        print("every file is formatted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
