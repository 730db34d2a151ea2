"""Runs deploy/demo.sh, without its setup, in a copy of deploy/ with the real programs.

usage: demo_test.py ROOT BIN
"""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import processes

_ROOT, _BIN = map(pathlib.Path, sys.argv[1:3])
_DEADLINE_S = 240
_HAS_MATPLOTLIB = importlib.util.find_spec("matplotlib") is not None


class DemoTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name) / "zerod"
        shutil.copytree(_ROOT / "deploy", self.root / "deploy")
        (self.root / "deploy/setup.sh").write_text("#!/bin/sh\n")
        (self.root / "build/release").mkdir(parents=True)
        (self.root / "build/release/bin").symlink_to(_BIN)
        text = "".join(f"line {i % 10} of a dull text\n" for i in range(5000))
        (self.root / "text").write_text(text)

    def start(self, *arguments):
        """The script in a session of its own, as a terminal starts it."""
        with open(self.root / "output", "wb") as output:
            demo = subprocess.Popen(
                [self.root / "deploy/demo.sh", "--text", self.root / "text", *arguments],
                stdout=output, stderr=output, start_new_session=True)
        self.addCleanup(self.end, demo)
        return demo

    def end(self, demo):
        """Also of a demo that has failed to."""
        demo.kill()
        demo.wait()
        for pid in processes.mentioning(str(self.root)):
            os.kill(pid, signal.SIGKILL)

    def output(self):
        return (self.root / "output").read_text()

    def start_and_train(self, steps=1):
        """A demo that would take hours, once its trainers have done some steps."""
        demo = self.start("--steps", "1000000", "--seeds", "1")
        deadline = time.monotonic() + _DEADLINE_S
        while "/tmp/zerod-demo." not in self.output() or self.steps() < steps:
            self.assertIsNone(demo.poll(), self.output())
            self.assertLess(time.monotonic(), deadline, self.output())
            time.sleep(0.05)
        return demo

    def steps(self):
        """That the first run has done; -1 while it has not begun."""
        path = self.work() / "zerod-1.metrics"
        return len(path.read_text().splitlines()) if path.exists() else -1

    def work(self):
        """The folder that the demo tells the address of its daemons in."""
        return pathlib.Path(re.search(r"/tmp/zerod-demo\.\w+", self.output())[0])

    def assert_nothing_is_left(self):
        self.assertEqual(processes.wait_until_gone(str(self.work())), {})
        self.assertFalse(self.work().exists())

    @unittest.skipUnless(_HAS_MATPLOTLIB, "no matplotlib on this machine")
    def test_trains_with_daemons_and_reports(self):
        demo = self.start("--steps", "20", "--seeds", "1")
        self.assertEqual(demo.wait(timeout=_DEADLINE_S), 0, self.output())
        result = json.loads((self.root / "build/demo/result.json").read_text())
        self.assertEqual((result["steps"], result["ranks"], result["trainers"]), (20, 2, 2))
        self.assertTrue((self.root / "build/demo/report.html").exists())
        self.assertIn("zeroctl --service unix:", self.output())
        self.assertRegex(self.output(), r"job +seed-1")
        self.assertIn("job_created", (self.root / "build/demo/zerod.log").read_text())
        self.assert_nothing_is_left()

    def test_ctrl_c_leaves_nothing_behind(self):
        demo = self.start_and_train()
        os.killpg(demo.pid, signal.SIGINT)
        self.assertEqual(demo.wait(timeout=_DEADLINE_S), 130, self.output())
        self.assert_nothing_is_left()

    def test_a_failing_trainer_leaves_nothing_behind(self):
        # Before its first step it may not have come yet, and the other one waits for it.
        for steps in (0, 1):
            with self.subTest(steps=steps):
                self.assert_ends_without_trainer_1(self.start_and_train(steps))

    def assert_ends_without_trainer_1(self, demo):
        trainers = [pid for pid, line in processes.mentioning(str(self.work())).items()
                    if "--trainer 1" in line]
        self.assertEqual(len(trainers), 1)
        os.kill(trainers[0], signal.SIGKILL)
        self.assertNotEqual(demo.wait(timeout=_DEADLINE_S), 0)
        self.assert_nothing_is_left()

    def test_daemons_that_end_leave_nothing_behind(self):
        demo = self.start_and_train()
        daemons = [pid for pid, line in processes.mentioning(str(self.work())).items()
                   if "--listen" in line and "mpirun" not in line]
        os.kill(daemons[0], signal.SIGKILL)
        self.assertNotEqual(demo.wait(timeout=_DEADLINE_S), 0)
        self.assert_nothing_is_left()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
