#!/usr/bin/env python3
"""Sums up what CTest left in the build folders given.

ctest.log holds its own words, ctest.xml (JUnit) the outcomes, and ctest.skipped the names, one per
line, of tests that this machine cannot run. Prints every test that did not pass, CTest's closing
line per folder, and as the last line the total. Exits with 1 if a test failed, or if none ran.
"""
import pathlib
import sys
import xml.etree.ElementTree


def outcome(case):
    """'passed', 'failed' or 'skipped'. A test that could not be started has failed."""
    if case.get("status") == "run":
        return "passed"
    skipped = case.find("skipped")
    if case.get("status") == "disabled" or (
        skipped is not None and skipped.get("message", "").startswith("SKIP_")
    ):
        return "skipped"
    return "failed"


def closing_line(folder):
    """CTest's own '100% tests passed, 0 tests failed out of N'."""
    lines = (folder / "ctest.log").read_text(errors="replace").splitlines()
    counts = [line for line in lines if "tests passed," in line]
    return counts[-1] if counts else "CTest did not finish"


def outcomes(folder):
    """(name, outcome) of every test."""
    cases = xml.etree.ElementTree.parse(folder / "ctest.xml").getroot().findall("testcase")
    ran = [(case.get("name"), outcome(case)) for case in cases]
    skipped = [(name, "skipped") for name in (folder / "ctest.skipped").read_text().split()]
    return (ran or [("no test ran", "failed")]) + skipped


def count(folders):
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for folder in folders:
        for name, result in outcomes(folder):
            totals[result] += 1
            if result != "passed":
                print(f"{folder.name}: {name}: {result}")
        print(f"{folder.name}: {closing_line(folder)}")
    return totals


def main(arguments):
    totals = count([pathlib.Path(argument) for argument in arguments])
    print(", ".join(f"{number} {result}" for result, number in totals.items()))
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
