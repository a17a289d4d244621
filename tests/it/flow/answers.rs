//! What the clouds answer: acceptances, lists and refusals, each in its cloud's own form.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use keyimport::key::{self, FingerprintForm, PublicKey};
use keyimport::wire::Response;
use serde_json::{Value, json};

pub const MINE: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDCmh99Vv3mmPsYQvWjpp+EE1aXOvv5uqdd/b1QE6d/f507kehV3JUAc+zmvd81DXHhgUO9XgttBeqLrr06mWaUDoBshLylldE2HsGzoUfI/cOyNU/XGLeOL9Vww13ZO6EWqg+ByZYBPepXWw8FF4ruJoNktBTSXXGbBQ9izOE6sd/wUAxY1nsPOje2TI9C+nV8aZd5nfe6KQqMeUegfxBh0gOEoE20oJ9KJynkRlOodUchOyR+22OoHDIVdFV/sErgXr0xc4gGP80HCOpezXc5d+8RjvDaC7GJB3hJnq1MWj1t2OU/zaYvpEWBL4L3kIa+gyeQe4LjBs/7ubSXt/7f mine";
pub const OTHER: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDBcU23/Kl1scwmgsQEkIOqDkj2XJ63g3ld4Fhu7zCAOBzP/DOBNCjE+NPFf4Y5cDj3OGUK5jLdW7j0L9ssAII+osaiu1e1FWzu7GKXZxv/rCEfw/lrwHwQ2wgwoMC8T9HWaHhWiYWZeZmlFJmDbxwfL9Jik/ntm6H0IWkp+DnHEtp0AXLdInOZB8ccCRhb1KFwfbemXB0Hn4se9akHk26lyfhSstStcsNJI5a+M8uoU5CUB3XF6BLyVxLpo+CdauDnXAKJ78TWPzevhKYIrJ7rDfLv9RsgL6x1B2/DNkCB09ZdtyEXdTI8TLDUm4ZaAYvNYXjL0AZT3lhO42OdIuE/ other";

static KEYS: LazyLock<[Arc<PublicKey>; 2]> = LazyLock::new(|| {
    [MINE, OTHER].map(|line| Arc::new(key::parse(line.as_bytes()).unwrap().remove(0)))
});

/// The key that every test imports.
pub fn mine() -> Arc<PublicKey> {
    Arc::clone(&KEYS[0])
}

/// Another key.
pub fn other() -> Arc<PublicKey> {
    Arc::clone(&KEYS[1])
}

/// What a cloud shows of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// This key, in all forms that the cloud has.
    Mine,
    /// Another key.
    Other,
    /// A fingerprint in a form that nobody knows, and no key.
    Odd,
    /// No fingerprint and no key.
    Nothing,
}

/// A key pair in an answer.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub name: &'static str,
    pub shown: Shown,
    /// When it was stored, in seconds before the start, by the cloud's clock.
    pub age: i64,
    /// The form of that time, if it is not that of the cloud's documents.
    pub form: Option<&'static str>,
    /// Leaves the time out.
    pub timeless: bool,
    /// The region that it shows, where a cloud shows one.
    pub region: Option<&'static str>,
}

pub const fn pair(name: &'static str, shown: Shown) -> Pair {
    Pair { name, shown, age: -1, form: None, timeless: false, region: None }
}

impl Pair {
    pub const fn aged(self, age: i64) -> Self {
        Self { age, ..self }
    }

    pub const fn in_form(self, form: &'static str) -> Self {
        Self { form: Some(form), ..self }
    }

    pub const fn timeless(self) -> Self {
        Self { timeless: true, ..self }
    }

    pub const fn in_region(self, region: &'static str) -> Self {
        Self { region: Some(region), ..self }
    }

