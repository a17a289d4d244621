#!/usr/bin/env python3
"""Compares where keyimport finds a credential with where the vendors' own libraries find it.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python compare.py                  checks what the vendors' libraries find
    venv/bin/python compare.py PATH/keyimport   checks keyimport against the same scenarios

Each scenario is a home directory and an environment. A library is asked in a process of its own, since it
reads the environment when it is loaded; its token services are replaced by a double that tells, by the id
it hands out, which role was taken. keyimport is asked with `-v`, which names source and shortened id, and
with an endpoint on which nobody listens. Nothing leaves this machine: instance roles are switched off, and
a scenario in which keyimport would exchange something is checked for the library alone. AWS's variables
move its services, so both are asked there, and the services of this script hand out ids that tell who
asked for which role.

A scenario expects one identity of both. The ids differ in their last three letters, which is what the
shortened form shows. Where keyimport differs on purpose, `ours` and `why` say so. `None`
is no identity: nothing found, or an error.
"""

import dataclasses
import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

SAME = object()
NOT_ASKED = object()
FUTURE = int(time.time()) + 3600
PAST = int(time.time()) - 3600


@dataclasses.dataclass
class Scenario:
    cloud: str
    name: str
    theirs: str | None
    files: dict = dataclasses.field(default_factory=dict)
    env: dict = dataclasses.field(default_factory=dict)
    ours: object = SAME
    why: str = ""
    profile: str | None = None  # as `--profile` names it
    tool: str = ""


def aliyun_key(name, **more):
    key = {"name": name, "mode": "AK", "access_key_id": f"LTAI-file-{name}-f{name[:2]}", "access_key_secret": "s"}
    return key | more


def aliyun_file(*profiles, current="default"):
    return {".aliyun/config.json": json.dumps({"current": current, "profiles": list(profiles)})}


def volcengine_key(name, **more):
    return {"name": name, "mode": "ak", "access-key": f"AKLT-file-{name}-f{name[:2]}", "secret-key": "s"} | more


def volcengine_file(*profiles, current="default", **more):
    profiles = {profile["name"]: profile for profile in profiles}
    return {".volcengine/config.json": json.dumps({"current": current, "profiles": profiles} | more)}


def tccli_file(profile="default", **fields):
    """The files of a profile; the command-line tool wants both."""
    configure = {"_sys_param": {"region": "ap-tokyo", "output": "json", "language": "en-US"},
                 "cvm": {"version": "2017-03-12", "endpoint": "cvm.tencentcloudapi.com"}}
    return {f".tccli/{profile}.credential": json.dumps(fields), f".tccli/{profile}.configure": json.dumps(configure)}


def tccli_key(name="file", **more):
    return {"secretId": f"AKID-{name}-f{name[:2]}", "secretKey": "s"} | more


