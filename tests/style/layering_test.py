import tempfile
import unittest

import layering
import source_tree

_TREE = {
    "base/check.h": "",
    "kernels/reduce.h": '#include "base/check.h"\n#include "absl/status/status.h"\n',
    "kernels/include/zerod/kernels/formats.h": "#include <cstdint>\n",
    "kernels/cpu/reduce.cc": '#include "kernels/reduce.h"\n#include "zerod/kernels/formats.h"\n',
    "kernels/cuda/reduce.cu": '#include "kernels/reduce.h"\n',
    "comm/communicator.h": "",
    "comm/inproc/world.h": '#include "comm/communicator.h"\n',
    "engine/step.h": '#include "kernels/reduce.h"\n#include "comm/communicator.h"\n',
    "client/embedded.cc": '#include "engine/step.h"\n#include "comm/inproc/world.h"\n',
    "proto/zerod/v1/job.proto": "",
    "server/main.cc": '#include "engine/step.h"\n#include "zerod/v1/job.grpc.pb.h"\n',
    "server/jobs.h": "",
    "tests/engine/step_test.cc": '#include "engine/step.h"\n#include "gtest/gtest.h"\n',
}


class LayeringTest(unittest.TestCase):
    def objections(self, **changed):
        """What the check says about _TREE with some files' first line replaced."""
        with tempfile.TemporaryDirectory() as root:
            source_tree.write(root, {**_TREE, **changed.get("files", {})})
            return layering.violations(root)

    def assert_refused(self, path, line, reason):
        messages = self.objections(files={path: line + "\n"})
        self.assertEqual(len(messages), 1, messages)
        self.assertTrue(messages[0].startswith(f"{path}:1: "), messages[0])
        self.assertIn(reason, messages[0])

    def test_accepts_arrows_that_point_down(self):
        self.assertEqual(self.objections(), [])

    def test_generated_headers_lie_where_their_proto_lies(self):
        self.assert_refused("engine/jobs.h", '#include "zerod/v1/job.pb.h"', "not proto")
        self.assert_refused("server/typo.h", '#include "zerod/v1/jab.pb.h"', "no such file")

    def test_refuses_an_upward_arrow(self):
        self.assert_refused("kernels/adamw.h", '#include "engine/step.h"', "not engine")
        self.assert_refused("base/clock.h", '#include "zerod/kernels/formats.h"', "not kernels")
        self.assert_refused("engine/node.h", "#include <client/embedded.cc>", "not client")
        self.assert_refused("client/c.cc", '#include "tests/engine/step_test.cc"', "not tests")

    def test_refuses_a_sideways_arrow(self):
        self.assert_refused("kernels/adamw.h", '#include "comm/communicator.h"', "not comm")
        self.assert_refused("client/c.cc", '#include "server/jobs.h"', "not server")

    def test_refuses_one_backend_in_another(self):
        self.assert_refused("comm/fault/w.h", '#include "comm/inproc/world.h"', "fault and inproc")
        self.assert_refused("kernels/cuda/a.cu", '#include "kernels/cpu/reduce.cc"', "cpu and cuda")

    def test_refuses_a_private_header_in_a_public_one(self):
        header = "kernels/include/zerod/kernels/a.h"
        self.assert_refused(header, '#include "kernels/reduce.h"', "a public header")

    def test_refuses_a_relative_path(self):
        self.assert_refused("engine/node.h", '#include "step.h"', "root of the repository")
        self.assert_refused("engine/node.h", '#include "../base/check.h"', "root of the repository")

    def test_accepts_a_mutant_that_includes_its_original(self):
        path = "tests/kernels/mutants/a/kernels/reduce.h"
        mutant = {path: '#include "../../../../../kernels/reduce.h"'}
        self.assertEqual(self.objections(files=mutant), [])

    def test_refuses_a_header_that_does_not_exist(self):
        self.assert_refused("engine/node.h", '#include "base/gone.h"', "no such file")
        self.assert_refused("engine/node.h", '#include "zerod/gone.h"', "no layer")

    def test_refuses_a_file_outside_every_layer(self):
        messages = self.objections(files={"misc/a.cc": ""})
        self.assertEqual(len(messages), 1)
        self.assertIn("no known layer", messages[0])


if __name__ == "__main__":
    unittest.main()
