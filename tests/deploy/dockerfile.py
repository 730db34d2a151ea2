"""Reads the Dockerfile instructions that this repository uses."""

import dataclasses
import json
import shlex


@dataclasses.dataclass
class Instruction:
    name: str  # "RUN", "COPY", ...
    text: str  # what follows it, in one line
    line: int  # where it begins

    def words(self):
        """Of a JSON array, or of plain words."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)

    def flags_and_paths(self):
        """Of a COPY: {"from": "build"}, [source, ...], destination."""
        flags, paths = {}, []
        for word in self.words():
            if word.startswith("--"):
                name, _, value = word[2:].partition("=")
                flags[name] = value
            else:
                paths.append(word)
        return flags, paths[:-1], paths[-1]


@dataclasses.dataclass
class Stage:
    base: str  # an image, or an earlier stage
    name: str
    instructions: list


_KNOWN = {"FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "CMD"}


def instructions(text):
    joined, begin = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (not line.strip() and not joined):
            continue
        begin = begin if joined else number
        joined += line.rstrip().removesuffix("\\")
        if line.rstrip().endswith("\\"):
            continue
        name, _, rest = joined.strip().partition(" ")
        if name not in _KNOWN:
            raise ValueError(f"line {begin}: {name} is not one of {', '.join(sorted(_KNOWN))}")
        yield Instruction(name, rest.strip(), begin)
        joined = ""


def stages(text):
    found = []
    for instruction in instructions(text):
        if instruction.name == "FROM":
            base, *rest = instruction.words()
            name = rest[1] if rest[:1] == ["AS"] else str(len(found))
            found.append(Stage(base, name, []))
        else:
            found[-1].instructions.append(instruction)
    return found
