#!/usr/bin/env python3
"""Fails unless the README's C++ quick start is the program that tests/package builds and runs.

usage: quick_start.py ROOT
"""
import pathlib
import re
import sys

_PROGRAM = "tests/package/consumer/main.cc"


def main(root):
    readme = pathlib.Path(root, "README.md").read_text()
    blocks = re.findall(r"^```cpp\n(.*?)^```$", readme, re.M | re.S)
    if pathlib.Path(root, _PROGRAM).read_text() in blocks:
        print(f"README.md shows {_PROGRAM}")
        return 0
    print(f"README.md has no cpp block that equals {_PROGRAM}; copy the program into it")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
