"""Mutual TLS over TCP, with certificates made for the occasion: who may talk to a daemon.

usage: tls_test.py ROOT BIN
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

_BIN = pathlib.Path(sys.argv[2])
_DEADLINE_S = 60


class TlsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        for authority in ("ours", "foreign"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                         "-nodes", "-days", "2", "-subj", f"/CN={authority}",
                         "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
        self.certify("daemon", "ours")
        self.certify("client", "ours")
        self.certify("stranger", "foreign")

    def openssl(self, *arguments):
        ran = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True,
                             text=True, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def certify(self, name, authority):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem",
                     "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", "2",
                     "-copy_extensions", "copy", "-out", f"{name}.pem")

    def pem(self, flag, name):
        return [f"--tls-{flag}", str(self.folder / name)]

    def start_daemon(self):
        with open(self.folder / "log", "wb") as log:
            daemon = subprocess.Popen(
                [_BIN / "zerod", "--listen", "tcp:127.0.0.1:0", *self.pem("cert", "daemon.pem"),
                 *self.pem("key", "daemon.key"), *self.pem("ca", "ours.pem")], stderr=log)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.terminate)
        deadline = time.monotonic() + _DEADLINE_S
        while True:
            said = (self.folder / "log").read_text()
            if listening := re.search(r"address=(tcp:127\.0\.0\.1:\d+)", said):
                return listening[1]
            self.assertIsNone(daemon.poll(), said)
            self.assertLess(time.monotonic(), deadline, said)
            time.sleep(0.02)

    def status(self, address, *tls):
        return subprocess.run([_BIN / "zeroctl", "--service", address, *tls, "status"],
                              capture_output=True, text=True, check=False)

    def test_only_certified_clients_are_answered(self):
        address = self.start_daemon()
        trusting = self.pem("ca", "ours.pem")
        client = self.pem("cert", "client.pem") + self.pem("key", "client.key")
        answered = self.status(address, *trusting, *client)
        self.assertEqual(answered.returncode, 0, answered.stderr)
        stranger = self.pem("cert", "stranger.pem") + self.pem("key", "stranger.key")
        for tls in ((), trusting, trusting + stranger, self.pem("ca", "foreign.pem") + client):
            with self.subTest(tls=tls):
                refused = self.status(address, *tls)
                self.assertEqual(refused.returncode, 1)
                self.assertIn(address, refused.stderr)
                self.assertIn("TLS", refused.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
