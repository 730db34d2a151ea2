#!/usr/bin/env python3
"""Compares codec flash and the AdamW kernels with the public FlashOptim, on the GPU that is here.

usage: flashoptim_compare.py PROBE_LIBRARY WHEEL [--elements N] [--json FILE]

PROBE_LIBRARY is libzerod_probe.so, WHEEL flashoptim-0.1.4-py3-none-any.whl from PyPI.
"""
import argparse
import hashlib
import json
import pathlib
import sys
import tempfile
import zipfile

import probe

_WHEEL_SHA256 = "8a4a3f2528fbda419d4f4dd0c9debb3de22bd0a45969bee2eb5a58185d3bd451"


def _load_flashoptim(wheel):
    """The module out of the wheel; exits if the file is another one."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != _WHEEL_SHA256:
        sys.exit(f"{wheel}: SHA-256 is {digest}, not that of FlashOptim 0.1.4, {_WHEEL_SHA256}")
    # Triton wants to read its kernels' source from files.
    folder = tempfile.mkdtemp()
    zipfile.ZipFile(wheel).extractall(folder)
    sys.path.insert(0, folder)
    import flashoptim

    return flashoptim


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("wheel", type=pathlib.Path)
    parser.add_argument("--elements", type=int, default=805306368, help="of the timed tensors")
    parser.add_argument("--json", type=pathlib.Path, help="file for the results")
    arguments = parser.parse_args()
    flashoptim = _load_flashoptim(arguments.wheel)

    import flashoptim_numerics as numerics
    import flashoptim_times as times

    zerod = probe.Probe(arguments.library)
    results = {
        "flashoptim": flashoptim.__version__,
        "codes": numerics.compare_codes(zerod, flashoptim),
        "masters": numerics.compare_masters(zerod, flashoptim),
        "chain": numerics.compare_chain(zerod, flashoptim),
        "step_ms": times.compare_times(zerod, flashoptim, arguments.elements),
    }
    for topic, figures in results.items():
        if not isinstance(figures, dict):
            continue
        for name, value in figures.items():
            print(f"{topic:8} {name:58} {value:.6g}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    too_far = [name for name, value in results["codes"].items() if "greatest" in name and value > 1]
    if too_far:
        print(f"codes differ by more than one: {', '.join(too_far)}")
    return 1 if too_far else 0


if __name__ == "__main__":
    sys.exit(main())
