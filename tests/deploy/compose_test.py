"""Checks docker-compose.yml: its form, and that what it refers to is there.

usage: compose_test.py ROOT BIN
"""
import copy
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import jsonschema
import yaml

_ROOT, _BIN = map(pathlib.Path, sys.argv[1:3])
_FILE = _ROOT / "docker-compose.yml"
_SCHEMA = json.loads((_ROOT / "tests/deploy/compose.schema.json").read_text())


def has_compose():
    """Whether this machine has Docker's own check; it needs no engine."""
    if not shutil.which("docker"):
        return False
    ran = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ran.returncode == 0


def help_of(program):
    ran = subprocess.run([_BIN / program, "--help"], capture_output=True, text=True, check=True)
    return ran.stdout


class ComposeTest(unittest.TestCase):
    def setUp(self):
        self.file = yaml.safe_load(_FILE.read_text())
        self.services = self.file["services"]

    def test_has_the_form_of_a_compose_file(self):
        jsonschema.Draft7Validator.check_schema(_SCHEMA)
        jsonschema.validate(self.file, _SCHEMA, jsonschema.Draft7Validator)

    def test_the_form_is_refused_where_it_is_wrong(self):
        for change in ({"comand": ["a"]}, {"stop_grace_period": 30}, {"pid": "zerod"},
                       {"depends_on": {"zerod": {"condition": "healthy"}}}, {"command": "zerod"}):
            wrong = copy.deepcopy(self.file)
            wrong["services"]["trainer-0"].update(change)
            with self.assertRaises(jsonschema.ValidationError, msg=change):
                jsonschema.validate(wrong, _SCHEMA, jsonschema.Draft7Validator)

    @unittest.skipUnless(has_compose(), "no docker compose on this machine")
    def test_docker_compose_accepts_it(self):
        subprocess.run(["docker", "compose", "-f", _FILE, "config", "--quiet"], check=True)

    def test_refers_to_what_is_there(self):
        for name, service in self.services.items():
            build = _ROOT / service["build"]["context"]
            self.assertTrue((build / service["build"]["dockerfile"]).is_file(), name)
            for volume in service["volumes"]:
                self.assertIn(volume.split(":")[0], self.file["volumes"], name)
            for other, needed in service.get("depends_on", {}).items():
                self.assertIn(other, self.services, name)
                if needed["condition"] == "service_healthy":
                    self.assertIn("healthcheck", self.services[other], name)

    def test_trainers_share_what_attaching_needs(self):
        for name in ("trainer-0", "trainer-1"):
            trainer, daemons = self.services[name], self.services["zerod"]
            self.assertEqual(trainer["pid"], "service:zerod", name)
            self.assertEqual(trainer["volumes"], daemons["volumes"], name)
            self.assertEqual(trainer["image"], daemons["image"], name)

    def test_every_trainer_has_a_daemon_and_a_number_of_its_own(self):
        nodes = int(self.option("zerod", "--nodes"))
        folder = self.option("zerod", "--sockets")
        trainers = sorted(name for name in self.services if name.startswith("trainer-"))
        self.assertEqual(nodes, len(trainers))
        for number, name in enumerate(trainers):
            self.assertEqual(self.option(name, "--service"), f"unix:{folder}/zerod-{number}.sock")
            self.assertEqual(self.option(name, "--trainer"), str(number))
            self.assertEqual(self.option(name, "--trainers"), str(nodes))

    def test_programs_have_the_options(self):
        script = _ROOT / "deploy/daemons.sh"
        ran = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
        known = {"zerod-daemons": ran.stdout + help_of("zerod"), "train_lm": help_of("train_lm"),
                 "zeroctl": help_of("zeroctl")}
        commands = [service["command"] for service in self.services.values()]
        commands.append(self.services["zerod"]["healthcheck"]["test"][1:])
        for program, *arguments in commands:
            for option in (word for word in arguments if re.match(r"--\w", word)):
                self.assertRegex(known[program], rf"{option}\b", program)

    def option(self, service, name):
        command = self.services[service]["command"]
        return command[command.index(name) + 1]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
