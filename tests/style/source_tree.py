"""The repository's own files, as the style tests see them."""
import os
import pathlib

CPP_SUFFIXES = (".h", ".cc", ".cu", ".cuh")


def files(root, suffixes):
    """Sorted paths below `root` that end in one of `suffixes`; no build or hidden folders."""
    found = []
    for folder, subfolders, names in os.walk(root):
        at_root = pathlib.Path(folder) == pathlib.Path(root)
        subfolders[:] = [
            name
            for name in subfolders
            if not name.startswith(".")
            and name != "__pycache__"
            and not (at_root and name.startswith("build"))
        ]
        found += [pathlib.Path(folder, name) for name in names if name.endswith(suffixes)]
    return sorted(found)


def write(root, contents):
    """Creates the files of {path: text} below `root`: fixtures for the tests of the checks."""
    for path, text in contents.items():
        target = pathlib.Path(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
