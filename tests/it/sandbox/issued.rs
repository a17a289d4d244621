//! Credentials of token services and instance metadata: they are valid for an hour and in their own cloud.

use chrono::TimeDelta;
use keyimport::sign::Credential;
use keyimport::sign::{rpc, v4};
use keyimport::wire::{Origin, Request};
use serde_json::Value;

use super::{Answer, Scene, credential, raw, received};
use crate::services::{ALIYUN, VOLCENGINE};

const ARN: &str = "acs:ram::1234567890:role/deploy";
const TRN: &str = "trn:iam::1234567890:role/deploy";

fn plain(host: &str, method: &'static str, path: &str) -> Request {
    Request::new(method, Origin { plain: true, authority: host.to_owned() }, path)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn issued(of: &Value, names: [&str; 3]) -> Credential {
    let [id, secret, token] = names.map(|name| text(&of[name]));
    Credential::new(id, secret, Some(token))
}

fn issued_by_aliyun(of: &Value) -> Credential {
    issued(of, ["AccessKeyId", "AccessKeySecret", "SecurityToken"])
}

fn issued_by_volcengine(of: &Value) -> Credential {
    issued(of, ["AccessKeyId", "SecretAccessKey", "SessionToken"])
}

/// The credential is valid for 59 minutes, and not for an hour.
fn lives_an_hour_in_aliyun(mut scene: Scene, who: &Credential) {
    let describe = Request::new("GET", Origin::https("ecs.cn-hangzhou.aliyuncs.com"), "/")
        .with("Action", "DescribeKeyPairs")
        .with("Version", "2014-05-26")
        .with("Format", "JSON")
        .with("RegionId", "cn-hangzhou");
    scene.now += TimeDelta::minutes(59);
    scene.acs3(describe.clone(), who).ok();
    scene.now += TimeDelta::minutes(1);
    let answer = scene.rpc(describe, who);
    assert_eq!(answer.refusal(), (400, "InvalidSecurityToken.Expired"));
}

fn lives_an_hour_in_volcengine(mut scene: Scene, who: &Credential) {
    let describe = Request::new("GET", Origin::https("open.volcengineapi.com"), "/")
        .with("Action", "DescribeKeyPairs")
        .with("Version", "2020-04-01");
    scene.now += TimeDelta::minutes(59);
    scene.v4(describe.clone(), who, "cn-beijing").ok();
    scene.now += TimeDelta::minutes(1);
    let answer = scene.v4(describe, who, "cn-beijing");
    assert_eq!(answer.refusal(), (401, "InvalidSecretToken"));
}

fn aliyun_role(host: &str, arn: &str) -> Request {
    Request::new("GET", Origin::https(host), "/")
        .with("Action", "AssumeRole")
        .with("Version", "2015-04-01")
        .with("Format", "JSON")
        .with("RoleArn", arn)
        .with("RoleSessionName", "keyimport")
}

#[test]
fn alibaba_issues_a_role() {
    for host in
        ["sts.aliyuncs.com", "sts.cn-hangzhou.aliyuncs.com", "sts-vpc.cn-hangzhou.aliyuncs.com"]
    {
        let mut scene = Scene::new();
        let answer = scene.rpc(aliyun_role(host, ARN), &credential(&ALIYUN.owner)).ok();
        assert_eq!(answer["Credentials"]["Expiration"], "2026-01-15T09:09:10Z");
        assert_eq!(answer["AssumedRoleUser"]["Arn"], format!("{ARN}/keyimport"));
        lives_an_hour_in_aliyun(scene, &issued_by_aliyun(&answer["Credentials"]));
    }
}

#[test]
fn alibaba_refuses_a_bad_role() {
    let host = "sts.aliyuncs.com";
    let good = aliyun_role(host, ARN);
    let mut bad_session = good.clone();
    bad_session.query.last_mut().unwrap().1 = "a b".to_owned();
    for (request, status, code) in [
        (aliyun_role(host, "acs:ram::x:role/deploy"), 400, "InvalidParameter.RoleArn"),
        (aliyun_role(host, "acs:ram::1:role/missing"), 404, "EntityNotExist.Role"),
        (bad_session, 400, "InvalidParameter.RoleSessionName"),
        (good.clone().with("DurationSeconds", "3601"), 400, "InvalidParameter.DurationSeconds"),
        (good.clone().with("DurationSeconds", "899"), 400, "InvalidParameter.DurationSeconds"),
        (good.clone().with("DurationSeconds", "900"), 200, ""),
    ] {
        let answer = Scene::new().rpc(request, &credential(&ALIYUN.owner));
        assert_eq!(answer.refusal(), (status, code));
    }
    let answer = Scene::new().rpc(good.clone(), &credential(&ALIYUN.unauthorized));
    assert_eq!(answer.refusal(), (403, "NoPermission"));
    let wrong = Credential::new(ALIYUN.owner.id, "wrong", None);
    assert_eq!(Scene::new().rpc(good, &wrong).refusal(), (400, "SignatureDoesNotMatch"));
}

/// An unsigned request with its OIDC token in the form.
fn aliyun_oidc(form: &str) -> Request {
    let mut request = Request::new("POST", Origin::https("sts.aliyuncs.com"), "/")
        .with("Action", "AssumeRoleWithOIDC")
        .with("Version", "2015-04-01")
        .with("Format", "JSON")
        .with("Timestamp", "2026-01-15T08:09:10Z")
        .header("content-type", "application/x-www-form-urlencoded");
    request.body = form.as_bytes().to_vec();
    request
}

#[test]
fn alibaba_issues_a_role_for_an_oidc_token() {
    let form = format!(
        "RoleArn={ARN}&OIDCProviderArn=acs:ram::1:oidc-provider/ci&RoleSessionName=keyimport&DurationSeconds=3600"
    );
    let mut scene = Scene::new();
    let request = aliyun_oidc(&format!("{form}&OIDCToken=a.b.c"));
    let answer = Answer::of(&scene.send(&raw(&request))).ok();
    lives_an_hour_in_aliyun(scene, &issued_by_aliyun(&answer["Credentials"]));

    let mut scene = Scene::new();
    // A token in the URL is ignored.
    let in_url = aliyun_oidc(&form).with("OIDCToken", "a.b.c");
    let answer = Answer::of(&scene.send(&raw(&in_url)));
    assert_eq!(answer.refusal(), (400, "MissingParameter"));
    let old = aliyun_oidc(&format!("{form}&OIDCToken=expired.b.c"));
    let answer = Answer::of(&scene.send(&raw(&old)));
    assert_eq!(answer.refusal(), (400, "AuthenticationFail.OIDCToken.Expired"));
    scene.now += TimeDelta::minutes(16);
    let answer = Answer::of(&scene.send(&raw(&request)));
    assert_eq!(answer.refusal(), (400, "InvalidTimeStamp.Expired"));
}

fn volcengine_role(trn: &str) -> Request {
    Request::new("GET", Origin::https("sts.volcengineapi.com"), "/")
        .with("Action", "AssumeRole")
        .with("Version", "2018-01-01")
        .with("RoleTrn", trn)
        .with("RoleSessionName", "keyimport")
}

#[test]
fn volcengine_issues_a_role() {
    let assume = |scene: &mut Scene, request: Request, service: &str| {
        let (stamp, owner) = (scene.stamp(), credential(&VOLCENGINE.owner));
        let signed = v4::VOLCENGINE.sign(request, &owner, &stamp, "cn-beijing", service);
        Answer::of(&scene.send(&received(&signed)))
    };
    let mut scene = Scene::new();
    let answer = assume(&mut scene, volcengine_role(TRN), "sts").ok();
    let issued = &answer["Result"]["Credentials"];
    assert_eq!(issued["ExpiredTime"], "2026-01-15T17:09:10+08:00");
    lives_an_hour_in_volcengine(scene, &issued_by_volcengine(issued));

    let mut scene = Scene::new();
    let answer = assume(&mut scene, volcengine_role(TRN), "ecs");
    assert_eq!(answer.refusal(), (404, "ServiceNotFound"));
    let answer = assume(&mut scene, volcengine_role("trn:iam::1:role/missing"), "sts");
    assert_eq!(answer.refusal(), (404, "RoleNotExist"));
    let answer = assume(&mut scene, volcengine_role("deploy"), "sts");
    assert_eq!(answer.refusal(), (400, "InvalidRoleTrn.Malformed"));
    let long = volcengine_role(TRN).with("DurationSeconds", "43201");
    let answer = assume(&mut scene, long, "sts");
    assert_eq!(answer.refusal(), (400, "InvalidDurationSeconds.Malformed"));
}

#[test]
fn volcengine_issues_a_role_for_an_oidc_token() {
    let oidc = |form: &str| {
        let mut request = Request::new("POST", Origin::https("sts.volcengineapi.com"), "/")
            .with("Action", "AssumeRoleWithOIDC")
            .with("Version", "2018-01-01")
            .header("content-type", "application/x-www-form-urlencoded");
        request.body = format!("RoleTrn={TRN}&RoleSessionName=keyimport{form}").into_bytes();
        raw(&request)
    };
    let mut scene = Scene::new();
    let answer = Answer::of(&scene.send(&oidc("&OIDCToken=a.b.c"))).ok();
    let issued = &answer["Result"]["Credentials"];
    assert_eq!(issued["Expiration"], "2026-01-15T17:09:10+08:00");
    lives_an_hour_in_volcengine(scene, &issued_by_volcengine(issued));
    let answer = Answer::of(&Scene::new().send(&oidc("")));
    assert_eq!(answer.refusal(), (400, "MissingParameter.OIDCToken"));
}

/// Requests a metadata token and returns it.
fn token(scene: &mut Scene, host: &str, header: &str, seconds: &str) -> String {
    let request = plain(host, "PUT", "/latest/api/token").header(header, seconds);
    let response = scene.send(&raw(&request));
    assert_eq!(response.status, 200);
    String::from_utf8(response.body).unwrap()
}

#[test]
fn alibaba_metadata_issues_the_role_of_the_machine() {
    const PATH: &str = "/latest/meta-data/ram/security-credentials/";
    const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
    let host = "100.100.100.200";
    let mut scene = Scene::new();
    scene.services.refuse_metadata_v1();
    let bare = raw(&plain(host, "GET", PATH));
    assert_eq!(scene.send(&bare).status, 403);
    let token = token(&mut scene, host, TTL, "21600");
    let get =
        |path: &str| raw(&plain(host, "GET", path).header("x-aliyun-ecs-metadata-token", &*token));
    let role = String::from_utf8(scene.send(&get(PATH)).body).unwrap();
    let answer = Answer::of(&scene.send(&get(&format!("{PATH}{role}")))).ok_success();
    assert_eq!(answer["Expiration"], "2026-01-15T09:09:10Z");
    assert_eq!(scene.send(&get(&format!("{PATH}other"))).status, 404);
    lives_an_hour_in_aliyun(scene, &issued_by_aliyun(&answer));
}

#[test]
fn metadata_tokens_expire_and_are_requested_by_put() {
    const PATH: &str = "/latest/meta-data/ram/security-credentials/";
    const TTL: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
    let host = "100.100.100.200";
    let mut scene = Scene::new();
    assert_eq!(scene.send(&raw(&plain(host, "GET", PATH))).status, 200);
    assert_eq!(scene.send(&raw(&plain(host, "GET", "/latest/api/token"))).status, 405);
    for seconds in ["0", "21601", "soon"] {
        let request = plain(host, "PUT", "/latest/api/token").header(TTL, seconds);
        assert_eq!(scene.send(&raw(&request)).status, 400, "{seconds}");
    }
    let token = token(&mut scene, host, TTL, "60");
    let request = plain(host, "GET", PATH).header("x-aliyun-ecs-metadata-token", token);
    assert_eq!(scene.send(&raw(&request)).status, 200);
    scene.now += TimeDelta::seconds(60);
    assert_eq!(scene.send(&raw(&request)).status, 403);
}

#[test]
fn volcengine_metadata_issues_the_role_of_the_machine() {
    const PATH: &str = "/volcstack/latest/iam/security_credentials";
    let host = "100.96.0.96";
    let mut scene = Scene::new();
    scene.services.refuse_metadata_v1();
    assert_eq!(scene.send(&raw(&plain(host, "GET", PATH))).status, 403);
    let token = token(&mut scene, host, "x-volc-ecs-metadata-token-ttl-seconds", "21600");
    let get = |path: &str| plain(host, "GET", path).header("x-volc-ecs-metadata-token", &*token);
    let list = get(PATH).with("type", "user").with("format", "json");
    let roles = Answer::of(&scene.send(&raw(&list))).ok();
    let role = text(&roles[0]).to_owned();
    let lines = scene.send(&raw(&get(PATH).with("type", "user")));
    assert_eq!(String::from_utf8(lines.body).unwrap().lines().next(), Some(&*role));
    let answer = Answer::of(&scene.send(&raw(&get(&format!("{PATH}/{role}"))))).ok();
    assert_eq!(answer["ExpiredTime"], "2026-01-15T17:09:10+08:00");
    lives_an_hour_in_volcengine(scene, &issued_by_volcengine(&answer));
}

#[test]
fn baidu_metadata_issues_a_credential() {
    let mut scene = Scene::new();
    let path = "/latest/meta-data/sts-credential";
    let answer = Answer::of(&scene.send(&raw(&plain("169.254.169.254", "GET", path)))).ok();
    let who = issued(&answer, ["accessKeyId", "secretAccessKey", "sessionToken"]);
    let list = Request::new("GET", Origin::https("bcc.bj.baidubce.com"), "/v2/keypair");
    scene.bce(list.clone(), &who).ok();
    scene.now += TimeDelta::minutes(60);
    assert_eq!(scene.bce(list, &who).refusal(), (403, "IamSignatureInvalid"));
}

#[test]
fn a_credential_is_good_in_its_own_cloud_alone() {
    let mut scene = Scene::new();
    let answer = scene.rpc(aliyun_role("sts.aliyuncs.com", ARN), &credential(&ALIYUN.owner)).ok();
    let who = issued_by_aliyun(&answer["Credentials"]);
    let list = Request::new("GET", Origin::https("bcc.bj.baidubce.com"), "/v2/keypair");
    assert_eq!(scene.bce(list, &who).refusal(), (403, "IamSignatureInvalid"));
    let stamp = scene.stamp();
    let again = rpc::sign(aliyun_role("sts.aliyuncs.com", ARN), &who, &stamp);
    assert_eq!(scene.send(&received(&again)).status, 200);
}

impl Answer {
    /// A metadata response has `Success` where others have an error code.
    fn ok_success(self) -> Value {
        assert_eq!((self.status, text(&self.body["Code"])), (200, "Success"));
        self.body
    }
}
