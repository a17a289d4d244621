#!/usr/bin/env python3
"""Lets the vendors' command-line tools talk to the sandbox: the AWS CLI and Tencent Cloud's tccli.

    python3 -m venv venv && venv/bin/pip install -r requirements-commands.txt
    venv/bin/python commands.py

The sandbox is served by a test of its own (`sandbox::serving::serve_the_vendors_clients`), on loopback.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

from sandbox import KEYS, expect, serve

RSA, ED25519 = KEYS / "rsa-2048.pub", KEYS / "ed25519.pub"
# tccli has no flag for plain http, which the sandbox speaks; its library has a setting.
TCCLI = """
import sys
from tencentcloud.common.profile.http_profile import HttpProfile
make = HttpProfile.__init__
HttpProfile.__init__ = lambda self, *args, **more: make(self, *args, **{**more, "protocol": "http"})
from tccli.main import main
sys.exit(main())
"""


def run(command, **variables):
    """Returns the JSON that a command prints, or the error code in its message."""
    with tempfile.TemporaryDirectory() as home:
        keep = {name: os.environ[name] for name in ["PATH"]}
        ended = subprocess.run([sys.executable, *command], capture_output=True, text=True,
                               env={**keep, "HOME": home, **variables})
    if ended.returncode == 0:
        return json.loads(ended.stdout)
    code = re.search(r"\(([\w.]+)\)|code:([\w.]+)", ended.stderr)
    return code.group(1) or code.group(2) if code else ended.stderr


def check_aws(address, key_id, secret):
    def aws(action, *arguments, secret=secret, region="us-east-1"):
        command = ["-m", "awscli", "ec2", action, "--endpoint-url", f"http://{address}", "--output", "json"]
        return run([*command, *arguments], AWS_ACCESS_KEY_ID=key_id, AWS_SECRET_ACCESS_KEY=secret,
                   AWS_DEFAULT_REGION=region, AWS_MAX_ATTEMPTS="1")

    def import_key(name, file, *more):
        return aws("import-key-pair", "--key-name", name, "--public-key-material", f"fileb://{file}", *more)

    def named(name):
        return aws("describe-key-pairs", "--include-public-key", "--filters", f"Name=key-name,Values={name}")

    tags = "ResourceType=key-pair,Tags=[{Key=team,Value=platform}]"
    stored = import_key("from-cli", RSA, "--tag-specifications", tags)
    [pair] = named("from-cli")["KeyPairs"]
    expect("AWS: the key by its name", pair["PublicKey"].split()[:2], RSA.read_text().split()[:2])
    expect("AWS: its id and fingerprint", [pair[key] for key in ["KeyPairId", "KeyFingerprint"]],
           [stored[key] for key in ["KeyPairId", "KeyFingerprint"]])
    expect("AWS: its tag", pair["Tags"], [{"Key": "team", "Value": "platform"}])
    expect("AWS: an Ed25519 key", import_key("second", ED25519)["KeyName"], "second")
    expect("AWS: another region", aws("describe-key-pairs", region="eu-west-1"), {"KeyPairs": []})
    expect("AWS: a name twice", import_key("from-cli", ED25519), "InvalidKeyPair.Duplicate")
    expect("AWS: an ECDSA key", import_key("ecdsa", KEYS / "ecdsa-256.pub"), "InvalidKey.Format")
    expect("AWS: a dry run", import_key("dry", RSA, "--dry-run"), "DryRunOperation")
    expect("AWS: a wrong secret", aws("describe-key-pairs", secret="wrong"), "AuthFailure")


def check_tencent(address, secret_id, secret):
    def tccli(action, *arguments, secret=secret, region="ap-guangzhou"):
        command = ["-c", TCCLI, "cvm", action, "--endpoint", address, "--region", region]
        return run([*command, *arguments], TENCENTCLOUD_SECRET_ID=secret_id, TENCENTCLOUD_SECRET_KEY=secret)

    def import_key(name, file, *more, **where):
        return tccli("ImportKeyPair", "--KeyName", name, "--ProjectId", "0",
                     "--PublicKey", file.read_text().strip(), *more, **where)

    tags = [{"ResourceType": "keypair", "Tags": [{"Key": "team", "Value": "platform"}]}]
    stored = import_key("from_cli", RSA, "--TagSpecification", json.dumps(tags))
    by_name = json.dumps([{"Name": "key-name", "Values": ["from_cli"]}])
    [pair] = tccli("DescribeKeyPairs", "--Filters", by_name)["KeyPairSet"]
    expect("Tencent: the key by its name", pair["PublicKey"].split()[:2], RSA.read_text().split()[:2])
    expect("Tencent: its id", pair["KeyId"], stored["KeyId"])
    expect("Tencent: its tag", pair["Tags"], [{"Key": "team", "Value": "platform"}])
    regions = tccli("DescribeRegions")
    expect("Tencent: regions", regions["TotalCount"], len(regions["RegionSet"]))
    expect("Tencent: a name twice", import_key("from_cli", ED25519), "InvalidKeyPairName.Duplicate")
    expect("Tencent: a key twice", import_key("again", RSA, region="ap-tokyo"), "InvalidPublicKey.Duplicate")
    expect("Tencent: a bad name", import_key("a-b", ED25519), "InvalidKeyPairNameIncludeIllegalChar")
    expect("Tencent: a wrong secret", tccli("DescribeKeyPairs", secret="wrong"), "AuthFailure.SignatureFailure")


if __name__ == "__main__":
    serve("aws", check_aws)
    serve("tencent", check_tencent)
