#!/usr/bin/env python3
"""Lets AWS's own library talk to the sandbox: what botocore signs and reads, the sandbox accepts and says.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python botocore_ec2.py

The sandbox is served by a test of its own (`sandbox::serving::serve_the_vendors_clients`), on loopback.
"""

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox import KEYS, expect, serve


def client(address, key_id, secret, region="us-east-1"):
    session = botocore.session.Session()
    # The library finds the host by the system's resolver, which may not know names below `localhost`.
    return session.create_client(
        "ec2", region_name=region, endpoint_url=f"http://{address}", aws_access_key_id=key_id,
        aws_secret_access_key=secret, config=Config(retries={"total_max_attempts": 1}))


def import_key(ec2, name, file, **more):
    return ec2.import_key_pair(KeyName=name, PublicKeyMaterial=(KEYS / file).read_bytes(), **more)


def refusal(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


def tagged(key, value):
    return [{"ResourceType": "key-pair", "Tags": [{"Key": key, "Value": value}]}]


def check(address, key_id, secret):
    ec2 = client(address, key_id, secret)
    regions = [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
    expect("regions", "us-east-1" in regions and "cn-north-1" not in regions, True)
    stored = import_key(ec2, "from botocore", "rsa-2048.pub", TagSpecifications=tagged("团队", "平台 (a)"))
    by_name = [{"Name": "key-name", "Values": ["from botocore"]}]
    [pair] = ec2.describe_key_pairs(Filters=by_name, IncludePublicKey=True)["KeyPairs"]
    line = (KEYS / "rsa-2048.pub").read_text().split()[:2]
    expect("the key by its name", pair["PublicKey"].split()[:2], line)
    expect("its id", pair["KeyPairId"], stored["KeyPairId"])
    expect("its tag", pair["Tags"], [{"Key": "团队", "Value": "平台 (a)"}])
    by_print = [{"Name": "fingerprint", "Values": [stored["KeyFingerprint"]]}]
    [pair] = ec2.describe_key_pairs(Filters=by_print)["KeyPairs"]
    expect("the key by its fingerprint", pair["KeyName"], "from botocore")
    other = client(address, key_id, secret, "eu-west-1")
    expect("another region", other.describe_key_pairs()["KeyPairs"], [])
    for what, code, call in [
        ("a name twice", "InvalidKeyPair.Duplicate", lambda: import_key(ec2, "from botocore", "ed25519.pub")),
        ("an ECDSA key", "InvalidKey.Format", lambda: import_key(ec2, "ecdsa", "ecdsa-256.pub")),
        ("a dry run", "DryRunOperation", lambda: import_key(ec2, "dry", "ed25519.pub", DryRun=True)),
        ("a name that is not there", "InvalidKeyPair.NotFound", lambda: ec2.describe_key_pairs(KeyNames=["gone"])),
        ("a wrong secret", "AuthFailure", client(address, key_id, "wrong").describe_key_pairs),
        ("an unknown id", "AuthFailure", client(address, "AKIANOBODY", "x").describe_key_pairs),
    ]:
        expect(what, refusal(call), code)


if __name__ == "__main__":
    serve("aws", check)
