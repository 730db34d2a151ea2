"""Runs deploy/daemons.sh with the real programs, and with some that fail.

usage: daemons_test.py ROOT BIN
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import processes

_ROOT, _BIN = map(pathlib.Path, sys.argv[1:3])
_DEADLINE_S = 90


class DaemonsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def start(self, *arguments, bin_folder=_BIN):
        """The script in a session of its own, as a terminal starts it."""
        with open(self.folder / "output", "wb") as output:
            script = subprocess.Popen(
                [_ROOT / "deploy/daemons.sh", *arguments], stdout=output, stderr=output,
                env={**os.environ, "ZEROD_BIN": str(bin_folder)}, start_new_session=True)
        self.addCleanup(script.kill)
        return script

    def output(self):
        return (self.folder / "output").read_text()

    def start_and_wait(self, nodes):
        script = self.start("--nodes", str(nodes), "--sockets", str(self.folder))
        deadline = time.monotonic() + _DEADLINE_S
        while f"node {nodes - 1} answers" not in self.output():
            self.assertIsNone(script.poll(), self.output())
            self.assertLess(time.monotonic(), deadline, self.output())
            time.sleep(0.05)
        return script

    def assert_nothing_is_left(self):
        self.assertEqual(processes.wait_until_gone(str(self.folder)), {})

    def test_runs_one_world_until_it_is_told_to_stop(self):
        script = self.start_and_wait(2)
        for node in (0, 1):
            ran = subprocess.run(
                [_BIN / "zeroctl", "--service", f"unix:{self.folder}/zerod-{node}.sock", "status"],
                capture_output=True, text=True, check=False)
            self.assertEqual(ran.returncode, 0, ran.stderr)
        script.terminate()
        self.assertEqual(script.wait(timeout=_DEADLINE_S), 0, self.output())
        self.assert_nothing_is_left()

    def test_ctrl_c_reaches_all_of_the_terminal_and_stops_it(self):
        script = self.start_and_wait(2)
        os.killpg(script.pid, signal.SIGINT)
        time.sleep(0.1)
        os.killpg(script.pid, signal.SIGINT)  # an impatient second one changes nothing
        self.assertEqual(script.wait(timeout=_DEADLINE_S), 0, self.output())
        self.assert_nothing_is_left()

    def test_ends_when_a_daemon_does(self):
        script = self.start_and_wait(2)
        victims = [pid for pid, line in processes.mentioning(str(self.folder)).items()
                   if line.startswith(str(_BIN / "zerod"))]
        self.assertEqual(len(victims), 2)
        os.kill(victims[0], signal.SIGKILL)
        self.assertNotEqual(script.wait(timeout=_DEADLINE_S), 0)
        self.assertIn("ended by themselves", self.output())
        self.assert_nothing_is_left()

    def test_says_why_they_do_not_start(self):
        script = self.start("--nodes", "1", "--sockets", "/no/such/folder")
        self.assertNotEqual(script.wait(timeout=_DEADLINE_S), 0)
        self.assertIn("/no/such/folder", self.output())
        self.assertIn("did not start", self.output())

    def test_refuses_wrong_arguments(self):
        for arguments in (["--nodes", "0"], ["--ranks"], ["--what"]):
            script = self.start(*arguments)
            self.assertEqual(script.wait(timeout=_DEADLINE_S), 2)
            self.assertIn(arguments[0], self.output())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
