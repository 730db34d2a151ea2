"""What tests of train_lm with daemons have in common. The test's arguments are ROOT and BIN."""
import os
import shlex
import signal
import subprocess
import sys
import unittest

import service_scene

_ROOT, _BIN = sys.argv[1:3]
LONG = ("--steps", "1000000")


class ServiceTest(unittest.TestCase):
    """One scene for all tests of a class; every test has a job of its own."""

    nodes, ranks = 1, 2

    @classmethod
    def setUpClass(cls):
        cls.scene = service_scene.Scene(_ROOT, _BIN)
        cls.addClassCleanup(cls.scene.close)
        cls.scene.start_daemons(cls.nodes, cls.ranks)

    def setUp(self):
        for left in ("summary", "metrics", "trainer-0", "trainer-1", "again"):
            self.scene.path(left).unlink(missing_ok=True)
        self.job = ("--job", self.id().rpartition(".")[2])

    def start_trainers(self, *options):
        return self.scene.start_trainers(self.nodes * self.ranks, *self.job, *options,
                                         ranks_per_node=self.ranks)

    def train_a_while(self, *options):
        """Trainers that have done a few steps."""
        self.scene.path("metrics").unlink(missing_ok=True)
        trainers = self.start_trainers("--metrics", self.scene.path("metrics"), *LONG, *options)
        service_scene.wait_until(
            lambda: len(self.scene.metrics()) > 2 or any(t.poll() is not None for t in trainers),
            "first steps")
        return trainers

    def await_words(self, name, words):
        service_scene.wait_until(lambda: words in self.scene.read(name), words)

    def stop(self, trainer):
        """Asks it to, and sees that it does so soon, wherever it waits."""
        trainer.send_signal(signal.SIGTERM)
        self.assertEqual(self.scene.finish(trainer, within_s=5), 128 + signal.SIGTERM, self.said())

    def run_the_hint(self, said, token=""):
        """What a trainer says to delete its job with, as a person would paste it."""
        command = said.partition("delete it with: ")[2].splitlines()[0]
        command = command.replace("--token TOKEN", f"--token {shlex.quote(token)}")
        path = f"{_BIN}{os.pathsep}{os.environ['PATH']}"
        ran = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, check=False, env={**os.environ, "PATH": path})
        self.assertEqual(ran.returncode, 0, f"{command}: {ran.stderr}")

    def codes(self, trainers):
        return [self.scene.finish(trainer) for trainer in trainers]

    def said(self):
        return self.scene.read("trainer-0") + self.scene.read("trainer-1")

    def assert_equals_the_embedded_run(self, *options):
        files = ("--summary", self.scene.path("summary"), "--metrics", self.scene.path("metrics"))
        trainers = self.start_trainers(*files, *options)
        self.assertEqual(self.codes(trainers), [0] * len(trainers), self.said())
        ours, steps = self.scene.summary(), self.scene.metrics()
        code = self.scene.run("embedded", "--trainers", len(trainers), "--ranks", len(trainers),
                              *files, *options)
        self.assertEqual(code, 0, self.scene.read("embedded"))
        theirs = self.scene.summary()
        self.assertEqual(ours["validation_loss"], theirs["validation_loss"])
        for key in ("step", "validation_loss", "gradient_norm", "learning_rate"):
            self.assertEqual([step.get(key) for step in steps],
                             [step.get(key) for step in self.scene.metrics()], key)
        return ours, theirs
