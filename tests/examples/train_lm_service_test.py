"""train_lm as processes that are trainers of zerod daemons.

usage: train_lm_service_test.py ROOT BIN
"""
import signal
import sys
import unittest

import service_case


class OneNodeTest(service_case.ServiceTest):
    def test_equals_the_embedded_run_to_the_last_bit(self):
        ours, theirs = self.assert_equals_the_embedded_run()
        self.assertEqual(ours["ranks"], 2)
        for key in ("bytes_moved_per_step", "wide_master_parameters", "skipped_steps", "trainers"):
            self.assertEqual(ours[key], theirs[key], key)
        for our, their in zip(ours["usage_by_rank"], theirs["usage_by_rank"]):
            for kind in ("weights", "gradients", "reduced_gradients", "correction", "m", "v"):
                self.assertGreater(our["bytes_by_kind"][kind], 0, kind)
            self.assertEqual(our["optimizer_state_bytes"], their["optimizer_state_bytes"])

    def test_equals_it_with_micro_batches_another_codec_and_uneven_shards(self):
        self.assert_equals_the_embedded_run("--micro-batches", "2", "--codec", "flash",
                                            "--shard-weights", "1,3", "--seed", "7")

    def test_deletes_the_job_at_the_end_or_keeps_it(self):
        name = self.job[1]
        self.assertEqual(self.codes(self.start_trainers()), [0, 0], self.said())
        self.assertNotEqual(self.scene.zeroctl("job", name)[0], 0)
        self.assertEqual(self.codes(self.start_trainers("--keep-job")), [0, 0], self.said())
        self.assertEqual(self.scene.zeroctl("job", name)[0], 0)
        # What is there cannot be created, and the message says how to go on.
        code = self.scene.run("second", "--service", self.scene.service(), *self.job)
        self.assertEqual(code, 1)
        said = self.scene.read("second")
        self.assertIn(f"'{name}'", said)
        self.assertIn("--job", said)
        self.run_the_hint(said)
        self.assertNotEqual(self.scene.zeroctl("job", name)[0], 0)

    def test_weights_leave_a_daemon_and_come_back(self):
        trained, again = (self.scene.path(f"model_{i}") for i in (1, 2))
        summary = ("--summary", self.scene.path("summary"))
        self.assertEqual(self.codes(self.start_trainers("--export-weights", trained, *summary)),
                         [0, 0], self.said())
        loss = self.scene.summary()["validation_loss"]
        # A step at rate 0 changes nothing.
        still = ("--steps", "1", "--lr", "0", "--initial-weights", trained)
        self.assertEqual(self.codes(self.start_trainers("--export-weights", again, *still,
                                                        *summary)), [0, 0], self.said())
        self.assertEqual(self.scene.summary()["validation_loss"], loss)
        model = (trained / "model.safetensors").read_bytes()
        self.assertEqual((again / "model.safetensors").read_bytes(), model)
        embedded = self.scene.path("model_3")
        self.assertEqual(self.scene.run("embedded", "--trainers", "2", "--ranks", "2",
                                        "--export-weights", embedded), 0)
        self.assertEqual((embedded / "model.safetensors").read_bytes(), model)

    def test_one_trainer_alone_can_use_a_rank_of_its_choice(self):
        trainer = self.scene.start("trainer-0", "--service", self.scene.service(), *self.job,
                                   "--trainers", "1", "--contributors", "1",
                                   "--summary", self.scene.path("summary"))
        self.assertEqual(self.scene.finish(trainer), 0, self.said())
        ranks = self.scene.summary()["usage_by_rank"]
        self.assertEqual([rank["bytes_by_kind"]["gradients"] > 0 for rank in ranks], [False, True])

    def test_a_trainer_of_another_model_is_refused_by_name(self):
        first = self.scene.start("trainer-0", "--service", self.scene.service(), *self.job,
                                 *service_case.LONG)
        other = ("--service", self.scene.service(), *self.job, "--trainer", "1", *service_case.LONG)
        self.assertEqual(self.scene.run("trainer-1", *other, "--width", "64"), 1)
        self.assertIn(self.job[1], self.scene.read("trainer-1"))
        self.assertIn("token_embedding.weight", self.scene.read("trainer-1"))
        first.kill()

    def test_without_trainer_0_there_is_no_job(self):
        options = ("--service", self.scene.service(), *self.job, "--trainer", "1", "--wait-s", "1")
        self.assertEqual(self.scene.run("trainer-1", *options), 1)
        self.assertIn("trainer 0", self.scene.read("trainer-1"))

    def test_without_a_daemon_the_address_is_named(self):
        self.assertEqual(self.scene.run("trainer-0", "--service", "unix:/tmp/no/daemon"), 1)
        self.assertIn("unix:/tmp/no/daemon", self.scene.read("trainer-0"))


class TwoNodesTest(service_case.ServiceTest):
    nodes, ranks = 2, 1

    def test_equals_the_embedded_run_to_the_last_bit(self):
        ours, _ = self.assert_equals_the_embedded_run()
        self.assertEqual(len(ours["usage_by_rank"]), 2)

    def test_a_killed_trainer_ends_the_others_with_the_cause(self):
        for killed in (1, 0):
            with self.subTest(killed=killed):
                trainers = self.train_a_while("--wait-s", "1")
                trainers[killed].kill()
                self.assertEqual(self.scene.finish(trainers[1 - killed]), 1, self.said())
                said = self.scene.read(f"trainer-{1 - killed}")
                self.assertIn(f"rank {killed}", said)
                self.assertIn("trainer", said)
                self.assertEqual(self.scene.zeroctl("delete", self.job[1], "--yes")[0], 0)
                self.scene.path("metrics").unlink()

    def test_a_signal_ends_the_others_with_the_cause(self):
        for stopped in (0, 1):
            with self.subTest(stopped=stopped):
                trainers = self.train_a_while("--wait-s", "1")
                trainers[stopped].send_signal(signal.SIGTERM)
                self.assertEqual(self.scene.finish(trainers[stopped]), 128 + signal.SIGTERM)
                self.assertEqual(self.scene.finish(trainers[1 - stopped]), 1, self.said())
                said = self.scene.read(f"trainer-{1 - stopped}")
                # The second: when it was ended in a wait, and could not give the step up itself.
                self.assertRegex(said, f"trainer {stopped} has ended early"
                                       f"|rank {stopped} has no trainer")
                self.assertEqual(self.scene.zeroctl("delete", self.job[1], "--yes")[0], 0)
                self.scene.path("metrics").unlink()

    def test_daemons_that_stop_end_their_trainers(self):
        trainers = self.train_a_while()
        code, log = self.scene.stop_daemons()
        self.assertEqual(code, 0, log)
        self.assertEqual(self.codes(trainers), [1, 1], self.said())
        self.scene.start_daemons(self.nodes, self.ranks)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
