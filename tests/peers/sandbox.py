"""Serves the sandbox for a vendor's client, on loopback."""

import os
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEYS = ROOT / "tests/keys/taken"
SERVE = ["cargo", "test", "--locked", "-q", "--test", "it", "--", "--ignored", "--nocapture", "--exact",
         "sandbox::serving::serve_the_vendors_clients"]


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}:\n  found  {found}\n  wanted {wanted}")
    print(f"ok: {what}")


def serve(cloud, check):
    """Calls `check` with the address of the sandbox, and with the access key id and secret of its owner at a cloud."""
    server = subprocess.Popen(SERVE, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        for line in server.stdout:
            words = line.split()
            if words[:2] == ["serving", cloud]:
                check(*words[2:])
                return
        sys.exit("the sandbox does not serve")
    finally:
        # The test runs in a process below cargo's.
        os.killpg(server.pid, signal.SIGTERM)
