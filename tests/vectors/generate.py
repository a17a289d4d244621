#!/usr/bin/env python3
"""Makes the signing vectors under tests/data/*/sign from the vendors' own Python SDKs.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python generate.py            writes the files
    venv/bin/python generate.py --check    compares the files with what the SDKs say, writes nothing

Written with Python 3.11. Every key, secret and token is made up. Nothing in here computes a signature:
the stages (canonical request, string to sign, signature) are overheard inside the SDK while it signs, by
putting a listener in the place of its `hmac` and `hashlib`. The clock and the nonce are handed in.
`request` is what our signer is given; `signed` is what it has to hand back: the target as it is sent, and
every header beside `Host`, sorted.

Four signatures that the vendors themselves print pin the SDKs (and with them the vectors):

- RPC: the worked example of Alibaba Cloud's signature page, `OLeaidS1...`; a vector.
- ACS3: the worked example of Alibaba Cloud's V3 page, `06563a9e...`; a vector.
- SigV4: the worked example of AWS's signing page, `5d672d79...`; a vector.
- bce-auth-v1: the worked example of Baidu's signature pages, `d74a0436...`. It signs the SDKs' default set
  of headers (`content-length`, `content-md5`, `content-type` too) and names none of them; we sign and name
  `host` and `x-bce-*` alone. It is therefore no vector, and is only checked here, on every run.
- TC3: the worked example of Tencent Cloud's signature page, `2230eefd...`; a vector. A newer printing of the page
  signs `x-tc-action` too, which no SDK does.

Left out, because our requests never take that form:

- RPC with parameters in a form body: ours stand in the query. (ACS3 with a form body is a vector: it pins
  the digest of the body and the signed `content-type`.)
- V4 with `Content-Type` among the signed headers, which Volcengine's typed clients add to a GET: a GET of
  ours has none, and names `host` and `x-*` alone. V4 presigned URLs: the vendor's SDKs disagree about them.
  Volcengine's printed example signs `host;x-date` without `x-content-sha256`, which no SDK of theirs does.
- SigV4 with S3's `x-amz-content-sha256`.
- TC3 with GET, whose parameters the SDK encodes as a form: our requests are POST.
- bce-auth-v1 over other headers than `host` and `x-bce-*`, with an empty list of names, or with a lifetime
  other than 1800 s, and headers with blank values, which SDKs disagree about and we never send.
"""

import argparse
import base64
import contextlib
import datetime
import hashlib
import hmac
import json
import pathlib
import sys
from importlib.metadata import version
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, urlencode

from alibabacloud_tea_openapi import utils as tea
from aliyunsdkcore.auth.composer import rpc_signature_composer as core
from baidubce import utils as bce_utils
from baidubce.auth import bce_v1_signer as bce
from baidubce.auth.bce_credentials import BceCredentials
from botocore import auth as aws_auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from darabonba.request import DaraRequest
from tencentcloud.common import abstract_client as tc3_client
from tencentcloud.common import sign as tc3_sign
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from volcenginesdkcore import signv4

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"

RPC_PAGE = "https://www.alibabacloud.com/help/doc-detail/28139.htm"
ACS3_PAGE = "https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature"
SIGV4_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"
BCE_PAGE = "https://cloud.baidu.com/doc/Reference/s/Gjwvz1xez-en"
TC3_PAGE = "https://cloud.tencent.com/document/api/213/30654"


# --- Listening to an SDK ---------------------------------------------------------------------------------


@contextlib.contextmanager
def replaced(module, **values):
    """Replaces attributes of a module for a while."""
    kept = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(module, name, value)


@contextlib.contextmanager
def overheard(module):
    """Yields the messages that a module hands to `hmac.new` and to `hashlib.sha256`, in their order."""
    heard = SimpleNamespace(hmac=[], sha256=[])

    def sha256(data):
        heard.sha256.append(bytes(data).decode())
        return hashlib.sha256(data)

    def new(key, msg, digestmod):
        heard.hmac.append(bytes(msg).decode())
        return hmac.new(key, msg, hashlib.sha256 if digestmod is sha256 else digestmod)

    listening = SimpleNamespace(sha256=sha256, sha1=hashlib.sha1)
    with replaced(module, hmac=SimpleNamespace(new=new), hashlib=listening):
        yield heard


def expect(what, found, wanted):
    """Ends the run when two things that have to be equal are not."""
    if found != wanted:
        sys.exit(f"{what}:\n  found  {found}\n  wanted {wanted}")


def same_pairs(what, left, right):
    """Ends the run when two targets differ in more than the order of their query pairs."""
    pairs = [sorted(parse_qsl(url.partition("?")[2], keep_blank_values=True)) for url in (left, right)]
    expect(what, *pairs)


def vector(case, made_by, algorithm, **rest):
    """Puts a vector into the order in which it is written."""
    source = f"made by {made_by}"
    if case.get("published"):
        page, signature = case["published"]
        expect(f"{case['name']}: the published signature", rest["signature"], signature)
        source = f"published by {page}; made again by {made_by}"
    return {
        "source": source,
        "note": case["note"],
        "algorithm": algorithm,
        "region": case.get("region", ""),
        "service": case.get("service", ""),
        "credential": {"id": case["id"], "secret": case["secret"], "token": case.get("token")},
        "stamp": {"time": case["time"], "nonce": case.get("nonce", "")},
        "request": {
            "method": case["method"],
            "origin": f"https://{case['host']}",
            "path": case.get("path", "/"),
            "query": rest.pop("query"),
            "headers": sorted(case.get("headers", [])),
            "body": case.get("body", ""),
        },
        "canonical": rest["canonical"],
        "string_to_sign": rest["string_to_sign"],
        "signature": rest["signature"],
        "signed": {"target": rest["target"], "headers": sorted(rest["headers"])},
    }


