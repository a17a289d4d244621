#!/usr/bin/env python3
"""Runs keyimport against moto, an EC2 that others wrote, with signatures and policies checked.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python moto_ec2.py PATH/keyimport

The server listens on loopback and is given the first calls without a check, which make a user with a policy
and its access key. Written with Python 3.11 and moto 5.2.5, whose Ed25519 fingerprints differ from AWS's.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config

KEYS = pathlib.Path(__file__).resolve().parent.parent / "keys" / "taken"
RSA, ED25519, ECDSA = (str(KEYS / f"{name}.pub") for name in ("rsa-2048", "ed25519", "ecdsa-256"))
REGIONS = (
    "af-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ap-southeast-3 "
    "ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3 me-south-1 sa-east-1 us-east-2 "
    "us-west-1 us-west-2"
).split()
# The calls that make the identities.
UNCHECKED = 10


@contextlib.contextmanager
def server(environment):
    """Yields the address of a server that runs meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, **environment}, **quiet)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        else:
            sys.exit("moto does not listen")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def identities(url):
    """Makes a user who may import and list, one who may not, a session of a role, and the role."""
    settings = {"endpoint_url": url, "region_name": "us-east-1", "config": Config(retries={"max_attempts": 0})}
    nobody = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    iam, sts = (boto3.client(service, **nobody, **settings) for service in ("iam", "sts"))
    actions = [f"ec2:{name}" for name in ("ImportKeyPair", "DescribeKeyPairs", "DescribeRegions", "CreateTags")]
    statement = {"Effect": "Allow", "Action": [*actions, "sts:AssumeRole"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = iam.create_policy(PolicyName="keyimport", PolicyDocument=document)["Policy"]["Arn"]
    for user in ("ci", "powerless"):
        iam.create_user(UserName=user)
    iam.attach_user_policy(UserName="ci", PolicyArn=policy)
    keys = [iam.create_access_key(UserName=user)["AccessKey"] for user in ("ci", "powerless")]
    trusted = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    role = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="deploy", PolicyArn=policy)
    session = sts.assume_role(RoleArn=role, RoleSessionName="keyimport")["Credentials"]
    sts.get_caller_identity()
    return *((key["AccessKeyId"], key["SecretAccessKey"], None) for key in keys), (
        session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"],
    ), role


class Peer:
    """The program, the server and a home without settings."""

    def __init__(self, program, url, home):
        self.program, self.url, self.home = program, url, home
        self.failures = 0

    def run(self, who, *arguments):
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        environment = {name: value for name, value in zip(names, who) if value}
        environment |= {"HOME": self.home, "AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1"}
        environment["KEYIMPORT_METADATA_DISABLED"] = "true"
        command = [self.program, "--provider", "aws", "--output", "json", *arguments]
        ended = subprocess.run(command, env=environment, cwd=self.home, capture_output=True, text=True, check=False)
        return ended.returncode, json.loads(ended.stdout)["results"], ended.stderr

    def expect(self, what, who, arguments, code, statuses, verified=None):
        found, results, errors = self.run(who, *arguments)
        seen = [result["status"] for result in results]
        proofs = {result["verified"] for result in results}
        good = found == code and seen == statuses and (verified is None or proofs == {verified})
        self.say(good, f"{what}: {found} {sorted(set(seen))} {sorted(proofs)}")
        if not good:
            print(errors)
        return results

    def say(self, good, text):
        self.failures += not good
        print("ok  " if good else "FAIL", text)


def check_roles(peer, user, powerless, role):
    """Imports with the credential of a role, and of a role of a role."""
    folder = pathlib.Path(peer.home) / ".aws"
    folder.mkdir(mode=0o700)
    keys = {"user": user, "powerless": powerless, "wrong": (user[0], "wrong")}
    text = "".join(f"[{name}]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n" for name, key in keys.items())
    (folder / "credentials").write_text(text)
    sources = {"near": "user", "far": "near", "denied": "powerless", "unsigned": "wrong"}
    text = "".join(f"[profile {name}]\nrole_arn = {role}\nsource_profile = {source}\n" for name, source in sources.items())
    (folder / "config").write_text(text)
    nobody = (None, None, None)
    for name in ("near", "far"):
        arguments = ["--profile", name, "--name", f"role-{name}", RSA]
        peer.expect(f"role, {name}", nobody, arguments, 0, ["imported"], "fingerprint")
    for name, code in (("denied", 5), ("unsigned", 4)):
        peer.expect(f"role, {name}", nobody, ["--profile", name, "--name", "x", RSA], code, [])


def check(peer, user, powerless, session):
    east = ["--region", "us-east-1"]
    rsa = [*east, "--name", "rsa", RSA]
    peer.expect("dry run", user, [*rsa, "--dry-run"], 0, ["would_import"])
    peer.expect("check, absent", user, [*rsa, "--check"], 12, ["absent"])
    peer.expect("RSA", user, rsa, 0, ["imported"], "fingerprint")
    peer.expect("RSA again", user, rsa, 0, ["already_present"], "public_key")
    peer.expect("check, there", user, [*rsa, "--check"], 0, ["already_present"], "public_key")
    peer.expect("Ed25519", user, [*east, "--name", "ed", ED25519], 0, ["imported"], "fingerprint")
    peer.expect("Ed25519 again", user, [*east, "--name", "ed", ED25519], 0, ["already_present"], "public_key")
    peer.expect("another key", user, [*east, "--name", "rsa", ED25519], 6, ["conflict"])
    peer.expect("wildcards", user, [*east, "--name", "*", RSA], 0, ["imported"])
    peer.expect("check, wildcard", user, [*east, "--name", "r?a", RSA, "--check"], 12, ["absent"])
    tagged = [*east, "--name", "tagged", "--tag", "env=a & b", "--tag", "x=", RSA]
    tagged = peer.expect("tags", user, tagged, 0, ["imported"])
    ec2 = boto3.client(
        "ec2", endpoint_url=peer.url, region_name="us-east-1", aws_access_key_id=user[0], aws_secret_access_key=user[1]
    )
    tags = ec2.describe_key_pairs(KeyNames=["tagged"])["KeyPairs"][0]["Tags"]
    wanted = [{"Key": "env", "Value": "a & b"}, {"Key": "x", "Value": ""}]
    peer.say(tags == wanted and tagged[0]["id"].startswith("key-"), f"tags as stored: {tags}")
    # The derived name is taken by another key, and the key is there under another name.
    derived = pathlib.Path(peer.home) / "rsa.pub"
    derived.write_text(" ".join(pathlib.Path(ED25519).read_text().split()[:2]) + "\n")
    peer.expect("Ed25519 under another name", user, [*east, str(derived)], 0, ["already_present_as"], "public_key")
    peer.expect("session token", session, [*east, "--name", "session", RSA], 0, ["imported"])
    peer.expect("wrong session token", (*session[:2], "wrong"), rsa, 4, ["failed"])
    peer.expect("wrong secret", (user[0], "wrong", None), rsa, 4, ["failed"])
    peer.expect("unknown id", ("AKIANOBODY", "x", None), rsa, 4, ["failed"])
    peer.expect("not permitted", powerless, [*east, "--name", "new", RSA], 5, ["failed"])
    many = ["--region", ",".join(REGIONS), "--name", "many", RSA]
    peer.expect("20 regions", user, many, 0, ["imported"] * len(REGIONS), "fingerprint")
    found, results, _ = peer.run(user, "--all-regions", "--name", "all", RSA)
    statuses = [result["status"] for result in results]
    peer.say(found == 0 and len(results) > 10 and set(statuses) == {"imported"}, f"all {len(results)} regions: {found}")
    found, _, _ = peer.run(user, "--name", "ecdsa", ECDSA)
    peer.say(found == 3, f"ECDSA: {found}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with server({"INITIAL_NO_AUTH_ACTION_COUNT": str(UNCHECKED)}) as url, tempfile.TemporaryDirectory() as home:
        user, powerless, session, role = identities(url)
        peer = Peer(program, url, home)
        check(peer, user, powerless, session)
        check_roles(peer, user, powerless, role)
    sys.exit(1 if peer.failures else 0)


if __name__ == "__main__":
    main()
