"""train_lm with daemons, when trainers come late, go, and are started again.

usage: train_lm_replace_test.py ROOT BIN
"""
import signal
import time
import unittest

import service_case

_RESULTS = ("step", "validation_loss", "gradient_norm", "learning_rate")


class WaitTest(service_case.ServiceTest):
    def start_alone(self, *options):
        """Trainer 0 of two, once it has said that it waits."""
        trainer = self.scene.start("trainer-0", "--service", self.scene.service(), *self.job,
                                   "--trainers", "2", *options)
        self.await_words("trainer-0", "waiting for the other trainers")
        return trainer

    def test_who_waits_for_another_trainer_says_so_once_and_heeds_a_signal(self):
        # With one micro-batch it waits for a decision, with two for its gradients to be taken.
        for count in ("1", "2"):
            with self.subTest(micro_batches=count):
                trainer = self.start_alone("--micro-batches", count, "--token", "it's secret")
                self.stop(trainer)
                said = self.said()
                self.assertEqual(said.count(f"waiting for the other trainers of job '{self.job[1]}'"
                                            ": rank 1 has no trainer"), 1, said)
                self.assertIn(f"stopped by signal {signal.SIGTERM.value} while waiting", said)
                self.run_the_hint(said, token="it's secret")

    def test_who_waits_for_one_that_stands_still_heeds_a_signal(self):
        trainers = self.train_a_while()
        trainers[1].send_signal(signal.SIGSTOP)
        time.sleep(0.5)  # many steps' time: trainer 0 is waiting by then
        self.stop(trainers[0])
        trainers[1].kill()
        self.run_the_hint(self.said())

    def test_who_waits_for_another_to_be_started_again_heeds_a_signal(self):
        trainers = self.train_a_while()
        trainers[0].kill()
        self.await_words("trainer-1", f"waiting for the other trainers of job '{self.job[1]}'"
                                      ": rank 0 has no trainer")
        self.stop(trainers[1])

    def test_who_waits_for_the_job_says_so(self):
        trainer = self.scene.start("trainer-1", "--service", self.scene.service(), *self.job,
                                   "--trainer", "1")
        self.await_words("trainer-1", "waiting for trainer 0 to create job")
        self.stop(trainer)


class ReplaceTest(service_case.ServiceTest):
    nodes, ranks = 2, 1
    steps = ("--steps", "300")

    def start_again(self, trainer, *options):
        return self.scene.start("again", "--service", self.scene.service(trainer), *self.job,
                                "--trainers", "2", "--trainer", trainer, *options)

    def test_a_killed_trainer_that_is_started_again_changes_no_result(self):
        files = ("--metrics", self.scene.path("metrics"), "--summary", self.scene.path("summary"))
        code = self.scene.run("embedded", *files, *self.steps)
        self.assertEqual(code, 0, self.scene.read("embedded"))
        undisturbed, loss = self.scene.metrics(), self.scene.summary()["validation_loss"]
        for killed in (1, 0):
            with self.subTest(killed=killed):
                trainers = self.train_a_while(*files, *self.steps)
                self.assertIsNone(trainers[killed].poll(), "no step was left to redo")
                trainers[killed].kill()
                trainers[killed].wait()
                # Nobody can do without it for long.
                self.await_words(f"trainer-{1 - killed}", "the step can be redone")
                again = self.start_again(killed, "--resume", *files, *self.steps)
                self.assertEqual(self.codes([again, trainers[1 - killed]]), [0, 0], self.said())
                self.assertIn("this trainer joins it", self.scene.read("again"))
                self.assertEqual(self.scene.summary()["validation_loss"], loss)
                self.assert_equal_steps(undisturbed, may_lack=1 - killed)

    def assert_equal_steps(self, undisturbed, may_lack):
        """`may_lack`: trainer 0 may be killed between a step and its line."""
        steps = self.scene.metrics()
        numbers = [step["step"] for step in steps]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertGreaterEqual(len(steps), len(undisturbed) - may_lack)
        for step in steps:
            expected = undisturbed[step["step"] - 1]
            for key in _RESULTS:
                self.assertEqual(step.get(key), expected.get(key), f"step {step['step']}: {key}")

    def test_a_kept_job_goes_on_where_it_was(self):
        keep = ("--keep-job", "--metrics", self.scene.path("metrics"))
        self.assertEqual(self.codes(self.start_trainers(*keep)), [0, 0], self.said())
        self.assertEqual(self.scene.finish(self.start_again(0, "--resume", "--steps", "29")), 1)
        self.assertIn("has done 30 steps already", self.scene.read("again"))
        more = (*keep[1:], "--resume", "--steps", "40")
        self.assertEqual(self.codes(self.start_trainers(*more)), [0, 0], self.said())
        self.assertEqual([step["step"] for step in self.scene.metrics()], list(range(1, 41)))

    def test_a_run_that_lost_trainer_0_after_the_last_step_is_ended_by_its_replacement(self):
        files = ("--metrics", self.scene.path("metrics"), "--summary", self.scene.path("summary"))
        # As far as trainer 0 gets before it validates for the last time.
        self.assertEqual(self.codes(self.start_trainers("--keep-job", *files)), [0, 0], self.said())
        steps, summary = self.scene.metrics(), self.scene.summary()
        self.assertEqual(self.scene.finish(self.start_again(1)), 0, self.scene.read("again"))
        again = self.start_again(0, "--resume", *files)
        self.assertEqual(self.scene.finish(again), 0, self.scene.read("again"))
        self.assertEqual(self.scene.metrics(), steps)
        for key in ("validation_loss", "parameters", "skipped_steps"):
            self.assertEqual(self.scene.summary()[key], summary[key], key)
        self.assertNotEqual(self.scene.zeroctl("job", self.job[1])[0], 0)

    def test_who_resumes_nothing_says_so_and_appends(self):
        self.scene.path("metrics").write_text('{"step": 0}\n')
        options = ("--resume", "--metrics", self.scene.path("metrics"))
        self.assertEqual(self.codes(self.start_trainers(*options)), [0, 0], self.said())
        self.assertIn("no job to resume; starting at step 1", self.scene.read("trainer-0"))
        self.assertEqual([step["step"] for step in self.scene.metrics()], list(range(31)))

    def test_who_can_never_agree_gives_up(self):
        trainers = [self.scene.start(f"trainer-{i}", "--service", self.scene.service(i), *self.job,
                                     "--trainers", "2", "--trainer", i, "--lr", rate)
                    for i, rate in enumerate(("1e-3", "2e-3"))]
        self.assertEqual(self.codes(trainers), [1, 1], self.said())
        for name in ("trainer-0", "trainer-1"):
            self.assertIn("lr of group", self.scene.read(name))
            self.assertIn("10 attempts", self.scene.read(name))
        self.run_the_hint(self.said())

    def test_a_job_that_its_trainer_0_can_not_attach_to_is_not_left(self):
        options = ("--trainers", "1", "--contributors", "1")  # which is the other daemon's rank
        code = self.scene.run("trainer-0", "--service", self.scene.service(), *self.job, *options)
        self.assertEqual(code, 1)
        self.assertIn("rank 1", self.said())
        self.assertNotIn("stays in the daemons", self.said())
        self.assertNotEqual(self.scene.zeroctl("job", self.job[1])[0], 0)


if __name__ == "__main__":
    unittest.main(argv=["train_lm_replace_test"])