# --- Alibaba Cloud ---------------------------------------------------------------------------------------

RSA_LINE = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC+/x/Tq0Yc9m1yLk5oZ8X3v4pQw+ZbT7nR2sF6hJ0KdE1aGmV5cN8uW+iPzXyB3tLr"
    "Hq9fS4oM7eUgYkD2wAj6CnVvIbR0sTlQxG5hZpF1mKcN3yWuEoJ8dXa4iBvPzSrLqHfU7gMtYkD9wA2nCeVjIbR5sTlQxG0hZpF6mKcN"
    "8yWuEoJ3dXa9iBvPzSrL== alice@example.com"
)
PLAIN_IMPORT = [["RegionId", "cn-hangzhou"], ["KeyPairName", "laptop-key"], ["PublicKeyBody", RSA_LINE]]

ALIYUN = [
    {
        "name": "doc-example-describe-regions",
        "note": "the smallest request, with the inputs of the worked example of the signature page",
        "method": "GET",
        "host": "ecs.aliyuncs.com",
        "action": "DescribeRegions",
        "format": "XML",
        "params": [],
        "time": "2016-02-23T12:46:24Z",
        "nonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "published_rpc": (RPC_PAGE, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="),
    },
    {
        "name": "import-post",
        "note": "an import by POST; `+`, `/` and `=` of base64 are encoded",
        "method": "POST",
        "host": "ecs.cn-hangzhou.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": PLAIN_IMPORT,
        "time": "2024-07-09T08:00:00Z",
        "nonce": "11111111-2222-3333-4444-555555555555",
    },
    {
        "name": "import-get",
        "note": "the same by GET: the method is part of the signature",
        "method": "GET",
        "host": "ecs.cn-hangzhou.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": PLAIN_IMPORT,
        "time": "2024-07-09T08:00:00Z",
        "nonce": "11111111-2222-3333-4444-555555555555",
    },
    {
        "name": "import-special-characters",
        "note": "every printable ASCII mark, two blanks in a row, an empty value, `Tag.10` before `Tag.2`",
        "method": "POST",
        "host": "ecs.ap-southeast-1.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": [
            ["RegionId", "ap-southeast-1"],
            ["KeyPairName", "k:_-.9"],
            ["PublicKeyBody", "ssh-rsa AA+/==  a*b~c!d'e(f)g%h&i=j?k#l@m,n;o$p\"q[r]s\\t|u^v`w{x}y<z>"],
            ["Tag.1.Key", "sp ace"],
            ["Tag.1.Value", "plus+slash/eq=star*tilde~"],
            ["Tag.2.Key", "empty"],
            ["Tag.2.Value", ""],
            ["Tag.10.Key", "ten"],
            ["Tag.10.Value", "10"],
        ],
        "time": "2026-01-28T23:59:59Z",
        "nonce": "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    },
    {
        "name": "import-unicode",
        "note": "Chinese, accents and an emoji, in UTF-8",
        "method": "POST",
        "host": "ecs.cn-beijing.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": [
            ["RegionId", "cn-beijing"],
            ["KeyPairName", "密钥-café"],
            ["PublicKeyBody", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFakeFakeFake+/ 🔑@höst"],
            ["Tag.1.Key", "所有者"],
            ["Tag.1.Value", "Üñîçødé"],
        ],
        "time": "2025-12-31T16:00:00Z",
        "nonce": "00000000-0000-4000-8000-000000000001",
    },
    {
        "name": "import-session-token",
        "note": "temporary credentials; the token and the secret hold `+`, `/`, `=`, `&`, `*`, `~` and a blank",
        "method": "POST",
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": [
            ["RegionId", "cn-shanghai"],
            ["KeyPairName", "ci-key"],
            ["PublicKeyBody", RSA_LINE],
            ["ResourceGroupId", "rg-bp67acfmxazb4p0000"],
        ],
        "id": "STS.NUgYrLnoC37mZZCNnAbez",
        "secret": "44CF4sdfsf+secret/with=chars",
        "token": "CAIS+token/with=every&bad char*~==",
        "time": "2025-02-28T01:02:03Z",
        "nonce": "sts-nonce-0001",
    },
    {
        "name": "import-form-body",
        "note": "parameters in a form body: its digest and its `content-type` are signed",
        "method": "POST",
        "host": "ecs.eu-central-1.aliyuncs.com",
        "action": "ImportKeyPair",
        "params": [["RegionId", "eu-central-1"]],
        "form": [
            ["KeyPairName", "form-key"],
            ["PublicKeyBody", RSA_LINE],
            ["Tag.1.Key", "env"],
            ["Tag.1.Value", "a b"],
        ],
        "time": "2025-06-01T00:00:00Z",
        "nonce": "form-nonce-0001",
    },
    {
        "name": "describe-wildcard-and-fingerprint",
        "note": "a look-up with `*` and `~` in the name",
        "method": "POST",
        "host": "ecs.cn-hangzhou.aliyuncs.com",
        "action": "DescribeKeyPairs",
        "params": [
            ["RegionId", "cn-hangzhou"],
            ["KeyPairName", "*lap~top*"],
            ["KeyPairFingerPrint", "938129357923abb15fa633e7158ce0ff"],
            ["PageNumber", "1"],
            ["PageSize", "50"],
            ["IncludePublicKey", "true"],
        ],
        "time": "2025-06-01T00:00:00Z",
        "nonce": "desc-nonce-0001",
    },
    {
        "name": "delete-json-array",
        "note": "a JSON array as a value",
        "method": "POST",
        "host": "ecs.cn-hangzhou.aliyuncs.com",
        "action": "DeleteKeyPairs",
        "params": [["RegionId", "cn-hangzhou"], ["KeyPairNames", '["laptop-key","ci key"]']],
        "time": "2025-06-01T00:00:00Z",
        "nonce": "del-nonce-0001",
    },
    {
        "name": "describe-regions-order",
        "note": "names sort by their bytes before they are encoded: capitals, `_`, small letters, `~`",
        "method": "GET",
        "host": "ecs.aliyuncs.com",
        "action": "DescribeRegions",
        "params": [
            ["AcceptLanguage", "en-US"],
            ["a", "1"],
            ["B", "2"],
            ["_", "3"],
            ["~", "4"],
            ["z.1", "5"],
            ["Z-1", "6"],
        ],
        "time": "2025-06-01T00:00:00Z",
        "nonce": "ord-nonce-0001",
    },
]