    fn line(&self) -> Option<&'static str> {
        match self.shown {
            Shown::Mine => Some(MINE),
            Shown::Other => Some(OTHER),
            Shown::Odd | Shown::Nothing => None,
        }
    }

    fn fingerprint(&self, colons: bool) -> Option<String> {
        self.print(|key| if colons { key.md5_colons() } else { key.md5() })
    }

    fn print(&self, print: impl Fn(Arc<PublicKey>) -> String) -> Option<String> {
        match self.shown {
            Shown::Mine => Some(print(mine())),
            Shown::Other => Some(print(other())),
            Shown::Odd => Some("sha1-0f1e2d3c".to_owned()),
            Shown::Nothing => None,
        }
    }

    fn time(&self, form: &str) -> Option<String> {
        let time = server_start() - TimeDelta::seconds(self.age);
        (!self.timeless).then(|| time.format(self.form.unwrap_or(form)).to_string())
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn volcengine(status: u16, members: &Value) -> Response {
    let mut metadata = json!({"RequestId": "V1", "Action": "A", "Service": "ecs"});
    let mut body = json!({});
    match members.get("Error") {
        Some(error) => metadata["Error"] = error.clone(),
        None => body["Result"] = members.clone(),
    }
    body["ResponseMetadata"] = metadata;
    answer(status, &body)
}

/// An XML document of AWS.
fn aws(status: u16, root: &str, content: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">{content}</{root}>"
    );
    Response { status, headers: Vec::new(), body: body.into_bytes() }
}

fn aws_pair(pair: &Pair, in_list: bool) -> String {
    let print = pair.print(|key| key.fingerprint(FingerprintForm::SpkiMd5OrSha256).unwrap());
    let mut fields = vec![("keyName", Some(pair.name.to_owned())), ("keyFingerprint", print)];
    if in_list {
        fields.push(("publicKey", pair.line().map(|line| format!("{line}\n"))));
        fields.push(("createTime", pair.time("%Y-%m-%dT%H:%M:%S.000Z")));
    }
    let element =
        |(name, text): (&str, Option<String>)| Some(format!("<{name}>{}</{name}>", text?));
    fields.into_iter().filter_map(element).collect()
}

fn tencent(mut members: Value) -> Response {
    members["RequestId"] = json!("T1");
    answer(200, &json!({"Response": members}))
}

fn one(cloud: &str, pair: &Pair, in_list: bool) -> Value {
    match cloud {
        "aliyun" => {
            let mut shown =
                json!({"KeyPairName": pair.name, "KeyPairFingerPrint": pair.fingerprint(false)});
            if in_list {
                shown["PublicKey"] = json!(pair.line());
                shown["CreationTime"] = json!(pair.time("%Y-%m-%dT%H:%MZ"));
            }
            shown
        }
        "volcengine" => json!({
            "KeyPairName": pair.name, "KeyPairId": "kp-1", "FingerPrint": pair.fingerprint(true),
            "CreatedAt": if in_list { pair.time("%Y-%m-%dT%H:%M:%S+00:00") } else { None },
        }),
        "tencent" if in_list => json!({
            "KeyName": pair.name, "KeyId": "skey-1", "ProjectId": 0, "PublicKey": pair.line(),
            "CreatedTime": pair.time("%Y-%m-%dT%H:%M:%SZ"),
        }),
        "tencent" => json!({"KeyId": "skey-1"}),
        _ => json!({
            "name": pair.name, "keypairId": "k-1", "publicKey": pair.line(),
            "fingerPrint": pair.fingerprint(true), "regionId": pair.region.unwrap_or("bj"),
            "createTime": pair.time("%Y-%m-%dT%H:%M:%SZ"),
        }),
    }
}

/// An import that was accepted.
pub fn accepted(cloud: &str, pair: Pair) -> Response {
    if cloud == "aws" {
        let pair = aws_pair(&pair, false);
        let content = format!("<requestId>W1</requestId>{pair}<tagSet/>");
        return aws(200, "ImportKeyPairResponse", &content);
    }
    let mut shown = one(cloud, &pair, false);
    match cloud {
        "aliyun" => {
            shown["RequestId"] = json!("A1");
            answer(200, &shown)
        }
        "volcengine" => volcengine(200, &shown),
        "tencent" => tencent(shown),
        _ => answer(200, &json!({"keypair": shown})),
    }
}

/// A list of stored key pairs.
pub fn listed(cloud: &str, pairs: &[Pair]) -> Response {
    listed_with(cloud, pairs, None)
}

