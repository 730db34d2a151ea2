"""Runs docker-compose.yml's services with chroot. Run by dockerfile_in_chroot.sh, as process 1's
child in namespaces of its own.

usage: run_compose.py ROOT FOLDER

FOLDER/image and FOLDER/image.json are what run_dockerfile.py has left. As Compose says, the files
are read-only but for /tmp and the volume, the user has no capability and can get none, and trainers
begin once the daemons are healthy. Not the same: memory and processor limits, and separate mounts.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import yaml


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def with_variables(text):
    """Compose's ${NAME:-default}."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: os.environ.get(m[1]) or m[2], text)


def mount_image(image, volume, target):
    """The image read-only, /tmp, and a volume that begins as the folder that it hides."""
    hidden = image / target.lstrip("/")
    run("cp", "--archive", hidden, volume)
    run("mount", "--bind", image, image)
    run("mount", "-o", "remount,bind,ro", image)
    run("mount", "-t", "proc", "proc", image / "proc")
    run("mount", "--rbind", "/dev", image / "dev")
    run("mount", "--rbind", "--read-only", "/sys", image / "sys")
    run("mount", "-t", "tmpfs", "-o", "mode=1777,noexec,nosuid", "tmpfs", image / "tmp")
    run("mount", "--bind", volume, hidden)


class Services:
    def __init__(self, folder, services):
        self._image = folder / "image"
        self._config = json.loads((folder / "image.json").read_text())
        self._services = services
        self._started = {}

    def command(self, words):
        """`words` as the image's user, in the image, with its environment and no privilege."""
        passwd = (self._image / "etc/passwd").read_text()
        uid, gid = re.search(rf"^{self._config['user']}:x:(\d+):(\d+):", passwd, re.M).groups()
        environment = [f"{k}={v}" for k, v in self._config["environment"].items()]
        return ["chroot", str(self._image), "setpriv", f"--reuid={uid}", f"--regid={gid}",
                "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs",
                "env", "-i", *environment, *map(with_variables, words)]

    def start(self, name):
        print(f"{name}: {' '.join(self._services[name]['command'])}", flush=True)
        self._started[name] = subprocess.Popen(
            self.command(self._services[name]["command"]), stdin=subprocess.DEVNULL)

    def await_health(self, name):
        check = self.command(self._services[name]["healthcheck"]["test"][1:])
        deadline = time.monotonic() + 60
        while subprocess.run(check, capture_output=True, check=False).returncode != 0:
            if self._started[name].poll() is not None or time.monotonic() > deadline:
                sys.exit(f"run_compose: {name} does not become healthy")
            time.sleep(0.5)
        print(f"{name}: healthy", flush=True)

    def await_end(self, name, timeout_s):
        code = self._started[name].wait(timeout=timeout_s)
        print(f"{name}: exited with {code}", flush=True)
        return code

    def stop(self, name):
        self._started[name].terminate()
        return self.await_end(name, float(self._services[name]["stop_grace_period"].rstrip("s")))


def main(root, folder):
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    target = services["zerod"]["volumes"][0].split(":")[1]
    mount_image(folder / "image", folder / "volume", target)
    trainers = [name for name in services if "zerod" in services[name].get("depends_on", {})]
    scene = Services(folder, services)
    scene.start("zerod")
    scene.await_health("zerod")
    for name in trainers:
        scene.start(name)
    codes = [scene.await_end(name, 600) for name in trainers]
    jobs = scene.command(["zeroctl", "--service", f"unix:{target}/zerod-0.sock", "jobs"])
    run(*jobs)
    codes.append(scene.stop("zerod"))
    sys.exit(0 if codes == [0] * len(codes) else 1)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:3]))