ACS3_ONLY = [
    {
        "name": "doc-example-run-instances",
        "note": "the worked example of the signature page",
        "method": "POST",
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "action": "RunInstances",
        "params": [
            ["ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"],
            ["RegionId", "cn-shanghai"],
        ],
        "id": "YourAccessKeyId",
        "secret": "YourAccessKeySecret",
        "time": "2023-10-26T10:22:32Z",
        "nonce": "3156853299f313e23d1673dc12e1703d",
        "published_acs3": (
            ACS3_PAGE,
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
        ),
    },
]


def aliyun_case(case):
    """Fills in what all Alibaba cases share."""
    case = {"id": "testid", "secret": "testsecret", "format": "JSON", **case}
    case["api"] = [["Action", case["action"]], ["Version", "2014-05-26"]] + case["params"]
    return case


def rpc_core(case):
    """Signs with the older SDK, which sends an empty `SignatureType` and signs it."""
    params = dict(case["api"])
    if case.get("token"):
        params["SecurityToken"] = case["token"]
    canonical = []

    def pathname2url(text):
        canonical.append(text)
        return quote(text)

    helper = SimpleNamespace(get_iso_8061_date=lambda: case["time"], get_uuid=lambda: case["nonce"])
    with replaced(core, helper=helper, pathname2url=pathname2url):
        url, string_to_sign = core.get_signed_url(
            params, case["id"], case["secret"], case["format"], case["method"], {}
        )
    signature = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))["Signature"]
    target = f"/?{canonical[0]}&Signature={quote(signature, safe='')}"
    same_pairs(f"{case['name']}: the target of the SDK", url, target)
    return vector(
        case,
        f"aliyun-python-sdk-core {version('aliyun-python-sdk-core')}, rpc_signature_composer.get_signed_url",
        "rpc",
        query=case["api"] + [["Format", case["format"]], ["SignatureType", ""]],
        canonical=canonical[0],
        string_to_sign=string_to_sign,
        signature=signature,
        target=target,
        headers=[],
    )


def rpc_tea(case):
    """Signs with the newer SDK, which knows no `SignatureType` and writes `json` in small letters."""
    form = case["format"] if "published_rpc" in case else case["format"].lower()
    params = dict(
        case["api"],
        Format=form,
        Timestamp=case["time"],
        SignatureNonce=case["nonce"],
        SignatureMethod="HMAC-SHA1",
        SignatureVersion="1.0",
        AccessKeyId=case["id"],
    )
    if case.get("token"):
        params["SecurityToken"] = case["token"]
    canonical = []

    def quote_plus(text, **options):
        canonical.append(text)
        return tea_quote_plus(text, **options)

    tea_quote_plus = tea.quote_plus
    with overheard(tea) as heard, replaced(tea, quote_plus=quote_plus):
        signature = tea.Utils.get_rpcsignature(params, case["method"], case["secret"])
    if "published_rpc" in case:
        case = dict(case, published=case["published_rpc"])
    return vector(
        case,
        f"alibabacloud_tea_openapi {version('alibabacloud_tea_openapi')}, Utils.get_rpcsignature",
        "rpc",
        query=case["api"] + [["Format", form]],
        canonical=canonical[0],
        string_to_sign=heard.hmac[0],
        signature=signature,
        target=f"/?{canonical[0]}&Signature={quote(signature, safe='')}",
        headers=[],
    )


def acs3(case):
    """Signs with the newer SDK's own default, given the headers that the signature page names."""
    body, headers = "", []
    if case.get("form"):
        body = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in case["form"])
        headers = [["content-type", "application/x-www-form-urlencoded"]]
    case = dict(case, body=body, headers=headers)
    digest = tea.Utils.hex_encode(tea.Utils.hash(body.encode(), "ACS3-HMAC-SHA256"))
    sent = headers + [
        ["x-acs-action", case["action"]],
        ["x-acs-version", "2014-05-26"],
        ["x-acs-date", case["time"]],
        ["x-acs-signature-nonce", case["nonce"]],
        ["x-acs-content-sha256", digest],
    ]
    if case.get("token"):
        sent += [["x-acs-accesskey-id", case["id"]], ["x-acs-security-token", case["token"]]]
    request = DaraRequest()
    request.method, request.pathname = case["method"], "/"
    request.query = dict(case["params"])
    request.headers = dict(sent, host=case["host"])
    with overheard(tea) as heard:
        authorization = tea.Utils.get_authorization(
            request, "ACS3-HMAC-SHA256", digest, case["id"], case["secret"]
        )
    canonical = heard.sha256[0]
    query = canonical.split("\n")[2]
    if "published_acs3" in case:
        case = dict(case, published=case["published_acs3"])
    return vector(
        case,
        f"alibabacloud_tea_openapi {version('alibabacloud_tea_openapi')}, Utils.get_authorization",
        "acs3",
        query=case["api"] + [["Format", "JSON"]],
        canonical=canonical,
        string_to_sign=heard.hmac[0],
        signature=authorization.rpartition("Signature=")[2],
        target=f"/?{query}" if query else "/",
        headers=sent + [["authorization", authorization]],
    )


