#!/usr/bin/env python3
"""Lets Tencent Cloud's own SDK talk to the sandbox: what the SDK signs and reads, the sandbox accepts and says.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python tencent.py

The sandbox is served by a test of its own (`sandbox::serving::serve_the_vendors_clients`), on loopback.
"""

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import cvm_client, models

from sandbox import KEYS, expect, serve


def client(address, secret_id, secret, region="ap-guangzhou"):
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=address), language="en-US")
    return cvm_client.CvmClient(Credential(secret_id, secret), region, profile)


def import_key(cvm, name, file, **more):
    request = models.ImportKeyPairRequest()
    request.KeyName, request.ProjectId = name, 0
    request.PublicKey = (KEYS / file).read_text().strip()
    for key, value in more.items():
        setattr(request, key, value)
    return cvm.ImportKeyPair(request)


def list_keys(cvm, **more):
    request = models.DescribeKeyPairsRequest()
    for key, value in more.items():
        setattr(request, key, value)
    return cvm.DescribeKeyPairs(request)


def refusal(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except TencentCloudSDKException as error:
        return error.get_code()
    return "accepted"


def filtered(name):
    filter = models.Filter()
    filter.Name, filter.Values = "key-name", [name]
    return [filter]


def tagged(key, value):
    tag, specification = models.Tag(), models.TagSpecification()
    tag.Key, tag.Value = key, value
    specification.ResourceType, specification.Tags = "keypair", [tag]
    return [specification]


def check(address, secret_id, secret):
    cvm = client(address, secret_id, secret)
    regions = cvm.DescribeRegions(models.DescribeRegionsRequest())
    expect("regions", regions.TotalCount, len(regions.RegionSet))
    stored = import_key(cvm, "from_sdk", "rsa-2048.pub", TagSpecification=tagged("团队", "平台 (a)"))
    [pair] = list_keys(cvm, KeyIds=[stored.KeyId]).KeyPairSet
    line = (KEYS / "rsa-2048.pub").read_text().split()[:2]
    expect("the key by its id", pair.PublicKey.split(), [*line, stored.KeyId])
    expect("its tag", [(tag.Key, tag.Value) for tag in pair.Tags], [("团队", "平台 (a)")])
    [pair] = list_keys(cvm, Filters=filtered("from_sdk"), Offset=0, Limit=100).KeyPairSet
    expect("the key by its name", pair.KeyId, stored.KeyId)
    expect("a list behind its end", list_keys(cvm, Offset=1).KeyPairSet, [])
    other = client(address, secret_id, secret, "ap-tokyo")
    expect("the key in another region", list_keys(other).TotalCount, 1)
    for what, code, call in [
        ("a name twice", "InvalidKeyPairName.Duplicate", lambda: import_key(cvm, "from_sdk", "ed25519.pub")),
        ("a key twice", "InvalidPublicKey.Duplicate", lambda: import_key(other, "again", "rsa-2048.pub")),
        ("a bad name", "InvalidKeyPairNameIncludeIllegalChar", lambda: import_key(cvm, "a-b", "ed25519.pub")),
        ("a project", "InvalidProjectId.NotFound", lambda: import_key(cvm, "x", "ed25519.pub", ProjectId=9999999)),
        ("an id", "InvalidKeyPairId.NotFound", lambda: list_keys(cvm, KeyIds=["skey-gone"])),
        ("a wrong secret", "AuthFailure.SignatureFailure", lambda: list_keys(client(address, secret_id, "wrong"))),
        ("an unknown id", "AuthFailure.SecretIdNotFound", lambda: list_keys(client(address, "AKIDnobody", "x"))),
    ]:
        expect(what, refusal(call), code)


if __name__ == "__main__":
    serve("tencent", check)
