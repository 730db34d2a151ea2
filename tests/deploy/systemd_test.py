"""Checks deploy/systemd: systemd accepts the unit, and the daemon its command line and its file.

usage: systemd_test.py ROOT BIN
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

_ROOT, _BIN = map(pathlib.Path, sys.argv[1:3])
_UNIT = (_ROOT / "deploy/systemd/zerod.service").read_text()
_READY_S = 60


def exec_start(text):
    return next(l.partition("=")[2] for l in text.splitlines() if l.startswith("ExecStart="))


class SystemdTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(dir="/tmp")  # a socket's path is short
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        # Unit and options as they are, but for where things lie.
        options = (_ROOT / "deploy/systemd/zerod.toml").read_text()
        (self.folder / "zerod.toml").write_text(options.replace("/run/zerod/", f"{self.folder}/"))
        self.unit = (_UNIT.replace("/usr/bin/zerod", str(_BIN / "zerod"))
                     .replace("/etc/zerod/", f"{self.folder}/"))

    def test_systemd_accepts_the_unit(self):
        path = self.folder / "zerod.service"
        path.write_text(self.unit)
        ran = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True,
                             text=True, check=False)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

    def test_systemd_refuses_a_wrong_unit(self):
        path = self.folder / "zerod.service"
        path.write_text(self.unit.replace("Type=notify", "Type=notified"))
        ran = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True,
                             text=True, check=False)
        self.assertIn("notified", ran.stderr)

    def test_the_daemon_starts_says_so_and_stops(self):
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notify.close)
        notify.bind(str(self.folder / "notify"))
        notify.settimeout(_READY_S)
        with open(self.folder / "log", "w+b") as log:
            daemon = subprocess.Popen(exec_start(self.unit).split(), stderr=log, env={
                **os.environ, "NOTIFY_SOCKET": str(self.folder / "notify")})
            self.addCleanup(daemon.kill)
            try:
                said = notify.recv(4096)
            except TimeoutError:
                self.fail((self.folder / "log").read_text())
            self.assertIn(b"READY=1", said)
            ran = subprocess.run([_BIN / "zeroctl", "--service", f"unix:{self.folder}/zerod.sock",
                                  "status"], check=False)
            self.assertEqual(ran.returncode, 0)
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.wait(timeout=30), 0, (self.folder / "log").read_text())
        log_lines = (self.folder / "log").read_text().splitlines()
        self.assertTrue(log_lines and log_lines[0].startswith("{"), log_lines)

    def test_the_sysusers_file_makes_the_units_user(self):
        lines = (_ROOT / "deploy/systemd/zerod.sysusers").read_text().splitlines()
        user = next(line for line in self.unit.splitlines() if line.startswith("User="))
        self.assertIn(f"u {user.removeprefix('User=')} ",
                      "".join(line for line in lines if not line.startswith("#")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