/// A page of such a list, with what asks for the next one.
pub fn listed_with(cloud: &str, pairs: &[Pair], next: Option<&str>) -> Response {
    if cloud == "aws" {
        let item = |pair: &Pair| format!("<item>{}</item>", aws_pair(pair, true));
        let items: String = pairs.iter().map(item).collect();
        let content = format!("<keySet>{items}</keySet><requestId>W2</requestId>");
        return aws(200, "DescribeKeyPairsResponse", &content);
    }
    let shown: Vec<Value> = pairs.iter().map(|pair| one(cloud, pair, true)).collect();
    match cloud {
        "aliyun" => {
            // The number of the next page says how many pages are before it.
            let number = next.map_or(9999, |next| next.parse::<u32>().unwrap() - 1);
            let total = if next.is_some() { 50 * number + 1 } else { 0 };
            answer(
                200,
                &json!({
                    "PageNumber": number, "PageSize": 50, "TotalCount": total, "RequestId": "A2",
                    "KeyPairs": {"KeyPair": shown},
                }),
            )
        }
        "volcengine" => {
            volcengine(200, &json!({"KeyPairs": shown, "NextToken": next.unwrap_or_default()}))
        }
        "tencent" => {
            // A page that is not the last is full, or empty.
            let stranger = one(cloud, &pair("stranger", Shown::Nothing), true);
            let missing = if next.is_some() && !shown.is_empty() { 100 - shown.len() } else { 0 };
            let shown = [shown, vec![stranger; missing]].concat();
            let total = next.map_or(0, |next| 100 * (next.parse::<u32>().unwrap() - 1) + 1);
            tencent(json!({"TotalCount": total, "KeyPairSet": shown}))
        }
        _ => answer(
            200,
            &json!({
                "keypairs": shown, "isTruncated": next.is_some(), "nextMarker": next,
            }),
        ),
    }
}

/// The time at the start by the cloud's clock, which is 50 s ahead of the client's: a minute begins.
pub fn server_start() -> DateTime<Utc> {
    super::stage::start() + TimeDelta::seconds(50)
}

/// The `Date` header of a response that is sent so long after the start.
pub fn date(since_start: Duration) -> String {
    (server_start() + since_start).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub fn with_header(mut response: Response, name: &str, value: &str) -> Response {
    response.headers.push((name.to_owned(), value.to_owned()));
    response
}

/// What a cloud refuses for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Name,
    Key,
    Throttled,
    Unavailable,
    Denied,
    Expired,
    Skewed,
    Quota,
    BadKey,
    /// The nonce, or the client token, is known already.
    Repeated,
}

/// A refusal in the cloud's own words.
pub fn refused(cloud: &str, what: Refusal) -> Response {
    let (status, code, message) = words(cloud, what);
    match cloud {
        "aliyun" => answer(status, &json!({"Code": code, "Message": message, "RequestId": "A3"})),
        "volcengine" => volcengine(status, &json!({"Error": {"Code": code, "Message": message}})),
        "aws" => {
            let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
            let content = format!("<Errors>{error}</Errors><RequestID>W3</RequestID>");
            aws(status, "Response", &content)
        }
        "tencent" => tencent(json!({"Error": {"Code": code, "Message": message}})),
        _ => answer(status, &json!({"code": code, "message": message, "requestId": "B3"})),
    }
}

