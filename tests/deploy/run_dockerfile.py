"""Executes the steps of deploy/docker/Dockerfile with chroot. Run by dockerfile_in_chroot.sh.

usage: run_dockerfile.py ROOT FOLDER

FOLDER/base stands for the image debian:12, FOLDER/context for the build context. Every stage
becomes a folder of its own; the last one is moved to FOLDER/image, with FOLDER/image.json, which
holds its environment, user and working folder.
"""
import json
import os
import pathlib
import subprocess
import sys
import time

import dockerfile

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BASE_IMAGE = "debian:12"


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL)


class StageFolder:
    """One stage's files, and what earlier instructions have set."""

    def __init__(self, folder, base):
        self.folder = folder
        self.environment = {"PATH": _PATH}
        self.user, self.workdir = "root", "/"
        run("cp", "--archive", base, folder)
        run("mount", "-t", "proc", "proc", folder / "proc")
        run("mount", "--rbind", "/dev", folder / "dev")

    def inside(self, path):
        return self.folder / str(pathlib.PurePosixPath(self.workdir, path)).lstrip("/")

    def run(self, command):
        proxies = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
        environment = [f"{k}={v}" for k, v in {**proxies, **self.environment}.items()]
        run("chroot", f"--userspec={self.user}:", self.folder, "/usr/bin/env", "-i", *environment,
            "sh", "-c", f'cd "{self.workdir}" && {command}')

    def copy(self, instruction, context, stages):
        flags, sources, destination = instruction.flags_and_paths()
        target = self.inside(destination)
        for source in sources:
            if "from" in flags:
                found = stages[flags["from"]].folder / source.lstrip("/")
            else:
                found = context / source
            if found.is_dir():  # its content, not itself
                target.mkdir(parents=True, exist_ok=True)
                run("cp", "--archive", "--no-preserve=ownership", f"{found}/.", target)
                continue
            (target if destination.endswith("/") else target.parent).mkdir(
                parents=True, exist_ok=True)
            run("cp", "--dereference", "--preserve=mode", found, target)

    def execute(self, instruction, context, stages):
        match instruction.name:
            case "RUN":
                self.run(instruction.text)
            case "COPY":
                self.copy(instruction, context, stages)
            case "ENV":
                self.environment.update(word.split("=", 1) for word in instruction.words())
            case "USER":
                self.user = instruction.text
            case "WORKDIR":
                self.workdir = instruction.text
                self.inside(".").mkdir(parents=True, exist_ok=True)
            case "CMD":
                pass  # Compose says what to run

    def leave(self):
        run("umount", "--lazy", self.folder / "dev", self.folder / "proc")


def main(root, folder):
    stages = {}
    for stage in dockerfile.stages((root / "deploy/docker/Dockerfile").read_text()):
        if stage.base != _BASE_IMAGE:
            sys.exit(f"run_dockerfile: there is no image {stage.base} here, only {_BASE_IMAGE}")
        stages[stage.name] = StageFolder(folder / f"stage-{stage.name}", folder / "base")
        for instruction in stage.instructions:
            begin = time.monotonic()
            print(f"line {instruction.line}: {instruction.name} {instruction.text}", flush=True)
            stages[stage.name].execute(instruction, folder / "context", stages)
            print(f"line {instruction.line}: {time.monotonic() - begin:.0f} s", flush=True)
    for stage in stages.values():
        stage.leave()
    last = list(stages.values())[-1]
    last.folder.rename(folder / "image")
    (folder / "image.json").write_text(json.dumps(
        {"environment": last.environment, "user": last.user, "workdir": last.workdir}))
    run("du", "--summarize", "--human-readable", "--one-file-system", folder / "image")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:3]))