def aliyun():
    """Yields all vectors of Alibaba Cloud."""
    for case in map(aliyun_case, ALIYUN):
        if not case.get("form"):
            yield f"rpc-core-{case['name']}", rpc_core(case)
            yield f"rpc-tea-{case['name']}", rpc_tea(case)
    for case in map(aliyun_case, ALIYUN + ACS3_ONLY):
        yield f"acs3-{case['name']}", acs3(case)


# --- Volcengine ------------------------------------------------------------------------------------------

RSA_2048 = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDDty/TUTnfrs1KU0ky9Yu/I54ioewaRIUT0suj/fV3L0ITZgPQyHwxt0rA2uZLvk4n"
    "8kyFiRPyNlyrRgYojHfRZN8LLRLT4wWn4gVzcnbXf7Gv+/Bs8FsQC4XDCPvNfTNie9AzyI2ZC/NdoCfcPJx5f7tmqZmwmPalcauHP3Dn"
    "5mXeBZWCTDtBz8PQ6RhL9zJEeAOmUMczeolil8l6f7xqEfh5rR0ssTd1Cx4fftFkye+9m/BlUiR88af34IN7gtWySlYEtWN59lOhWGSh"
    "+buJdRUgUhP6a/pe/Ann46PjzCbmpuVERoJ4NAIyIPECaSw1uHfD92Ifg8ly+vWfXCoB"
)


def ecs(action, *params):
    """Returns the query of an ECS action."""
    return [["Action", action], ["Version", "2020-04-01"], *map(list, params)]


VOLCENGINE = [
    {
        "name": "describe-regions",
        "note": "the smallest GET",
        "query": ecs("DescribeRegions", ("MaxResults", "20")),
    },
    {
        "name": "import-rsa-comment",
        "note": "a public key with blanks, `+`, `/`, `=` and a comment",
        "query": ecs(
            "ImportKeyPair",
            ("KeyPairName", "laptop-2026"),
            ("PublicKey", f"{RSA_2048} alice@example.com"),
            ("ClientToken", "6f1c1b2e-0d34-4a6e-9f0e-1f2d3c4b5a69"),
        ),
    },
    {
        "name": "import-special-characters",
        "note": "blanks, marks and Chinese in name, description and tags, and an empty value",
        "region": "cn-shanghai",
        "query": ecs(
            "ImportKeyPair",
            ("KeyPairName", "a b*c~d+e/f=g'(h)!"),
            ("Description", "部署 key=v1.0，生产。 &?#%"),
            ("ProjectName", "default"),
            ("PublicKey", RSA_2048),
            ("Tags.1.Key", "team:core/infra"),
            ("Tags.1.Value", "a+b=c @d"),
            ("Tags.2.Key", "env"),
            ("Tags.2.Value", ""),
        ),
    },
    {
        "name": "import-session-token",
        "note": "the token of temporary credentials goes into `x-security-token` and is signed",
        "token": "nCitKRW94N1M5a+TcwQ0/tTY2dpRlM0bHc=.Cj8KK09aVXA4TEst~EXAMPLE*TOKEN==",
        "query": ecs("ImportKeyPair", ("KeyPairName", "ci.runner-1"), ("PublicKey", RSA_2048)),
    },
    {
        "name": "describe-key-pairs-order",
        "note": "`KeyPairNames.10` sorts before `.2`, by bytes; a page token that ends in `==`",
        "region": "cn-guangzhou",
        "query": ecs(
            "DescribeKeyPairs",
            ("KeyPairNames.2", "b"),
            ("KeyPairNames.10", "j"),
            ("KeyPairNames.1", "a"),
            ("MaxResults", "500"),
            ("FingerPrint", "4158f40dbc0814eb04f0dcac4e000000"),
            ("NextToken", "eWJwMHd3MzE2dmVwMjkyMnk+/w=="),
        ),
    },
    {
        "name": "delete-key-pairs",
        "note": "a list of names",
        "query": ecs(
            "DeleteKeyPairs",
            ("KeyPairNames.1", "ssh-key-1"),
            ("KeyPairNames.2", "ssh-key-2"),
            ("ClientToken", "333456899ff0001"),
        ),
    },
    {
        "name": "import-regional-host",
        "note": "a region that has a host of its own",
        "host": "ecs.ap-southeast-3.volcengineapi.com",
        "region": "ap-southeast-3",
        "query": ecs("ImportKeyPair", ("KeyPairName", "jakarta"), ("PublicKey", RSA_2048)),
    },
    {
        "name": "host-without-usual-port",
        "note": "the SDK was given the host with `:443` and signs it without; an origin of ours never holds it",
        "sdk_host": "open.volcengineapi.com:443",
        "query": ecs("DescribeKeyPairs", ("KeyPairName", "x y")),
    },
    {
        "name": "host-with-other-port",
        "note": "any other port stays in the signed host",
        "host": "127.0.0.1:8443",
        "query": ecs("DescribeKeyPairs", ("KeyPairName", "x")),
    },
    {
        "name": "sts-assume-role",
        "note": "another service, host and version",
        "host": "sts.volcengineapi.com",
        "service": "sts",
        "query": [
            ["Action", "AssumeRole"],
            ["Version", "2018-01-01"],
            ["DurationSeconds", "3600"],
            ["RoleSessionName", "keyimport"],
            ["RoleTrn", "trn:iam::2100000000:role/CI Role"],
        ],
    },
]


