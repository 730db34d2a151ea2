import os
import tempfile
import unittest

import format_check
import source_tree

_CLANG_FORMAT = os.environ.get("ZEROD_CLANG_FORMAT")


@unittest.skipUnless(_CLANG_FORMAT, "no clang-format 14 on this machine")
class FormatCheckTest(unittest.TestCase):
    def test_names_the_misformatted_file_alone(self):
        with tempfile.TemporaryDirectory() as root:
            bad = "int  main( ){return 0;}\n"
            good = "int main() { return 0; }\n"
            files = {"good.cc": good, "base/bad.h": bad, "a/bad.cu": bad, "build/bad.cc": bad}
            source_tree.write(root, {".clang-format": "BasedOnStyle: Google\n", **files})
            found = format_check.misformatted(root, _CLANG_FORMAT)
        self.assertEqual(found, ["a/bad.cu", "base/bad.h"])


if __name__ == "__main__":
    unittest.main()