A_ENV = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI-environment", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s"}
A_OIDC = {
    "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/oidc",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/p",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "{home}/token",
}
A_INI = {
    ".alibabacloud/credentials.ini": "[default]\ntype = access_key\naccess_key_id = LTAI-ini-default-ide # id\n"
    "access_key_secret = s\n[ci]\ntype = access_key\naccess_key_id = LTAI-ini-ci-ici\naccess_key_secret = s\n"
}
V_ENV = {"VOLCENGINE_ACCESS_KEY": "AKLT-environment", "VOLCENGINE_SECRET_KEY": "s"}
V_OIDC = {
    "VOLCENGINE_OIDC_ROLE_TRN": "trn:iam::21:role/oidc",
    "VOLCENGINE_OIDC_TOKEN_FILE": "{home}/token",
}
W_ENV = {"AWS_ACCESS_KEY_ID": "AKIA-environment", "AWS_SECRET_ACCESS_KEY": "s"}
W_STS = {"AWS_ENDPOINT_URL_STS": "{services}", "AWS_DEFAULT_REGION": "us-east-1"}
W_SSO = W_STS | {"AWS_ENDPOINT_URL_SSO": "{services}"}
W_WEB = W_STS | {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/web"}
W_MACHINE = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{services}"}
W_CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{services}/container"}


def aws_key(name):
    return f"aws_access_key_id = AKIA-file-{name}-k{name[:2]}\naws_secret_access_key = s\n"


def aws_files(config="", credentials=""):
    files = {".aws/config": config, ".aws/credentials": credentials}
    return {name: text for name, text in files.items() if text}


def aws_role(name, source):
    return f"role_arn = arn:aws:iam::1:role/{name}\n{source}\n"


def role(caller, *names):
    """Returns the id that the token service hands out when roles are assumed one after another."""
    for name in names:
        whole = f"{caller}+{name}"
        caller = f"{whole}#{hashlib.sha1(whole.encode()).hexdigest()[:3]}"
    return caller


def aws_sso(token_expires, session="corp"):
    cache = {"accessToken": "token", "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(token_expires)),
             "startUrl": "https://corp.example", "region": "us-east-1"}
    return {f".aws/sso/cache/{hashlib.sha1(session.encode()).hexdigest()}.json": json.dumps(cache)}


def aws_login(expires):
    token = {"accessKeyId": "ASIA-login", "secretAccessKey": "s", "sessionToken": "t", "accountId": "1",
             "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires))}
    cache = {"accessToken": token, "refreshToken": "r", "dpopKey": "k", "clientId": "c"}
    return {f".aws/login/cache/{hashlib.sha256(b'me').hexdigest()}.json": json.dumps(cache)}


def aws_process(**output):
    return f"credential_process = printf '{json.dumps(output)}'\n"


SSO_PROFILE = "sso_session = corp\nsso_account_id = 1\nsso_role_name = deploy\n"
SSO_SESSION = "[sso-session corp]\nsso_start_url = https://corp.example\nsso_region = us-east-1\n"
PROGRAM = {"Version": 1, "AccessKeyId": "AKIA-program", "SecretAccessKey": "s"}
T_ENV = {"TENCENTCLOUD_SECRET_ID": "AKID-environment", "TENCENTCLOUD_SECRET_KEY": "s"}
T_ROLE = {"TENCENTCLOUD_ROLE_ARN": "qcs::cam::uin/1:roleName/env", "TENCENTCLOUD_ROLE_SESSION_NAME": "me"}
T_TKE = {
    "TKE_REGION": "ap-tokyo",
    "TKE_PROVIDER_ID": "cluster",
    "TKE_ROLE_ARN": "qcs::cam::uin/1:roleName/pod",
    "TKE_WEB_IDENTITY_TOKEN_FILE": "{home}/token",
}
T_INI = {".tencentcloud/credentials": "[default]\nsecret_id = AKID-sdk-ini-sin\nsecret_key = s\n"}
NO_SESSION = "a role that is named is meant, also without a name for the session"
BROKEN = "a place that is set and broken ends the search: the next one may be another identity"
FILE_FIRST = "the file comes before OIDC: what a person set up counts before what a platform injects"
SPELLING = "the command-line tool or the Terraform provider reads it"

SCENARIOS = [
    Scenario("aliyun", "environment", "LTAI-environment", env=A_ENV),
    Scenario("aliyun", "environment with token", "LTAI-environment", env=A_ENV | {"ALIBABA_CLOUD_SECURITY_TOKEN": "t"}),
    Scenario("aliyun", "environment before file", "LTAI-environment", aliyun_file(aliyun_key("default")), A_ENV),
    Scenario("aliyun", "environment before OIDC", "LTAI-environment", {"token": "eyJ"}, A_ENV | A_OIDC),
    Scenario("aliyun", "empty variables", "LTAI-file-default-fde", aliyun_file(aliyun_key("default")),
             dict.fromkeys(A_ENV, "")),
    Scenario("aliyun", "half a pair in the environment", "LTAI-file-default-fde", aliyun_file(aliyun_key("default")),
             {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI-environment"}, ours=None, why=BROKEN),
    Scenario("aliyun", "older spelling", None, env={"ALICLOUD_ACCESS_KEY": "LTAI-terraform", "ALICLOUD_SECRET_KEY": "s"},
             ours="LTAI-terraform", why=SPELLING),
    Scenario("aliyun", "current profile", "LTAI-file-ci-fci",
             aliyun_file(aliyun_key("default"), aliyun_key("ci"), current="ci")),
    Scenario("aliyun", "profile by variable", "LTAI-file-ci-fci", aliyun_file(aliyun_key("default"), aliyun_key("ci")),
             {"ALIBABA_CLOUD_PROFILE": "ci"}),
    Scenario("aliyun", "profile by the tool's variable", "LTAI-file-default-fde",
             aliyun_file(aliyun_key("default"), aliyun_key("ci")), {"ALIBABACLOUD_PROFILE": "ci"},
             ours="LTAI-file-ci-fci", why=SPELLING),
    Scenario("aliyun", "profile by variable that is not there", None, aliyun_file(aliyun_key("default")),
             {"ALIBABA_CLOUD_PROFILE": "gone"}),
    Scenario("aliyun", "StsToken", "LTAI-file-default-fde",
             aliyun_file(aliyun_key("default", mode="StsToken", sts_token="t"))),
    Scenario("aliyun", "StsToken without token", None, aliyun_file(aliyun_key("default", mode="StsToken"))),
    Scenario("aliyun", "External", "LTAI-program",
             aliyun_file({"name": "default", "mode": "External",
                          "process_command": """printf '{"mode": "AK", "access_key_id": "LTAI-program", "access_key_secret": "s"}'"""})),
    Scenario("aliyun", "External that fails", None,
             aliyun_file({"name": "default", "mode": "External", "process_command": "false"})),
    Scenario("aliyun", "OAuth with a credential that lasts", "LTAI-file-default-fde",
             aliyun_file(aliyun_key("default", mode="OAuth", sts_token="t", sts_expiration=FUTURE, oauth_site_type="CN",
                                    oauth_access_token="a", oauth_refresh_token="r", oauth_access_token_expire=FUTURE))),
    Scenario("aliyun", "CloudSSO with a credential that lasts", None,
             aliyun_file(aliyun_key("default", mode="CloudSSO", sts_token="t", sts_expiration=FUTURE)),
             ours="LTAI-file-default-fde", why="the command-line tool uses what its login left; the library logs in anew"),
    Scenario("aliyun", "CloudSSO with a credential that is over", None,
             aliyun_file(aliyun_key("default", mode="CloudSSO", sts_token="t", sts_expiration=PAST))),
    Scenario("aliyun", "RamRoleArn", "acs:ram::1:role/r",
             aliyun_file(aliyun_key("default", mode="RamRoleArn", ram_role_arn="acs:ram::1:role/r")), ours=NOT_ASKED),
    Scenario("aliyun", "ChainableRamRoleArn", "acs:ram::1:role/top",
             aliyun_file({"name": "default", "mode": "ChainableRamRoleArn", "source_profile": "key",
                          "ram_role_arn": "acs:ram::1:role/top"}, aliyun_key("key")), ours=NOT_ASKED),
    Scenario("aliyun", "OIDC", "acs:ram::1:role/oidc", {"token": "eyJ"}, A_OIDC, ours=NOT_ASKED),
    Scenario("aliyun", "OIDC or file", "acs:ram::1:role/oidc", {"token": "eyJ"} | aliyun_file(aliyun_key("default")),
             A_OIDC, ours="LTAI-file-default-fde", why=FILE_FIRST),
    Scenario("aliyun", "unsupported mode", None, aliyun_file(aliyun_key("default", mode="Anonymous"))),
    Scenario("aliyun", "broken file before ini", "LTAI-ini-default-ide", A_INI | {".aliyun/config.json": "{"},
             ours=None, why=BROKEN),
    Scenario("aliyun", "file before ini", "LTAI-file-default-fde", A_INI | aliyun_file(aliyun_key("default"))),
    Scenario("aliyun", "ini", "LTAI-ini-default-ide", A_INI),
    Scenario("aliyun", "ini, section by variable", "LTAI-ini-ci-ici", A_INI, {"ALIBABA_CLOUD_PROFILE": "ci"}),
    Scenario("aliyun", "ini by variable", "LTAI-ini-default-ide", {"x.ini": A_INI[".alibabacloud/credentials.ini"]},
             {"ALIBABA_CLOUD_CREDENTIALS_FILE": "{home}/x.ini"}),
    Scenario("aliyun", "file switched off", "LTAI-ini-default-ide", A_INI | aliyun_file(aliyun_key("default")),
             {"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"}),
    Scenario("aliyun", "empty profile before ini", "LTAI-ini-default-ide",
             A_INI | aliyun_file(aliyun_key("default", access_key_id="", access_key_secret=""))),
    Scenario("aliyun", "credentials URI", "LTAI-from-uri", env={"ALIBABA_CLOUD_CREDENTIALS_URI": "{uri}"}),
    Scenario("aliyun", "nothing", None),

    Scenario("volcengine", "environment", "AKLT-environment", env=V_ENV),
    Scenario("volcengine", "environment before file", "AKLT-environment", volcengine_file(volcengine_key("default")), V_ENV),
    Scenario("volcengine", "environment before OIDC", "AKLT-environment", {"token": "eyJ"}, V_ENV | V_OIDC),
    Scenario("volcengine", "half a pair in the environment", "AKLT-file-default-fde",
             volcengine_file(volcengine_key("default")), {"VOLCENGINE_SECRET_KEY": "s"}, ours=None, why=BROKEN),
    Scenario("volcengine", "older spelling", None, env={"VOLCSTACK_ACCESS_KEY": "AKLT-stack", "VOLCSTACK_SECRET_KEY": "s"},
             ours="AKLT-stack", why=SPELLING),
    Scenario("volcengine", "current profile", "AKLT-file-ci-fci",
             volcengine_file(volcengine_key("default"), volcengine_key("ci"), current="ci")),
    Scenario("volcengine", "no current profile", "AKLT-file-default-fde", volcengine_file(volcengine_key("default"), current="")),
    Scenario("volcengine", "profile by variable", "AKLT-file-ci-fci",
             volcengine_file(volcengine_key("default"), volcengine_key("ci")), {"VOLCENGINE_PROFILE": "ci"}),
    Scenario("volcengine", "profile by variable that is not there", None, volcengine_file(volcengine_key("default")),
             {"VOLCENGINE_PROFILE": "gone"}),
    Scenario("volcengine", "file by variable", "AKLT-file-default-fde",
             {"ve.json": volcengine_file(volcengine_key("default"))[".volcengine/config.json"]},
             {"VOLCENGINE_CLI_CONFIG_FILE": "{home}/ve.json"}),
    Scenario("volcengine", "profile without mode", "AKLT-file-default-fde", volcengine_file(volcengine_key("default", mode=""))),
    Scenario("volcengine", "half a pair in the file", None, volcengine_file(volcengine_key("default") | {"secret-key": ""})),
    Scenario("volcengine", "RamRoleArn", "trn:iam::21:role/r",
             volcengine_file(volcengine_key("default", mode="RamRoleArn") | {"role-name": "r", "account-id": "21"}),
             ours=NOT_ASKED),
    Scenario("volcengine", "OIDC in the file", "trn:iam::21:role/r",
             {"token": "eyJ"} | volcengine_file({"name": "default", "mode": "oidc", "role-trn": "trn:iam::21:role/r",
                                                 "oidc-token-file": "{home}/token"}), ours=NOT_ASKED),
    Scenario("volcengine", "OIDC", "trn:iam::21:role/oidc", {"token": "eyJ"}, V_OIDC, ours=NOT_ASKED),
    Scenario("volcengine", "OIDC or file", "trn:iam::21:role/oidc",
             {"token": "eyJ"} | volcengine_file(volcengine_key("default")), V_OIDC,
             ours="AKLT-file-default-fde", why=FILE_FIRST),
    Scenario("volcengine", "sso with a credential that lasts", "AKLT-file-default-fde",
             volcengine_file(volcengine_key("default", mode="sso")
                             | {"session-token": "t", "sts-expiration": FUTURE * 1000, "sso-session-name": "x",
                                "account-id": "21", "role-name": "r"},
                             **{"sso-session": {"x": {"start-url": "https://x"}}})),
    Scenario("volcengine", "sso with a credential that is over", None,
             volcengine_file(volcengine_key("default", mode="sso")
                             | {"session-token": "t", "sts-expiration": PAST, "sso-session-name": "x",
                                "account-id": "21", "role-name": "r"},
                             **{"sso-session": {"x": {"start-url": "https://x"}}})),
    Scenario("volcengine", "console login that lasts", "AKLT-login",
             volcengine_file({"name": "default", "mode": "console-login", "login-session": "me"})
             | {f".volcengine/login/cache/{hashlib.sha1(b'me').hexdigest()}.json": json.dumps({
                 "access_token": json.dumps({"access_key_id": "AKLT-login", "secret_access_key": "s", "session_token": "t"}),
                 "issued_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "expires_in": 3600})}),
    Scenario("volcengine", "console login that is over", None,
             volcengine_file({"name": "default", "mode": "console-login", "login-session": "me"})
             | {f".volcengine/login/cache/{hashlib.sha1(b'me').hexdigest()}.json": json.dumps({
                 "access_token": {"access_key_id": "AKLT-login", "secret_access_key": "s", "session_token": "t"},
                 "issued_at": "2020-01-01T00:00:00Z", "expires_in": 3600})}),
    Scenario("volcengine", "unsupported mode", None, volcengine_file(volcengine_key("default", mode="saml"))),
    Scenario("volcengine", "broken file", None, {".volcengine/config.json": "{"}),
    Scenario("volcengine", "file of the first SDK", None,
             {".volc/credentials": "[default]\naccess_key_id = AKLT-first\nsecret_access_key = s\n"},
             ours="AKLT-first", why="the first SDK reads it"),
    Scenario("volcengine", "nothing", None),

    Scenario("aws", "environment", "AKIA-environment", env=W_ENV),
    Scenario("aws", "environment before file", "AKIA-environment", aws_files(f"[default]\n{aws_key('default')}"), W_ENV),
    Scenario("aws", "environment before a profile by variable", "AKIA-environment",
             aws_files(f"[profile ci]\n{aws_key('ci')}"), W_ENV | {"AWS_PROFILE": "ci"}),
    Scenario("aws", "profile by flag before environment", "AKIA-file-ci-kci",
             aws_files(f"[profile ci]\n{aws_key('ci')}"), W_ENV, profile="ci"),
    Scenario("aws", "half a pair in the environment", None, aws_files(f"[default]\n{aws_key('default')}"),
             {"AWS_ACCESS_KEY_ID": "AKIA-environment"}),
    Scenario("aws", "the other half alone", "AKIA-file-default-kde", aws_files(f"[default]\n{aws_key('default')}"),
             {"AWS_SECRET_ACCESS_KEY": "s"}, ours=None, why=BROKEN),
    Scenario("aws", "empty variables", "AKIA-file-default-kde", aws_files(f"[default]\n{aws_key('default')}"),
             dict.fromkeys(W_ENV, "")),
    Scenario("aws", "credentials file", "AKIA-file-default-kde", aws_files("", f"[default]\n{aws_key('default')}")),
    Scenario("aws", "config file", "AKIA-file-default-kde", aws_files(f"[default]\n{aws_key('default')}")),
    Scenario("aws", "config file, [profile default]", "AKIA-file-default-kde",
             aws_files(f"[profile default]\n{aws_key('default')}")),
    Scenario("aws", "config file, section without the word profile", None, aws_files(f"[ci]\n{aws_key('ci')}"),
             {"AWS_PROFILE": "ci"}),
    Scenario("aws", "a name with a blank", "AKIA-file-ci-kci", aws_files(f'[profile "my ci"]\n{aws_key("ci")}'),
             {"AWS_PROFILE": "my ci"}),
    Scenario("aws", "key in both files", "AKIA-file-creds-kcr",
             aws_files(f"[default]\n{aws_key('default')}", f"[default]\n{aws_key('creds')}")),
    Scenario("aws", "halves in two files", None,
             aws_files("[default]\naws_secret_access_key = s\n", "[default]\naws_access_key_id = AKIA-half\n")),
    Scenario("aws", "half a pair in the file", None, aws_files("", "[default]\naws_access_key_id = AKIA-half\n")),
    Scenario("aws", "a block below a key", "AKIA-file-default-kde",
             aws_files(f"[default]\n{aws_key('default')}s3 =\n  aws_access_key_id = AKIA-in-a-block\n")),
    Scenario("aws", "profile by AWS_PROFILE", "AKIA-file-ci-kci",
             aws_files(f"[default]\n{aws_key('default')}[profile ci]\n{aws_key('ci')}"), {"AWS_PROFILE": "ci"}),
    Scenario("aws", "profile by AWS_DEFAULT_PROFILE", "AKIA-file-ci-kci",
             aws_files(f"[default]\n{aws_key('default')}[profile ci]\n{aws_key('ci')}"), {"AWS_DEFAULT_PROFILE": "ci"}),
    Scenario("aws", "profile by both variables", "AKIA-file-ci-kci",
             aws_files(f"[profile me]\n{aws_key('me')}[profile ci]\n{aws_key('ci')}"),
             {"AWS_DEFAULT_PROFILE": "ci", "AWS_PROFILE": "me"}, ours="AKIA-file-me-kme",
             why="version 2 of the command-line tool reads AWS_PROFILE first"),
    Scenario("aws", "profile by variable that is not there", None, aws_files(f"[default]\n{aws_key('default')}"),
             {"AWS_PROFILE": "gone"}),
    Scenario("aws", "profile by flag that is not there", None, aws_files(f"[default]\n{aws_key('default')}"), W_ENV,
             profile="gone"),
    Scenario("aws", "files by variables", "AKIA-file-x-kx",
             {"c": "[default]\nregion = us-east-1\n", "k": f"[default]\n{aws_key('x')}"},
             {"AWS_CONFIG_FILE": "{home}/c", "AWS_SHARED_CREDENTIALS_FILE": "~/k"}),
    Scenario("aws", "file by variable that is not there", "AKIA-file-default-kde",
             aws_files(f"[default]\n{aws_key('default')}"), {"AWS_SHARED_CREDENTIALS_FILE": "{home}/gone"},
             ours=None, why=BROKEN),
    Scenario("aws", "file by variable that is the null device", "AKIA-file-default-kde",
             aws_files(f"[default]\n{aws_key('default')}"), {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}),
    Scenario("aws", "broken file", None, aws_files("no section\n", f"[default]\n{aws_key('default')}")),
    Scenario("aws", "program", "AKIA-program", aws_files(f"[default]\n{aws_process(**PROGRAM)}")),
    Scenario("aws", "program of another version", None, aws_files(f"[default]\n{aws_process(**PROGRAM | {'Version': 2})}")),
    Scenario("aws", "program that fails", None, aws_files("[default]\ncredential_process = false\n")),
    Scenario("aws", "key in the credentials file before program", "AKIA-file-default-kde",
             aws_files(f"[default]\n{aws_process(**PROGRAM)}", f"[default]\n{aws_key('default')}")),
    Scenario("aws", "program before key in the config file", "AKIA-program",
             aws_files(f"[default]\n{aws_process(**PROGRAM)}{aws_key('default')}")),
    Scenario("aws", "role", role("AKIA-file-key-kke", "r"),
             aws_files(f"[default]\n{aws_role('r', 'source_profile = key')}[profile key]\n{aws_key('key')}"), W_STS),
    Scenario("aws", "role, source in the credentials file", role("AKIA-file-key-kke", "r"),
             aws_files(f"[default]\n{aws_role('r', 'source_profile = key')}", f"[key]\n{aws_key('key')}"), W_STS),
    Scenario("aws", "role of a role", role("AKIA-file-key-kke", "near", "far"),
             aws_files(f"[default]\n{aws_role('far', 'source_profile = near')}"
                       f"[profile near]\n{aws_role('near', 'source_profile = key')}[profile key]\n{aws_key('key')}"), W_STS),
    Scenario("aws", "role with its own key", role("AKIA-file-own-kow", "r"),
             aws_files(f"[default]\n{aws_role('r', 'source_profile = default')}{aws_key('own')}"), W_STS),
    Scenario("aws", "role whose source holds key and role", role("AKIA-file-own-kow", "top"),
             aws_files(f"[default]\n{aws_role('top', 'source_profile = own')}"
                       f"[profile own]\n{aws_role('r', 'source_profile = own')}{aws_key('own')}"), W_STS),
    Scenario("aws", "role before key", None,
             aws_files(f"[default]\n{aws_role('r', '')}{aws_key('own')}"), W_STS),
    Scenario("aws", "role with its own name and no key", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = default')}"), W_STS),
    Scenario("aws", "roles in a circle", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = a')}[profile a]\n{aws_role('a', 'source_profile = default')}"),
             W_STS),
    Scenario("aws", "role with two sources", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = a')}credential_source = Environment\n[profile a]\n{aws_key('a')}"),
             W_STS),
    Scenario("aws", "role of a profile that is not there", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = gone')}"), W_STS),
    Scenario("aws", "role of a profile without a credential", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = a')}[profile a]\nregion = us-east-1\n"), W_STS),
    Scenario("aws", "role by program", role("AKIA-program", "r"),
             aws_files(f"[default]\n{aws_role('r', 'source_profile = a')}[profile a]\n{aws_process(**PROGRAM)}"), W_STS),
    Scenario("aws", "role by environment", role("AKIA-environment", "r"),
             aws_files(f"[profile ci]\n{aws_role('r', 'credential_source = Environment')}"), W_STS | W_ENV, profile="ci"),
    Scenario("aws", "role by container", role("ASIA-container", "r"),
             aws_files(f"[default]\n{aws_role('r', 'credential_source = EcsContainer')}"), W_STS | W_CONTAINER),
    Scenario("aws", "role by machine", role("ASIA-machine", "r"),
             aws_files(f"[default]\n{aws_role('r', 'credential_source = Ec2InstanceMetadata')}"), W_STS | W_MACHINE),
    Scenario("aws", "role by an unknown place", None,
             aws_files(f"[default]\n{aws_role('r', 'credential_source = Machine')}"), W_STS),
    Scenario("aws", "role with a code of a device", None,
             aws_files(f"[default]\n{aws_role('r', 'source_profile = default')}{aws_key('own')}mfa_serial = arn:mfa\n"), W_STS),
    Scenario("aws", "web identity", role("web", "web"), {"token": "a.b.c"}, W_WEB),
    Scenario("aws", "web identity without a role", None, {"token": "a.b.c"}, W_WEB | {"AWS_ROLE_ARN": ""}),
    Scenario("aws", "web identity without its file", None, env=W_WEB),
    Scenario("aws", "web identity of a profile", role("web", "r"),
             {"token": "a.b.c"} | aws_files(f"[default]\n{aws_role('r', 'web_identity_token_file = {home}/token')}"), W_STS),
    Scenario("aws", "web identity or role of a profile", role("AKIA-file-own-kow", "r"),
             {"token": "a.b.c"} | aws_files(f"[default]\n{aws_role('r', 'source_profile = default')}{aws_key('own')}"), W_WEB),
    Scenario("aws", "web identity or key of a profile", role("web", "web"),
             {"token": "a.b.c"} | aws_files("", f"[default]\n{aws_key('default')}"), W_WEB,
             ours="AKIA-file-default-kde", why=FILE_FIRST),
    Scenario("aws", "login of a session", "ASIA-deploy", aws_files(f"[default]\n{SSO_PROFILE}{SSO_SESSION}") | aws_sso(FUTURE),
             W_SSO, ours=NOT_ASKED),
    Scenario("aws", "login as older versions write it", "ASIA-deploy",
             aws_files("[default]\nsso_account_id = 1\nsso_role_name = deploy\nsso_start_url = https://corp.example\n"
                       "sso_region = us-east-1\n") | aws_sso(FUTURE, "https://corp.example"), W_SSO, ours=NOT_ASKED),
    Scenario("aws", "login before key", None,
             aws_files(f"[default]\n{SSO_PROFILE}{aws_key('default')}{SSO_SESSION}") | aws_sso(PAST), W_SSO),
    Scenario("aws", "login that is over", None, aws_files(f"[default]\n{SSO_PROFILE}{SSO_SESSION}") | aws_sso(PAST), W_SSO),
    Scenario("aws", "login that never was", None, aws_files(f"[default]\n{SSO_PROFILE}{SSO_SESSION}"), W_SSO),
    Scenario("aws", "login without its session", None, aws_files(f"[default]\n{SSO_PROFILE}"), W_SSO),
    Scenario("aws", "login without an account", None,
             aws_files(f"[default]\n{SSO_PROFILE.replace('sso_account_id = 1', '')}{SSO_SESSION}") | aws_sso(FUTURE), W_SSO),
    Scenario("aws", "login of a session that differs", None,
             aws_files(f"[default]\n{SSO_PROFILE}sso_region = eu-west-1\n{SSO_SESSION}") | aws_sso(FUTURE), W_SSO),
    Scenario("aws", "session without account and role", "AKIA-file-default-kde",
             aws_files(f"[default]\nsso_session = corp\n{aws_key('default')}{SSO_SESSION}"), W_SSO),
    Scenario("aws", "console login", "ASIA-login", aws_files("[default]\nlogin_session = me\n") | aws_login(FUTURE)),
    Scenario("aws", "console login that is over", None, aws_files("[default]\nlogin_session = me\n") | aws_login(PAST)),
    Scenario("aws", "console login that never was", None, aws_files("[default]\nlogin_session = me\n")),
    Scenario("aws", "console login before program", "ASIA-login",
             aws_files(f"[default]\nlogin_session = me\n{aws_process(**PROGRAM)}") | aws_login(FUTURE)),
    Scenario("aws", "container", "ASIA-container", env=W_CONTAINER),
    Scenario("aws", "container after file", "AKIA-file-default-kde", aws_files("", f"[default]\n{aws_key('default')}"), W_CONTAINER),
    Scenario("aws", "container with a token", "ASIA-container", {"t": "secret"},
             {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{services}/guarded", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong",
              "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/t"}),
    Scenario("aws", "container elsewhere over plain http", None,
             env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://host.example/container"}),
    Scenario("aws", "container after a profile without a credential", "ASIA-container",
             aws_files("[profile ci]\nregion = us-east-1\n"), W_CONTAINER | {"AWS_PROFILE": "ci"}),
    Scenario("aws", "container after such a profile by flag", "ASIA-container",
             aws_files("[profile ci]\nregion = us-east-1\n"), W_CONTAINER, profile="ci", ours=None,
             why="with `--profile` nothing but that profile counts"),
    Scenario("aws", "machine", "ASIA-machine", env=W_MACHINE),
    Scenario("aws", "machine after container", "ASIA-container", env=W_MACHINE | W_CONTAINER),
    Scenario("aws", "machine switched off", None, env=W_MACHINE | {"AWS_EC2_METADATA_DISABLED": "TRUE"}),
    Scenario("aws", "nothing", None),
    Scenario("tencent", "environment", "AKID-environment", env=T_ENV),
    Scenario("tencent", "environment before file", "AKID-environment", T_INI, T_ENV),
    Scenario("tencent", "half a pair in the environment", "AKID-sdk-ini-sin", T_INI,
             {"TENCENTCLOUD_SECRET_ID": "AKID-environment"}, ours=None, why=BROKEN),
    Scenario("tencent", "file", "AKID-sdk-ini-sin", T_INI),
    Scenario("tencent", "OIDC", "qcs::cam::uin/1:roleName/pod", {"token": "eyJ"}, T_TKE, ours=NOT_ASKED),
    Scenario("tencent", "OIDC or file", "AKID-sdk-ini-sin", {"token": "eyJ"} | T_INI, T_TKE),
    Scenario("tencent", "OIDC without a provider", None, {"token": "eyJ"}, T_TKE | {"TKE_PROVIDER_ID": ""}),
    Scenario("tencent", "nothing", None),
    Scenario("tencent", "environment", "AKID-environment", tccli_file(**tccli_key()), T_ENV, tool="tccli"),
    Scenario("tencent", "environment with token", "AKID-environment", tccli_file(**tccli_key()),
             T_ENV | {"TENCENTCLOUD_TOKEN": "t"}, tool="tccli"),
    Scenario("tencent", "profile", "AKID-file-ffi", tccli_file(**tccli_key()), tool="tccli"),
    Scenario("tencent", "profile of type default", "AKID-file-ffi", tccli_file(**tccli_key(type="default")), tool="tccli"),
    Scenario("tencent", "profile by variable", "AKID-ci-fci",
             tccli_file(**tccli_key()) | tccli_file("ci", **tccli_key("ci")), {"TCCLI_PROFILE": "ci"}, tool="tccli"),
    Scenario("tencent", "profile by variable that is not there", None, tccli_file(**tccli_key()),
             {"TCCLI_PROFILE": "gone"}, tool="tccli"),
    Scenario("tencent", "half a pair in the profile", None, tccli_file(secretId="AKID-half"), tool="tccli"),
    Scenario("tencent", "half a pair in the environment", "AKID-file-ffi", tccli_file(**tccli_key()),
             {"TENCENTCLOUD_SECRET_ID": "AKID-environment"}, ours=None, why=BROKEN, tool="tccli"),
    Scenario("tencent", "oauth that lasts", "AKID-file-ffi",
             tccli_file(**tccli_key(type="oauth", token="t", expiresAt=FUTURE)), tool="tccli"),
    Scenario("tencent", "sso that lasts", "AKID-file-ffi",
             tccli_file(**tccli_key(type="sso", token="t", expiresAt=FUTURE)), tool="tccli"),
    Scenario("tencent", "role of a profile", "qcs::cam::uin/1:roleName/file",
             tccli_file(**tccli_key(), **{"role-arn": "qcs::cam::uin/1:roleName/file", "role-session-name": "me"}),
             ours=NOT_ASKED, tool="tccli"),
    Scenario("tencent", "role of the environment, key of the environment", "qcs::cam::uin/1:roleName/env",
             tccli_file(**tccli_key()), T_ENV | T_ROLE, ours=NOT_ASKED, tool="tccli"),
    Scenario("tencent", "role of the environment, key of the profile", "qcs::cam::uin/1:roleName/env",
             tccli_file(**tccli_key()), T_ROLE, ours=NOT_ASKED, tool="tccli"),
    Scenario("tencent", "role without a session name", "AKID-environment", tccli_file(**tccli_key()),
             T_ENV | {"TENCENTCLOUD_ROLE_ARN": "qcs::cam::uin/1:roleName/env"}, ours=NOT_ASKED, why=NO_SESSION, tool="tccli"),
    Scenario("tencent", "OIDC before a profile", "qcs::cam::uin/1:roleName/pod",
             {"token": "eyJ"} | tccli_file(**tccli_key()), T_TKE, ours="AKID-file-ffi", why=FILE_FIRST, tool="tccli"),
]


def ask_aliyun():
    """Runs in a child: prints the id that Alibaba Cloud's library finds."""
    from Tea.core import TeaCore

    class Answer:
        status_code = 200

        def __init__(self, role):
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FUTURE))
            grant = {"AccessKeyId": role, "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": end}
            self.body = json.dumps({"Credentials": grant}).encode()

    real = TeaCore.do_action

    def double(request, *rest):
        if request.headers["host"].startswith("sts"):
            return Answer(request.query["RoleArn"])
        if request.headers["host"] in ("127.0.0.1", "localhost"):
            return real(request, *rest)
        raise OSError("not on this machine")

    TeaCore.do_action = staticmethod(double)
    from alibabacloud_credentials.provider import DefaultCredentialsProvider

    return DefaultCredentialsProvider().get_credentials().get_access_key_id()


def ask_volcengine():
    """Runs in a child: prints the id that Volcengine's library finds."""
    import volcenginesdkcore
    from volcenginesdkcore.auth.providers import default_provider, sts_provider

    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FUTURE))

    def grant(role):
        names = {"AccessKeyId": role, "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": names | {"Expiration": end, "ExpiredTime": end}}

    def refuse(*_, **__):
        raise OSError("not on this machine")

    client = volcenginesdkcore.ApiClient
    client._sts_call = lambda self, action, version, params, **_: grant(params["RoleTrn"])
    client._do_http_request = refuse
    sts_provider.UniversalApi.do_call_with_http_info = lambda self, info, body: (grant(body["RoleTrn"]), 200, {})
    return default_provider.DefaultCredentialProvider().get_credentials().ak


def ask_aws():
    """Runs in a child: prints the id that AWS's library finds."""
    import botocore.session

    session = botocore.session.Session(profile=os.environ.get("COMPARE_PROFILE"))
    # Nobody answers a question about a code.
    session.get_component("credential_provider").get_provider("assume-role")._prompter = lambda _: None
    return session.get_credentials().get_frozen_credentials().access_key


def replace_tencent_sts():
    """Puts a double in the place of the token service and the metadata of the machine."""
    from tencentcloud.common import credential
    from tencentcloud.common.common_client import CommonClient

    def refuse(*_):
        raise OSError("not on this machine")

    def grant(self, action, params, *_, **__):
        names = {"TmpSecretId": params["RoleArn"], "TmpSecretKey": "s", "Token": "t"}
        return {"Response": {"Credentials": names, "ExpiredTime": FUTURE + 7200}}

    credential.urlopen = refuse
    CommonClient.call_json = grant
    return credential


def ask_tencent():
    """Runs in a child: prints the id that Tencent Cloud's library finds."""
    return replace_tencent_sts().DefaultCredentialProvider().get_credentials().secret_id


def ask_tccli():
    """Runs in a child: prints the id that Tencent Cloud's command-line tool signs with."""
    replace_tencent_sts()
    from tccli.services.cvm import cvm_client
    from tencentcloud.cvm.v20170312.cvm_client import CvmClient

    class Found(Exception):
        pass

    def describe(self, _):
        raise Found(self.credential.secret_id)

    CvmClient.DescribeRegions = describe
    names = """secretId secretKey token role_arn role_session_name use_cvm_role region endpoint version language
        output timeout waiter https_proxy request_client profile filter service_version""".split()
    try:
        cvm_client.doDescribeRegions({}, dict.fromkeys(names))
    except Found as found:
        return found


def build(scenario, home, uri):
    """Writes the files of a scenario; returns its environment."""
    for name, text in scenario.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{home}", str(home)))
        path.chmod(0o600)
    services = uri.removesuffix("/credential")
    env = {name: value.format(home=home, uri=uri, services=services) for name, value in scenario.env.items()}
    off = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "VOLCENGINE_ECS_METADATA_DISABLED": "true",
           "AWS_EC2_METADATA_DISABLED": "true"}
    if scenario.cloud == "tencent":
        off["KEYIMPORT_METADATA_DISABLED"] = "true"
    if scenario.profile:
        off["COMPARE_PROFILE"] = scenario.profile
    return {"HOME": str(home), "PATH": os.environ["PATH"]} | off | env


def theirs(scenario, env):
    command = [sys.executable, __file__, "--child", scenario.tool or scenario.cloud]
    child = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    found = re.search(r"^found (.*)$", child.stdout, re.M)
    return found[1] if found else None


def ours(binary, scenario, env, home):
    key = home / "key.pub"
    key.write_text(PUBLIC_KEY)
    region = "us-east-1" if scenario.cloud == "aws" else "cn-beijing"
    command = [binary, "-v", "-p", scenario.cloud, "-r", region, "--endpoint", "http://127.0.0.1:1",
               "--attempts", "1", str(key)]
    if scenario.profile:
        command += ["--profile", scenario.profile]
    child = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    found = re.search(r"using credentials from (.*) \((\S+)\)$", child.stderr, re.M)
    if found:
        expected = 8
        result = found[2]
    else:
        expected = 4
        result = None
    if child.returncode != expected:
        raise SystemExit(f"{scenario.cloud}, {scenario.name}: exit {child.returncode}\n{child.stderr}")
    return result


def shortened(key_id):
    return None if key_id is None else f"{key_id[:4]}…{key_id[-3:]}"


class Uri(http.server.BaseHTTPRequestHandler):
    """A credentials URI, and the services of AWS."""

    def do_GET(self):
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FUTURE))
        aws = {"SecretAccessKey": "s", "Token": "t", "Expiration": end}
        path = self.path.split("?")[0]
        if path.endswith("/security-credentials/"):
            return self.answer("machine")
        if path.endswith("/machine"):
            return self.answer(json.dumps({"Code": "Success", "AccessKeyId": "ASIA-machine"} | aws))
        if path == "/guarded" and self.headers["Authorization"] != "secret":
            return self.answer("{}", 401)
        if path in ("/container", "/guarded"):
            return self.answer(json.dumps({"AccessKeyId": "ASIA-container"} | aws))
        if path == "/federation/credentials":
            name = urllib.parse.parse_qs(self.path.split("?")[1])["role_name"][0]
            role = {"accessKeyId": f"ASIA-{name}", "secretAccessKey": "s", "sessionToken": "t", "expiration": FUTURE * 1000}
            return self.answer(json.dumps({"roleCredentials": role}))
        names = {"AccessKeyId": "LTAI-from-uri", "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": end}
        return self.answer(json.dumps({"Code": "Success"} | names))

    def do_PUT(self):
        self.answer("session")

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        caller = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        key = role(caller[1] if caller else "web", form["RoleArn"][0].split("/")[1])
        action = form["Action"][0]
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FUTURE))
        self.answer(f"<{action}Response><{action}Result><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s"
                    f"</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{end}</Expiration></Credentials>"
                    f"</{action}Result></{action}Response>")

    def answer(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


PUBLIC_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDXZXL0+IIp+kdomvEh8Ng9LHQECseIePmd3MkWoh0dKwbAm/TZFEnPO3/L"
    "SyyYGdxBAEpGDUbwwmZMEDz+kRt+ABC60PnVNVRIhbXcX9J2b2O4TwTOeFqgps7n3p+Oo1+eN9Rx5VuqFMjZkHNeBzD5ZEbI"
    "O5afwz8GKrFV6mjOqQhb8a0/+7EhwLIDANQR1dieXOkS/DgJ7QbM1VVpvEcRmoF2iUjVbvqmRVZlKYbdWJCixrgkjdrG26Gw"
    "abFSiyu6DpqxTZTBS1KLXxm92LuMwKD12+H0U7V2bLTPIaRm6LToqjW86i30k9cS+/i6urwxlnvw4UEag3eMwRm5JaYF exa"
    "mple\n"
)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Uri)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://127.0.0.1:{server.server_port}/credential"
    wrong = 0
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            home = pathlib.Path(folder)
            env = build(scenario, home, uri)
            expected = scenario.theirs
            found = theirs(scenario, env)
            verdict = "same"
            if found != expected:
                wrong += 1
                verdict = f"WRONG: the library found {found}, not {expected}"
            elif scenario.ours is NOT_ASKED:
                verdict = "the library alone"
            elif binary:
                want = expected if scenario.ours is SAME else scenario.ours
                got = ours(binary, scenario, env, home)
                if got != shortened(want):
                    wrong += 1
                    verdict = f"WRONG: keyimport found {got}, not {shortened(want)}"
                elif scenario.why:
                    verdict = f"differs on purpose: {scenario.why}"
            print(f"{scenario.tool or scenario.cloud:11}{scenario.name:48}{expected or 'nothing':38}{verdict}")
    print(f"{len(SCENARIOS)} scenarios, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        asked = {"aliyun": ask_aliyun, "volcengine": ask_volcengine, "aws": ask_aws, "tencent": ask_tencent, "tccli": ask_tccli}
        print("found", asked[sys.argv[2]]())
    else:
        sys.exit(main())
