"""Runs CTest on made-up tests and checks what deploy/count_tests.py makes of its reports.

usage: count_tests_test.py ROOT CTEST
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

_ROOT, _CTEST = sys.argv[1:3]
_PASSES = 'add_test(passes "true")\n'
_FAILS = 'add_test(fails "false")\n'
_SKIPS = 'add_test(skips "sh" "-c" "exit 77")\n' + (
    "set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)\n"
)
_DISABLED = 'add_test(disabled "false")\nset_tests_properties(disabled PROPERTIES DISABLED TRUE)\n'
_CANNOT_START = 'add_test(cannot_start "/no/such/program")\n'


class CountTestsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def count(self, tests, skipped="", folder="release"):
        """Exit status and printed lines for one build folder with these tests."""
        build = self.folder / folder
        build.mkdir()
        (build / "CTestTestfile.cmake").write_text(tests)
        (build / "ctest.skipped").write_text(skipped)
        command = [_CTEST, "--test-dir", build, "--output-junit", "ctest.xml"]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        (build / "ctest.log").write_text(ran.stdout + ran.stderr)
        return self.sum_up(build)

    def sum_up(self, *folders):
        command = [sys.executable, "-B", f"{_ROOT}/deploy/count_tests.py", *folders]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout.splitlines()

    def test_passed(self):
        status, lines = self.count(_PASSES)
        self.assertEqual(status, 0)
        self.assertEqual(
            lines,
            [
                "release: 100% tests passed, 0 tests failed out of 1",
                "1 passed, 0 failed, 0 skipped",
            ],
        )

    def test_every_outcome(self):
        status, lines = self.count(_PASSES + _FAILS + _SKIPS + _DISABLED + _CANNOT_START)
        self.assertEqual(status, 1)
        self.assertIn("release: fails: failed", lines)
        self.assertIn("release: skips: skipped", lines)
        self.assertIn("release: disabled: skipped", lines)
        self.assertIn("release: cannot_start: failed", lines)
        self.assertEqual(lines[-1], "1 passed, 2 failed, 2 skipped")

    def test_tests_left_out_count_as_skipped(self):
        status, lines = self.count(_PASSES, skipped="gpu_one\ngpu_two\n")
        self.assertEqual(status, 0)
        self.assertIn("release: gpu_two: skipped", lines)
        self.assertEqual(lines[-1], "1 passed, 0 failed, 2 skipped")

    def test_no_test_at_all_is_a_failure(self):
        status, lines = self.count("")
        self.assertEqual(status, 1)
        self.assertEqual(lines[-1], "0 passed, 1 failed, 0 skipped")

    def test_several_folders(self):
        self.count(_PASSES)
        self.count(_PASSES + _FAILS, folder="asan")
        status, lines = self.sum_up(self.folder / "release", self.folder / "asan")
        self.assertEqual(status, 1)
        self.assertIn("asan: 50% tests passed, 1 tests failed out of 2", lines)
        self.assertEqual(lines[-1], "2 passed, 1 failed, 0 skipped")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