def v4(case):
    """Signs a GET as the SDK does when no `Content-Type` is set."""
    case = {
        "method": "GET",
        "host": "open.volcengineapi.com",
        "region": "cn-beijing",
        "service": "ecs",
        "id": "AKLTEXAMPLEZGYzM2E0NDI5Mzk2MDZjNjFmMjc2MjRj",
        "secret": "WkRZeE1EQmxPVGhsWWpWak5HVmtNbUUxTXpZeU9UVXlOMlE1Tm1ZeVlqTQ==",
        "time": "2026-01-15T08:09:10Z",
        **case,
    }
    now = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")
    headers = {"Host": case.get("sdk_host", case["host"])}
    clock = SimpleNamespace(datetime=SimpleNamespace(utcnow=lambda: now))
    with overheard(signv4) as heard, replaced(signv4, datetime=clock):
        signv4.SignerV4.sign(
            "/", case["method"], headers, "", None, dict(case["query"]), case["id"], case["secret"],
            case["region"], case["service"], case.get("token"),
        )
    del headers["Host"]
    # The first digest is the body's, the second the canonical request's.
    canonical, string_to_sign = heard.sha256[1], heard.hmac[-1]
    return vector(
        case,
        f"volcenginesdk-core {version('volcenginesdk-core')} (of volcengine-python-sdk), SignerV4.sign",
        "v4",
        query=case["query"],
        canonical=canonical,
        string_to_sign=string_to_sign,
        signature=headers["Authorization"].rpartition("Signature=")[2],
        target=f"/?{canonical.split(chr(10))[2]}",
        headers=[[name.lower(), value] for name, value in headers.items()],
    )


def volcengine():
    """Yields all vectors of Volcengine."""
    for case in VOLCENGINE:
        yield case["name"], v4(case)


# --- Baidu AI Cloud --------------------------------------------------------------------------------------

JSON_TYPE = [["content-type", "application/json; charset=utf-8"]]
IMPORT_BODY = (
    '{"name":"keypair01","description":"some description",'
    '"publicKey":"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDexample user@host"}'
)
IMPORT = {
    "method": "PUT",
    "path": "/v2/keypair",
    "query": [["import", ""]],
    "headers": JSON_TYPE,
    "body": IMPORT_BODY,
}

BAIDU = [
    {**IMPORT, "name": "import", "note": "`host` and `x-bce-date` are signed; type and body are sent unsigned"},
    {
        **IMPORT,
        "name": "import-session-token",
        "note": "the token goes into `x-bce-security-token` and is signed; `+`, `/` and `=` are encoded",
        "token": "ZjkyZmQ2YmQxZTQ3NDcyNjk0ZTg1ZjYyYjlkZjNjODB8AAAAAJ0BAABaR+/tG7x==",
    },
    {
        **IMPORT,
        "name": "import-loopback-port",
        "note": "an unusual port stays in the signed host, its `:` encoded",
        "host": "127.0.0.1:18080",
    },
    {
        **IMPORT,
        "name": "import-ipv6-port",
        "note": "brackets and colons of an IPv6 address are encoded",
        "host": "[::1]:18080",
        "headers": [],
    },
    {
        **IMPORT,
        "name": "import-client-token",
        "note": "`clientToken` sorts before `import`, which stands first on the wire",
        "query": [["import", ""], ["clientToken", "be31b98c-5e41-4838-9830-9be700de5a20"]],
    },
    {
        "name": "list-unicode-name",
        "note": "Chinese, a blank and a slash in a value; pairs sort as they are encoded",
        "method": "GET",
        "path": "/v2/keypair",
        "query": [["name", "部署 密钥/v1.0"], ["maxKeys", "1000"], ["marker", "k-IyWRtII7"]],
    },
    {
        "name": "query-special-characters",
        "note": "whole encoded pairs sort: `a-b=2` before `a=1`, capitals first; `!*'()` are encoded, `~-_.` not",
        "method": "GET",
        "path": "/v2/keypair",
        "query": [
            ["a", "1"],
            ["a-b", "2"],
            ["A", "3"],
            ["b!*'()", "x y+z"],
            ["pct", "100%"],
            ["amp", "p=q&r=s"],
            ["til~de", "~-_."],
            ["empty", ""],
            ["novalue", ""],
            ["键", "值"],
        ],
    },
    {
        "name": "header-order-and-trim",
        "note": "lines sort with their values, `x-bce-a-b:` before `x-bce-a:`, names without; blanks around are cut",
        "method": "GET",
        "path": "/v2/keypair",
        "query": [],
        "host": "bcc.su.baidubce.com",
        "headers": [["accept", "*/*"], ["x-bce-a", "1"], ["x-bce-a-b", " two  words "]],
    },
    {
        "name": "detail",
        "note": "an id in the path, no query",
        "method": "GET",
        "path": "/v2/keypair/k-7U8ZiXP8",
        "query": [],
        "host": "bcc.hkg.baidubce.com",
    },
    {
        "name": "describe-regions",
        "note": "a host without a region",
        "method": "POST",
        "path": "/v2/region/describeRegions",
        "query": [],
        "host": "bcc.baidubce.com",
        "headers": JSON_TYPE,
        "body": "{}",
    },
]


def bce_sign(case, headers, signed):
    """Signs, and returns the prefix, the canonical request and the whole authorization."""
    unix = int(
        datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")
        .replace(tzinfo=datetime.timezone.utc)
        .timestamp()
    )
    with overheard(bce) as heard:
        authorization = bce.sign(
            BceCredentials(case["id"], case["secret"]),
            case["method"].encode(),
            case["path"].encode(),
            {name.encode(): value.encode() for name, value in headers},
            {name.encode(): value.encode() for name, value in case["query"]},
            unix,
            1800,
            [name.encode() for name in signed] if signed else None,
        )
    prefix, canonical = heard.hmac
    return prefix, canonical, authorization.decode()


