"""Daemons and trainer processes of a test: started in a folder of their own, and ended with it."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

_MODEL = ("--layers 2 --width 32 --heads 2 --context 16 --batch 4 --steps 30 --warmup 5"
          " --eval-every 10").split()
_DEADLINE_S = 120


def wait_until(condition, what):
    deadline = time.monotonic() + _DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not after {_DEADLINE_S} s")
        time.sleep(0.02)


class Scene:
    """`root` is the repository, `bin_folder` holds its programs. Call close() at the end."""

    def __init__(self, root, bin_folder):
        self._root = pathlib.Path(root)
        self._bin = pathlib.Path(bin_folder)
        self._temporary = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.folder = pathlib.Path(self._temporary.name)
        self._processes = []
        self._daemons = None
        self.path("text").write_text(
            "".join(f"line {i % 10} of a dull text\n" for i in range(3000)))

    def path(self, name):
        return self.folder / name

    def read(self, name):
        path = self.path(name)
        return path.read_text() if path.exists() else ""

    def start_daemons(self, nodes, ranks):
        """One world of `nodes` daemons under mpirun, each with `ranks` ranks."""
        with open(self.path("daemons"), "wb") as log:
            self._daemons = subprocess.Popen(
                [self._root / "deploy/daemons.sh", "--nodes", str(nodes), "--ranks", str(ranks),
                 "--sockets", self.folder], stdout=log, stderr=log,
                env={**os.environ, "ZEROD_BIN": str(self._bin)})
        last = f"node {nodes - 1} answers"
        wait_until(lambda: last in self.read("daemons") or self._daemons.poll() is not None, last)
        if self._daemons.poll() is not None:
            raise AssertionError(self.read("daemons"))

    def stop_daemons(self):
        """Their exit code, and log."""
        self._daemons.send_signal(signal.SIGTERM)
        code = self._daemons.wait(timeout=_DEADLINE_S)
        self._daemons = None
        return code, self.read("daemons")

    def service(self, node=0):
        return f"unix:{self.folder}/zerod-{node}.sock"

    def start(self, name, *options):
        """train_lm on a small model; its words go to the file `name`."""
        command = [self._bin / "train_lm", "--text", self.path("text"), *_MODEL, *options]
        with open(self.path(name), "wb") as output:
            process = subprocess.Popen([str(word) for word in command], stdout=output,
                                       stderr=output)
        self._processes.append(process)
        return process

    def start_trainers(self, count, *options, ranks_per_node=1):
        """Trainer processes of one job, named trainer-0 and so on."""
        return [
            self.start(f"trainer-{i}", "--service", self.service(i // ranks_per_node),
                       "--trainers", count, "--trainer", i, *options) for i in range(count)
        ]

    def finish(self, process, within_s=_DEADLINE_S):
        return process.wait(timeout=within_s)

    def run(self, name, *options):
        return self.finish(self.start(name, *options))

    def summary(self, name="summary"):
        return json.loads(self.read(name))

    def metrics(self, name="metrics"):
        return [json.loads(line) for line in self.read(name).splitlines(True) if line[-1] == "\n"]

    def zeroctl(self, *arguments):
        """Its exit code, and what it said."""
        ran = subprocess.run([self._bin / "zeroctl", "--service", self.service(), *arguments],
                             capture_output=True, text=True, timeout=_DEADLINE_S, check=False)
        return ran.returncode, ran.stdout + ran.stderr

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        if self._daemons:
            self.stop_daemons()
        self._temporary.cleanup()
