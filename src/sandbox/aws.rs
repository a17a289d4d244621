//! Amazon EC2, version 2016-11-15.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html> and `API_DescribeKeyPairs.html`

mod fingerprint;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::fingerprint::fingerprint;
use super::cloud::{Account, Cloud, RequestContext, Scope, is_unknown};
use super::http::{self, ApiError, Params, Result, refuse};
use super::store::{StoredPair, parse_key};
use super::verify::v4;
use crate::wire::Response;

pub(super) static CLOUD: Cloud = Cloud {
    id: "aws",
    owner: Account::permanent("AKIASANDBOXOWNER0000", "sandbox/aws+owner/secret00000000000000000"),
    hosts: &[
        "ec2.{region}.amazonaws.com",
        "ec2.{region}.amazonaws.com.cn",
        "ec2.{region}.amazonaws.eu",
    ],
    is_signed: |request| {
        request.header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 "))
    },
    respond,
};

/// How many key pairs a region holds.
const QUOTA: usize = 5000;

/// The regions of each partition, by the beginning of their names; the last is that of all others.
const REGIONS: [(&str, &[&str]); 4] = [
    ("cn-", &["cn-north-1", "cn-northwest-1"]),
    ("us-gov-", &["us-gov-east-1", "us-gov-west-1"]),
    ("eusc-", &["eusc-de-east-1"]),
    (
        "",
        &[
            "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
            "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
            "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
            "us-west-2",
        ],
    ),
];

/// Regions that an account has to enable, which this one has not.
const NOT_ENABLED: [&str; 3] = ["af-south-1", "ap-east-1", "me-south-1"];

const ACTIONS: [&str; 3] = ["ImportKeyPair", "DescribeKeyPairs", "DescribeRegions"];

