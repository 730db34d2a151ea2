import pathlib
import tempfile
import unittest

import function_length
import ratchet
import source_tree

_CPP = """\
// a brace in a comment: {
#define OPEN {
namespace zerod {
namespace {

struct Point {
  int x = 0;
  int Sum() const { return x + '}'; }
  std::string text = R"json({ "not": "code)json";
};

constexpr int kTable[] = {1, 2, 3};

}  // namespace

Point::Point(int a, int b)
    : a_(a), b_{b}, table_{{1, 2}} {
  if (a > 1'000) {
    Call({.x = 1});
  }
}

template <typename T>
bool operator==(const T& a,
                const T& b) {
  auto f = [&](int x) { return x; };
  return f(1);
}

class Empty {};

TEST(Suite, Name) {
}
}  // namespace zerod
"""


def _function_of(line_count):
    return "void F() {\n" + "  G();\n" * (line_count - 2) + "}\n"


class FunctionLengthTest(unittest.TestCase):
    def test_cpp(self):
        self.assertEqual(
            list(function_length.cpp_functions(_CPP)),
            [("Sum", 1, 8), ("Point::Point", 6, 16), ("operator==", 6, 23), ("TEST", 2, 32)],
        )

    def test_python(self):
        text = "class A:\n  def f(self):\n    return 1\n\ndef g():\n  x = 1\n\n  return x\n"
        self.assertEqual(sorted(function_length.python_functions(text)), [("f", 2, 2), ("g", 4, 5)])

    def test_shell(self):
        text = "f() {\n  if true; then {\n    echo\n  } fi\n}\necho\n"
        self.assertEqual(list(function_length.shell_functions(text)), [("f", 5, 1)])


class RatchetTest(unittest.TestCase):
    def violations(self, files, file_lines=None, function_lines=None):
        with tempfile.TemporaryDirectory() as root:
            source_tree.write(root, files)
            exceptions = {"file_lines": file_lines or {}, "function_lines": function_lines or {}}
            return ratchet.violations(pathlib.Path(root), exceptions)

    def test_accepts_what_is_at_the_limits(self):
        at_limit = {"a.h": "\n" * 200, "a.cc": _function_of(70), "build/generated.cc": "\n" * 999}
        self.assertEqual(self.violations(at_limit), [])

    def test_refuses_a_long_file(self):
        for name in ("a.h", "a.cu", "a.py", "deploy/a.sh"):
            messages = self.violations({name: "\n" * 201})
            self.assertEqual(messages, [f"{name}: a file of 201 lines, 200 are allowed; split it"])

    def test_refuses_a_long_function(self):
        messages = self.violations({"a.cc": _function_of(71)})
        self.assertEqual(messages, ["a.cc: a function of 71 lines, 70 are allowed; split it"])

    def test_refuses_growth_beyond_an_exception(self):
        self.assertEqual(self.violations({"a.h": "\n" * 230}, file_lines={"a.h": 230}), [])
        messages = self.violations({"a.h": "\n" * 231}, file_lines={"a.h": 230})
        self.assertIn("230 are allowed", messages[0])

    def test_refuses_an_exception_larger_than_needed(self):
        for lines in (229, 10):
            messages = self.violations({"a.h": "\n" * lines}, file_lines={"a.h": 230})
            self.assertEqual(len(messages), 1)
            self.assertIn("--lower", messages[0])
        self.assertIn("--lower", self.violations({}, function_lines={"gone.cc": 80})[0])

    def test_lowering_never_raises(self):
        allowed = {"grown.h": 210, "shrunk.h": 260, "short.h": 300}
        measured = {"grown.h": 220, "shrunk.h": 240, "new.h": 500}
        self.assertEqual(ratchet.lowered(allowed, measured), {"grown.h": 210, "shrunk.h": 240})


if __name__ == "__main__":
    unittest.main()