def bce_v1(case):
    """Signs exactly `host` and `x-bce-*`."""
    case = {
        "host": "bcc.bj.baidubce.com",
        "id": "keyimportAKexample00000000000000",
        "secret": "keyimportSKexample/+=notARealSec",
        "time": "2026-01-02T03:04:05Z",
        **case,
    }
    sent = case.get("headers", []) + [["x-bce-date", case["time"]]]
    if case.get("token"):
        sent = sent + [["x-bce-security-token", case["token"]]]
    signed = sorted(["host"] + [name for name, _ in sent if name.startswith("x-bce-")])
    prefix, canonical, authorization = bce_sign(case, sent + [["Host", case["host"]]], signed)
    pairs = [
        b"=".join(bce_utils.normalize_string(text) for text in pair).decode() for pair in case["query"]
    ]
    expect(f"{case['name']}: the query", "&".join(sorted(pairs)), canonical.split("\n")[2])
    return vector(
        case,
        f"bce-python-sdk {version('bce-python-sdk')}, bce_v1_signer.sign",
        "bce",
        query=case["query"],
        canonical=canonical,
        string_to_sign=prefix,
        signature=authorization.rpartition("/")[2],
        target=f"{case['path']}?{'&'.join(pairs)}" if pairs else case["path"],
        headers=sent + [["authorization", authorization]],
    )


def check_published_by_baidu():
    """Compares the SDK with the one signature that Baidu prints together with its secret."""
    case = {
        "id": "a" * 32,
        "secret": "b" * 32,
        "time": "2015-04-27T08:23:49Z",
        "method": "PUT",
        "path": "/v1/test/myfolder/readme.txt",
        "query": [["partNumber", "9"], ["uploadId", "a44cc9bab11cbd156984767aad637851"]],
    }
    headers = [
        ["Host", "bj.bcebos.com"],
        ["Content-Type", "text/plain"],
        ["Content-Length", "8"],
        ["Content-MD5", "NFzcPqhviddjRNnSOGo4rw=="],
        ["x-bce-date", "2015-04-27T08:23:49Z"],
    ]
    _, _, authorization = bce_sign(case, headers, None)
    expect(
        f"the signature published by {BCE_PAGE}",
        authorization.rpartition("/")[2],
        "d74a04362e6a848f5b39b15421cb449427f419c95a480fd6b8cf9fc783e2999e",
    )


def baidu():
    """Yields all vectors of Baidu AI Cloud."""
    check_published_by_baidu()
    for case in BAIDU:
        yield case["name"], bce_v1(case)


# --- AWS -------------------------------------------------------------------------------------------------

ED25519_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG/bLZSFLKJg9JfE9Pv/7Q88ux0Iuu7KQxaFh8N1lzmU ci"


def ec2(action, *params):
    """Returns the form of an EC2 action."""
    return [["Action", action], ["Version", "2016-11-15"], *map(list, params)]


def material(line):
    return ("PublicKeyMaterial", base64.b64encode(line.encode()).decode())