fn respond(context: &mut RequestContext<'_>) -> Response {
    let id = format!("5a4db0c5-0000-4000-8000-{:012x}", context.number);
    let (status, body) = match operate(context) {
        Ok((name, body)) => (
            200,
            format!(
                "<{name}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n<requestId>{id}</requestId>{body}</{name}Response>"
            ),
        ),
        Err(ApiError { status, code, message }) => {
            let error = format!("{}{}", element("Code", &code), element("Message", &message));
            (
                status,
                format!(
                    "<Response><Errors><Error>{error}</Error></Errors><RequestID>{id}</RequestID></Response>"
                ),
            )
        }
    };
    let mut response =
        http::xml(status, &format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"));
    response.headers.push(("x-amzn-requestid".to_owned(), id));
    response
}

/// Runs the action of a request; returns its name and the elements of the response.
fn operate(context: &mut RequestContext<'_>) -> Result<(&'static str, String)> {
    let request = context.request;
    let params = if request.body.is_empty() { request.query() } else { request.form() };
    let signed = v4::AWS.verify(request, context.accounts, context.now)?;
    let is_here = match &context.scope {
        Scope::Region(own) => *own == signed.region,
        Scope::Central => false,
        Scope::Any => !is_unknown(CLOUD.id, &signed.region),
    };
    if signed.service != "ec2" || !is_here {
        return refuse(401, "AuthFailure", "Credential should be scoped to a valid region.");
    }
    let Some(action) = params.get("Action") else {
        return refuse(400, "MissingAction", "The request is missing an action.");
    };
    if params.get("Version") != Some("2016-11-15") {
        return refuse(400, "NoSuchVersion", "The requested version of AmazonEC2 does not exist.");
    }
    let Some(name) = ACTIONS.into_iter().find(|name| *name == action) else {
        let message = format!("The action {action} is not valid for this web service.");
        return refuse(400, "InvalidAction", message);
    };
    if params.get("DryRun") == Some("true") {
        let message = "Request would have succeeded, but DryRun flag is set.";
        return refuse(412, "DryRunOperation", message);
    }
    let region = &*signed.region;
    let body = match name {
        "ImportKeyPair" => import(context, &params, region)?,
        "DescribeKeyPairs" => describe(context, &params, region)?,
        _ => regions(&params, region),
    };
    Ok((name, body))
}

/// Returns a parameter that must be there and not empty.
fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str> {
    params.get(name).ok_or_else(|| {
        let message = format!("The request must contain the parameter {name}");
        ApiError::new(400, "MissingParameter", message)
    })
}

fn import(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<String> {
    let name = need(params, "KeyName")?;
    if name.len() > 255 || !name.is_ascii() || name.trim() != name {
        let message = format!("Value ({name}) for parameter KeyName is invalid.");
        return refuse(400, "InvalidParameterValue", message);
    }
    let material = STANDARD.decode(need(params, "PublicKeyMaterial")?).unwrap_or_default();
    let line = String::from_utf8(material).unwrap_or_default();
    let is_taken = |key_type: &str| matches!(key_type, "ssh-rsa" | "ssh-ed25519");
    if !parse_key(&line).is_some_and(|(key_type, _)| is_taken(key_type)) {
        let message = "Key is not in valid OpenSSH public key format";
        return refuse(400, "InvalidKey.Format", message);
    }
    let tags = params.tags("TagSpecification.1.Tag");
    if tags.len() > 50 {
        return refuse(400, "TagLimitExceeded", "The maximum number of Tags has been reached.");
    }
    if tags.iter().any(|(key, _)| key.is_empty() || key.to_lowercase().starts_with("aws:")) {
        let message = "Tag keys starting with 'aws:' are reserved for internal use";
        return refuse(400, "InvalidParameterValue", message);
    }
    let pairs = context.store.pairs(CLOUD.id, region);
    if pairs.iter().any(|pair| pair.name == name) {
        let message = format!("The keypair '{name}' already exists.");
        return refuse(400, "InvalidKeyPair.Duplicate", message);
    }
    if pairs.len() >= QUOTA {
        return refuse(400, "KeyPairLimitExceeded", "The maximum number of key pairs is reached.");
    }
    let pair = StoredPair {
        name: name.to_owned(),
        line: line.trim().to_owned(),
        id: format!("key-{:017x}", context.store.next_serial()),
        created: context.now,
        tags,
        ..StoredPair::default()
    };
    let shown = shown(&pair);
    context.store.add(CLOUD.id, region, pair);
    Ok(shown)
}

/// Shows what is in the responses to imports and in lists.
fn shown(pair: &StoredPair) -> String {
    let tag = |(key, value): &(String, String)| {
        format!("<item>{}{}</item>", element("key", key), element("value", value))
    };
    let tags: String = pair.tags.iter().map(tag).collect();
    let fields = [
        ("keyName", &*pair.name),
        ("keyFingerprint", &*fingerprint(&pair.line)),
        ("keyPairId", &*pair.id),
    ];
    let fields = fields.map(|(name, text)| element(name, text)).concat();
    format!("{fields}<tagSet>{tags}</tagSet>")
}

fn describe(context: &mut RequestContext<'_>, params: &Params, region: &str) -> Result<String> {
    let mut found: Vec<&StoredPair> = context.store.pairs(CLOUD.id, region).iter().collect();
    let names = params.numbered("KeyName");
    if let Some(name) = names.iter().find(|name| !found.iter().any(|pair| pair.name == **name)) {
        let message = format!("The key pair '{name}' does not exist");
        return refuse(400, "InvalidKeyPair.NotFound", message);
    }
    found.retain(|pair| names.is_empty() || names.contains(&&*pair.name));
    for number in 1.. {
        let Some(filter) = params.get(&format!("Filter.{number}.Name")) else { break };
        let value: fn(&StoredPair) -> String = match filter {
            "key-name" => |pair| pair.name.clone(),
            "key-pair-id" => |pair| pair.id.clone(),
            "fingerprint" => |pair| fingerprint(&pair.line),
            _ => {
                let message = format!("The filter '{filter}' is invalid");
                return refuse(400, "InvalidParameterValue", message);
            }
        };
        let patterns = params.numbered(&format!("Filter.{number}.Value"));
        found.retain(|pair| {
            let text = value(pair);
            patterns.iter().any(|pattern| fits(pattern, &text))
        });
    }
    let with_key = params.get("IncludePublicKey") == Some("true");
    let mut items = String::new();
    for pair in found {
        let key_type = if pair.line.starts_with("ssh-rsa") { "rsa" } else { "ed25519" };
        let created = pair.created.format("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let line = if with_key { element("publicKey", &pair.line) } else { String::new() };
        let rest = [element("keyType", key_type), element("createTime", &created), line].concat();
        let _ = write!(items, "<item>{}{rest}</item>", shown(pair));
    }
    Ok(format!("<keySet>{items}</keySet>"))
}

/// A part of a filter's value.
enum Wildcard {
    Any,
    One,
    Letter(char),
}

/// Tells whether a text fits a pattern, in which `*` is any text, `?` any character, and `\` escapes.
fn fits(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    let parts: Vec<Wildcard> = std::iter::from_fn(|| {
        Some(match letters.next()? {
            '*' => Wildcard::Any,
            '?' => Wildcard::One,
            '\\' => Wildcard::Letter(letters.next().unwrap_or('\\')),
            letter => Wildcard::Letter(letter),
        })
    })
    .collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last `*` is, and where the text after it begins.
    let mut star = None;
    while let Some(letter) = text.get(at) {
        match parts.get(part) {
            Some(Wildcard::Any) => {
                star = Some((part, at));
                part += 1;
            }
            Some(Wildcard::One) => (at, part) = (at + 1, part + 1),
            Some(Wildcard::Letter(other)) if other == letter => (at, part) = (at + 1, part + 1),
            _ => {
                let Some((any, begin)) = star else { return false };
                (at, part, star) = (begin + 1, any + 1, Some((any, begin + 1)));
            }
        }
    }
    parts.iter().skip(part).all(|rest| matches!(rest, Wildcard::Any))
}

fn regions(params: &Params, region: &str) -> String {
    let (partition, enabled) =
        REGIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).copied().unwrap_or_default();
    let not_enabled = if partition.is_empty() && params.get("AllRegions") == Some("true") {
        &NOT_ENABLED[..]
    } else {
        &[]
    };
    let item = |name: &&str, status: &str| {
        format!("<item>{}{}</item>", element("regionName", name), element("optInStatus", status))
    };
    let enabled = enabled.iter().map(|name| item(name, "opt-in-not-required"));
    let not_enabled = not_enabled.iter().map(|name| item(name, "not-opted-in"));
    format!("<regionInfo>{}</regionInfo>", enabled.chain(not_enabled).collect::<String>())
}

/// Writes an element with a text.
fn element(name: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{text}</{name}>")
}