fn words(cloud: &str, what: Refusal) -> (u16, &'static str, &'static str) {
    match (cloud, what) {
        ("aliyun", Refusal::Name) => (400, "KeyPair.AlreadyExist", "The key pair already exist."),
        ("aliyun", Refusal::Throttled) => {
            (400, "Throttling.User", "Request was denied due to user flow control.")
        }
        ("aliyun", Refusal::Unavailable) => (503, "ServiceUnavailable", "The request has failed."),
        ("aliyun", Refusal::Denied) => (403, "Forbidden.RAM", "User not authorized."),
        ("aliyun", Refusal::Expired) => {
            (400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
        }
        ("aliyun", Refusal::Skewed) => {
            (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        }
        ("aliyun", Refusal::Quota) => (403, "QuotaExceed.KeyPair", "The key pair quota exceeds."),
        ("aliyun", Refusal::BadKey) => {
            (400, "InvalidPublicKeyBody.Malformed", "The format is not supported.")
        }
        ("aliyun", Refusal::Repeated) => {
            (400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        }
        ("volcengine", Refusal::Name) => {
            (409, "InvalidKeyPairName.Conflict", "The specified KeyPairName already exists.")
        }
        ("volcengine", Refusal::Throttled) => {
            (429, "AccountFlowLimitExceeded", "Request was rejected.")
        }
        ("volcengine", Refusal::Unavailable) => (502, "FailToConnect", ""),
        ("volcengine", Refusal::Denied) => (403, "AccessDenied", "User is not authorized."),
        ("volcengine", Refusal::Expired) => {
            (401, "InvalidSecretToken", "Invalid secret token, msg: token expired")
        }
        ("volcengine", Refusal::Skewed) => {
            (400, "InvalidTimestamp", "The Timestamp parameter is invalid.")
        }
        ("volcengine", Refusal::Quota) => {
            (400, "LimitExceeded.MaximumKeyPairs", "You've reached the limit.")
        }
        ("volcengine", Refusal::BadKey) => {
            (400, "InvalidKeyPairPublicKey.Malformed", "The specified PublicKey is malformed.")
        }
        ("volcengine", Refusal::Repeated) => {
            (409, "IdempotentProcessing", "The request is being processed.")
        }
        ("aws", Refusal::Name) => {
            (400, "InvalidKeyPair.Duplicate", "The keypair 'deploy' already exists.")
        }
        ("aws", Refusal::Throttled) => (503, "RequestLimitExceeded", "Request limit exceeded."),
        ("aws", Refusal::Unavailable) => (500, "InternalError", "An internal error has occurred."),
        ("aws", Refusal::Denied) => {
            (403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
        }
        ("aws", Refusal::Expired) => {
            (400, "ExpiredToken", "The security token included in the request is expired")
        }
        ("aws", Refusal::Skewed) => (
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20260115T080910Z is now earlier than 20260115T085910Z",
        ),
        ("aws", Refusal::Quota) => {
            (400, "KeyPairLimitExceeded", "The maximum number of key pairs is reached.")
        }
        ("aws", Refusal::BadKey) => {
            (400, "InvalidKey.Format", "Key is not in valid OpenSSH public key format")
        }
        ("aws", Refusal::Key | Refusal::Repeated) => panic!("{cloud} never says {what:?}"),
        ("tencent", Refusal::Name) => (200, "InvalidKeyPairName.Duplicate", "It exists."),
        ("tencent", Refusal::Key) => (200, "InvalidPublicKey.Duplicate", "It exists."),
        ("tencent", Refusal::Throttled) => (200, "RequestLimitExceeded", "Too many requests."),
        ("tencent", Refusal::Unavailable) => (200, "InternalError", "Internal error."),
        ("tencent", Refusal::Denied) => (200, "UnauthorizedOperation", "Not authorized."),
        ("tencent", Refusal::Expired) => (200, "AuthFailure.TokenFailure", "Token error."),
        ("tencent", Refusal::Skewed) => (200, "AuthFailure.SignatureExpire", "Signature expired."),
        ("tencent", Refusal::Quota) => (200, "InvalidKeyPair.LimitExceeded", "Too many."),
        ("tencent", Refusal::BadKey) => (200, "InvalidPublicKey.Malformed", "Not OpenSSH RSA."),
        (_, Refusal::Key) => (400, "Keypair.KeypairPublicKeyExist", "Keypair already exist."),
        (_, Refusal::Throttled) => (429, "RequestLimitExceeded", "Too many requests."),
        (_, Refusal::Unavailable) => {
            (500, "InternalError", "We encountered an internal error Please try again.")
        }
        (_, Refusal::Denied) => (403, "AccessDenied", "Access denied."),
        (_, Refusal::Expired) => {
            (403, "IamSignatureInvalid", "IamSignatureInvalid, cause: session token expired")
        }
        (_, Refusal::Skewed) => (400, "RequestExpired", "Request expired."),
        (_, Refusal::Quota) => {
            (413, "Keypair.KeypairQuotaExceedLimit", "Keypair number exceeds the limit.")
        }
        (_, Refusal::BadKey) => {
            (400, "Keypair.PublicKeyFormatInvalid", "Public key format is invalid.")
        }
        (cloud, Refusal::Name | Refusal::Repeated) => panic!("{cloud} never says {what:?}"),
    }
}