AWS = [
    {
        "name": "doc-example-list-users",
        "note": "the worked example of the signing page, the only GET",
        "published": (SIGV4_PAGE, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
        "method": "GET",
        "host": "iam.amazonaws.com",
        "service": "iam",
        "time": "2015-08-30T12:36:00Z",
        "query": [["Action", "ListUsers"], ["Version", "2010-05-08"]],
    },
    {"name": "describe-regions", "note": "the smallest call", "form": ec2("DescribeRegions")},
    {
        "name": "import-rsa",
        "note": "the whole line in base64, which holds base64 itself",
        "form": ec2("ImportKeyPair", ("KeyName", "laptop-2026"), material(f"{RSA_2048} alice@example.com")),
    },
    {
        "name": "import-session-token",
        "note": "the token of temporary credentials goes into `x-amz-security-token` and is signed",
        "region": "eu-central-1",
        "token": "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+MADE/UP=&token~*ZZ==",
        "form": ec2("ImportKeyPair", ("KeyName", "ci"), material(ED25519_LINE)),
    },
    {
        "name": "import-tags-special-characters",
        "note": "every mark, Chinese and an empty value",
        "region": "ap-southeast-1",
        "form": ec2(
            "ImportKeyPair",
            ("KeyName", "a b+c/d=e&f*g~h'(i)!j@k#l%m:n?o"),
            material(RSA_2048),
            ("TagSpecification.1.ResourceType", "key-pair"),
            ("TagSpecification.1.Tag.1.Key", "env"),
            ("TagSpecification.1.Tag.1.Value", "ci & co = 100%"),
            ("TagSpecification.1.Tag.2.Key", "团队"),
            ("TagSpecification.1.Tag.2.Value", "平台 ✓"),
            ("TagSpecification.1.Tag.3.Key", "empty"),
            ("TagSpecification.1.Tag.3.Value", ""),
        ),
    },
    {
        "name": "describe-by-name",
        "note": "a filter with an escaped wildcard",
        "form": ec2(
            "DescribeKeyPairs",
            ("IncludePublicKey", "true"),
            ("Filter.1.Name", "key-name"),
            ("Filter.1.Value.1", "laptop 2026\\*"),
        ),
    },
    {
        "name": "describe-by-fingerprint",
        "note": "both forms of a fingerprint",
        "token": "IQoJb3JpZ2luX2VjEXAMPLE==",
        "form": ec2(
            "DescribeKeyPairs",
            ("IncludePublicKey", "true"),
            ("Filter.1.Name", "fingerprint"),
            ("Filter.1.Value.1", "2d:dd:0c:18:b7:a9:10:1d:9b:48:6f:92:66:dc:8d:80"),
            ("Filter.1.Value.2", "w6/SO4a8pBax4cPkz3MaSF2RzJQudwt6WBW8lXVp26k="),
        ),
    },
    {
        "name": "china",
        "note": "another partition",
        "host": "ec2.cn-northwest-1.amazonaws.com.cn",
        "region": "cn-northwest-1",
        "form": ec2("ImportKeyPair", ("KeyName", "ci"), material(ED25519_LINE)),
    },
    {
        "name": "european-sovereign-cloud",
        "note": "another partition",
        "host": "ec2.eusc-de-east-1.amazonaws.eu",
        "region": "eusc-de-east-1",
        "form": ec2("DescribeRegions"),
    },
    {
        "name": "host-with-other-port",
        "note": "the port stays in the signed host",
        "host": "127.0.0.1:5055",
        "form": ec2("ImportKeyPair", ("KeyName", "ci"), material(ED25519_LINE)),
    },
    {
        "name": "sts-assume-role",
        "note": "another service, host and version",
        "host": "sts.us-east-1.amazonaws.com",
        "service": "sts",
        "form": [
            ["Action", "AssumeRole"],
            ["Version", "2011-06-15"],
            ["RoleArn", "arn:aws:iam::123456789012:role/ci deploy"],
            ["RoleSessionName", "keyimport"],
            ["DurationSeconds", "3600"],
            ["ExternalId", "a/b=c"],
        ],
    },
]


class SigV4Listener(aws_auth.SigV4Auth):
    """Signs, and keeps what is signed."""

    def canonical_request(self, request):
        self.canonical = super().canonical_request(request)
        return self.canonical

    def string_to_sign(self, request, canonical_request):
        self.text = super().string_to_sign(request, canonical_request)
        return self.text


def sigv4(case):
    """Signs a form, written as botocore does."""
    region = case.get("region", "us-east-1")
    case = {
        "method": "POST",
        "host": f"ec2.{region}.amazonaws.com",
        "region": region,
        "service": "ec2",
        "id": "AKIDEXAMPLE",
        "secret": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "time": "2026-01-15T08:09:10Z",
        "headers": [["content-type", "application/x-www-form-urlencoded; charset=utf-8"]],
        "query": [],
        **case,
    }
    case = dict(case, body=urlencode([tuple(pair) for pair in case.get("form", [])]))
    now = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ")
    target = "&".join(f"{name}={value}" for name, value in case["query"])
    target = f"/?{target}" if target else "/"
    request = AWSRequest(
        case["method"], f"https://{case['host']}{target}", data=case["body"].encode(), headers=dict(case["headers"])
    )
    credentials = Credentials(case["id"], case["secret"], case.get("token"))
    signer = SigV4Listener(credentials, case["service"], case["region"])
    with replaced(aws_auth, get_current_datetime=lambda: now):
        signer.add_auth(request)
    return vector(
        case,
        f"botocore {version('botocore')}, auth.SigV4Auth",
        "sigv4",
        query=case["query"],
        canonical=signer.canonical,
        string_to_sign=signer.text,
        signature=request.headers["Authorization"].rpartition("Signature=")[2],
        target=target,
        headers=[[name.lower(), value] for name, value in request.headers.items()],
    )


def aws():
    """Yields all vectors of AWS."""
    for case in AWS:
        yield case["name"], sigv4(case)


# --- Tencent Cloud ---------------------------------------------------------------------------------------

KEY_PAIR = {
    "KeyName": "laptop_2026",
    "ProjectId": 0,
    "PublicKey": (
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDXrM26mt8mjEttGtYV/54+zKNZo9z7QaJaWdUvpLzrS4uxG/7o7tC7e2Ykob2GMHjt"
        "4SF5jSTQmPt/LZBPyX8s71/Aa4qmUnFliL82dCIgNH2YAQ1g58+Xz4KCx4Z+4N01pmMTgGMBjXIm0nOoQxfnZom1/ZDnHFYUKxgnisSc"
        "dhfERLKi195+VHOBfXb6YmZkIjukSSRQAbWasVFiRkg/jDM28NZa9pVPTGosRo8jYnqwUkp+OG2tqgoRTsZravKbcfydlOUvDVPD6SUJ"
        "8l8bxW3hVRoG69YP3/OANpzcmj2Fi8wZRk6XllyMWUhVrzAPDENGfONO+0T7gc/0+CNH alice@example.com"
    ),
}

TENCENT = [
    {
        "name": "doc-example-describe-instances",
        "note": "the worked example of the signature page; its secret ends in asterisks",
        "action": "DescribeInstances",
        "params": {"Limit": 1, "Filters": [{"Values": ["未命名"], "Name": "instance-name"}]},
        "spaced": True,
        "content_type": "application/json; charset=utf-8",
        "id": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        "secret": "Gu5t9xGARNpq86cd98joQYCN3*******",
        "time": "2019-02-25T16:44:25Z",
        "published": (TC3_PAGE, "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
    },
    {"name": "describe-regions", "note": "no parameters", "action": "DescribeRegions", "params": {}},
    {
        "name": "import",
        "note": "a key line with blanks, `+`, `/` and `=`",
        "action": "ImportKeyPair",
        "params": KEY_PAIR,
    },
    {
        "name": "import-spaced",
        "note": "the same with the spaces of the SDK's own JSON: the bytes of the body are what is signed",
        "action": "ImportKeyPair",
        "params": KEY_PAIR,
        "spaced": True,
    },
    {
        "name": "import-session-token",
        "note": "the token of a temporary key is sent and not signed",
        "action": "ImportKeyPair",
        "params": KEY_PAIR,
        "token": "3ywXlGdqC8Mx/EXAMPLE+MADE=UP&TOKEN~*0a1b2c3d4e5f==",
    },
    {
        "name": "import-tags-unicode",
        "note": "tags in Chinese, with quotes, a backslash, a control character and an emoji",
        "action": "ImportKeyPair",
        "region": "ap-singapore",
        "params": {
            **KEY_PAIR,
            "TagSpecification": [
                {
                    "ResourceType": "keypair",
                    "Tags": [
                        {"Key": "团队", "Value": '平台 "a\\b" / <x> & ✓😀'},
                        {"Key": "env", "Value": "ci+cd=100%"},
                    ],
                }
            ],
        },
    },
    {
        "name": "describe-by-name",
        "note": "a filter",
        "action": "DescribeKeyPairs",
        "params": {"Filters": [{"Name": "key-name", "Values": ["laptop_2026"]}], "Limit": 100, "Offset": 0},
    },
    {
        "name": "describe-second-page",
        "note": "a session token and another region, which is no part of the scope",
        "action": "DescribeKeyPairs",
        "region": "na-siliconvalley",
        "params": {"Limit": 100, "Offset": 100},
        "token": "3ywXlGdqC8Mx/EXAMPLE+MADE=UP&TOKEN~*0a1b2c3d4e5f==",
    },
    {
        "name": "import-international-host",
        "note": "the host of accounts of tencentcloud.com",
        "action": "ImportKeyPair",
        "region": "ap-singapore",
        "host": "cvm.intl.tencentcloudapi.com",
        "params": KEY_PAIR,
    },
    {
        "name": "describe-regional-host",
        "note": "a region for finance has a host of its own",
        "action": "DescribeKeyPairs",
        "region": "ap-shanghai-fsi",
        "host": "cvm.ap-shanghai-fsi.tencentcloudapi.com",
        "params": {"Limit": 1},
    },
    {
        "name": "import-loopback-port",
        "note": "an unusual port stays in the signed host",
        "action": "ImportKeyPair",
        "host": "127.0.0.1:18080",
        "params": KEY_PAIR,
    },
    {
        "name": "sts-assume-role",
        "note": "another service, host and version",
        "service": "sts",
        "host": "sts.tencentcloudapi.com",
        "version": "2018-08-13",
        "action": "AssumeRole",
        "params": {
            "RoleArn": "qcs::cam::uin/12345678:roleName/ci",
            "RoleSessionName": "keyimport",
            "DurationSeconds": 7200,
        },
    },
    {
        "name": "describe-last-second",
        "note": "the last second of a month",
        "action": "DescribeKeyPairs",
        "params": {"KeyIds": ["skey-4e5ty7i8"]},
        "time": "2026-02-28T23:59:59Z",
    },
]


def tc3(case):
    """Signs as the SDK's client does, whose request is not sent. Two of its headers name the SDK and are left out."""
    case = {
        "method": "POST",
        "host": "cvm.tencentcloudapi.com",
        "region": "ap-guangzhou",
        "service": "cvm",
        "version": "2017-03-12",
        "content_type": "application/json",
        "id": "AKIDEXAMPLEz8krbsJ5yKBZQpn74WFkmLPx3",
        "secret": "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "time": "2026-01-15T08:09:10Z",
        **case,
    }
    now = datetime.datetime.strptime(case["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    client = CommonClient(
        case["service"],
        case["version"],
        Credential(case["id"], case["secret"], case.get("token")),
        case["region"],
        ClientProfile(httpProfile=HttpProfile(endpoint=case["host"]), language="en-US"),
    )
    sent = []

    def send_request(_, request):
        sent.append(request)
        return SimpleNamespace(status_code=200, headers={}, content=b'{"Response":{}}')

    def dumps(value):
        if case.get("spaced"):
            return json.dumps(value)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def sha256(data):
        hashed.append(bytes(data).decode())
        return hashlib.sha256(data)

    hashed = []
    with (
        overheard(tc3_sign) as heard,
        replaced(tc3_client.ApiRequest, send_request=send_request),
        replaced(
            tc3_client,
            time=SimpleNamespace(time=now.timestamp),
            json=SimpleNamespace(dumps=dumps, loads=json.loads),
            hashlib=SimpleNamespace(sha256=sha256),
            _json_content=case["content_type"],
        ),
    ):
        client.call(case["action"], case["params"])
    [request] = sent
    expect(f"{case['name']}: the host", request.header.pop("Host"), case["host"])
    headers = {
        name.lower(): value
        for name, value in request.header.items()
        if name not in ("X-TC-RequestClient", "X-TC-TraceId")
    }
    added = ["authorization", "x-tc-timestamp", "x-tc-token"]
    case["headers"] = [[name, value] for name, value in headers.items() if name not in added]
    case["body"] = request.data
    return vector(
        case,
        f"tencentcloud-sdk-python-common {version('tencentcloud-sdk-python-common')}, CommonClient.call",
        "tc3",
        query=[],
        canonical=hashed[-1],
        string_to_sign=heard.hmac[-1],
        signature=headers["authorization"].rpartition("Signature=")[2],
        target="/",
        headers=[[name, value] for name, value in headers.items()],
    )


def tencent():
    """Yields all vectors of Tencent Cloud."""
    for case in TENCENT:
        yield case["name"], tc3(case)


# --- Files -----------------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    wrong = []
    for cloud in (aliyun, volcengine, baidu, aws, tencent):
        folder = DATA / cloud.__name__ / "sign"
        vectors = {
            folder / f"{name}.json": json.dumps(made, ensure_ascii=False, indent=1) + "\n"
            for name, made in cloud()
        }
        for path, text in vectors.items():
            if not check:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"{path}: differs from what the SDK says")
        wrong += [f"{path}: not made here" for path in sorted(folder.glob("*.json")) if path not in vectors]
        print(f"{cloud.__name__}: {len(vectors)} vectors")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
