#!/usr/bin/env python3
"""Compares where keyimport finds a credential with where the vendors' own libraries find it.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python compare.py                  checks what the vendors' libraries find
    venv/bin/python compare.py PATH/keyimport   checks keyimport against the same scenarios

Each scenario is a home directory and an environment. A library is asked in a process of its own, since it
reads the environment when it is loaded; its token services are replaced by a double that tells, by the id
it hands out, which role was taken. keyimport is asked with `-v`, which names source and shortened id, and
with an endpoint on which nobody listens. Nothing leaves this machine: instance roles are switched off, and
a scenario in which keyimport would exchange something is checked for the library alone.

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


def build(scenario, home, uri):
    """Writes the files of a scenario; returns its environment."""
    for name, text in scenario.files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{home}", str(home)))
        path.chmod(0o600)
    env = {name: value.format(home=home, uri=uri) for name, value in scenario.env.items()}
    off = {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "VOLCENGINE_ECS_METADATA_DISABLED": "true"}
    return {"HOME": str(home), "PATH": os.environ["PATH"]} | off | env


def theirs(scenario, env):
    command = [sys.executable, __file__, "--child", scenario.cloud]
    child = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    found = re.search(r"^found (.*)$", child.stdout, re.M)
    return found[1] if found else None


def ours(binary, scenario, env, home):
    key = home / "key.pub"
    key.write_text(PUBLIC_KEY)
    command = [binary, "-v", "-p", scenario.cloud, "-r", "cn-beijing", "--endpoint", "http://127.0.0.1:1",
               "--attempts", "1", str(key)]
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
    """A credentials URI."""

    def do_GET(self):
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(FUTURE))
        names = {"AccessKeyId": "LTAI-from-uri", "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": end}
        body = json.dumps({"Code": "Success"} | names).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
    server = http.server.HTTPServer(("127.0.0.1", 0), Uri)
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
            print(f"{scenario.cloud:11}{scenario.name:42}{expected or 'nothing':24}{verdict}")
    print(f"{len(SCENARIOS)} scenarios, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print("found", {"aliyun": ask_aliyun, "volcengine": ask_volcengine}[sys.argv[2]]())
    else:
        sys.exit(main())
