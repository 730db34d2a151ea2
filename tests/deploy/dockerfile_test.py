"""Checks the Dockerfile against the files that it copies and the programs that Compose starts.

usage: dockerfile_test.py ROOT
"""
import fnmatch
import pathlib
import sys
import unittest

import dockerfile
import yaml

_ROOT = pathlib.Path(sys.argv[1])
_STAGES = dockerfile.stages((_ROOT / "deploy/docker/Dockerfile").read_text())


def copies(stage):
    for instruction in stage.instructions:
        if instruction.name == "COPY":
            yield instruction.flags_and_paths()


def target(source, destination):
    if destination.endswith("/"):
        return destination + pathlib.PurePath(source).name
    return destination


class DockerfileTest(unittest.TestCase):
    def test_copies_what_is_there_and_not_ignored(self):
        ignored = [line for line in (_ROOT / ".dockerignore").read_text().split("\n")
                   if line and not line.startswith("#")]
        for stage in _STAGES:
            for flags, sources, _ in copies(stage):
                for source in sources if "from" not in flags else []:
                    self.assertTrue((_ROOT / source).exists(), source)
                    self.assertFalse([i for i in ignored if fnmatch.fnmatch(source, i)], source)

    def test_copies_from_earlier_stages(self):
        for number, stage in enumerate(_STAGES):
            earlier = {other.name for other in _STAGES[:number]}
            for flags, _, _ in copies(stage):
                self.assertIn(flags.get("from"), earlier | {None})

    def test_has_the_programs_that_compose_starts(self):
        last = _STAGES[-1]
        there = {target(source, destination) for _, sources, destination in copies(last)
                 for source in sources}
        services = yaml.safe_load((_ROOT / "docker-compose.yml").read_text())["services"]
        for service in services.values():
            self.assertIn("/usr/local/bin/" + service["command"][0], there)

    def test_runs_as_somebody_without_privileges(self):
        users = [i.text for i in _STAGES[-1].instructions if i.name == "USER"]
        self.assertEqual(users[-1:], ["zerod"])

    def test_the_parser_refuses_what_it_does_not_know(self):
        with self.assertRaisesRegex(ValueError, "line 2: ADD"):
            dockerfile.stages("FROM debian:12\nADD a b\n")

    def test_the_parser_joins_lines(self):
        stage, = dockerfile.stages("FROM a AS b\n# c\nRUN d && \\\n  # e\n  f\n")
        self.assertEqual((stage.base, stage.name), ("a", "b"))
        self.assertEqual(stage.instructions[0].text, "d &&   f")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
