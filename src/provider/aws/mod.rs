//! Amazon EC2: the Query protocol with `SigV4`, form bodies and XML responses.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html>

mod regions;
mod responses;
mod errors;
mod credentials;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rules::{self, Rule};
use super::{
    Actions, Endpoint, EndpointEnv, ImportJob, LookupBy, Provider, ProviderInfo, Uniqueness,
};
use crate::error::{Error, ErrorKind};
use crate::key::FingerprintForm;
use crate::phrase::{Phrase, phrase};
use crate::sign::{Credential, Signed, Stamp, v4};
use crate::wire::Request;

const VERSION: &str = "2016-11-15";
/// Maximum of tags per resource.
const MAX_TAGS: usize = 50;
/// Sizes of RSA keys, in bits, that the user guide names.
const RSA_BITS: [u32; 3] = [1024, 2048, 4096];

static INFO: ProviderInfo = ProviderInfo {
    id: "aws",
    aliases: &["amazon", "ec2"],
    title: "AWS",
    title_zh: "AWS",
    // The vendor's own tools have none either.
    default_region: None,
    regions: regions::REGIONS,
    key_types: &["ssh-rsa", "ssh-ed25519"],
    name: &NAME,
    unique_names: Uniqueness::Enforced,
    unique_keys: Uniqueness::NotEnforced,
    honors_client_tokens: false,
    fingerprints: FingerprintForm::SpkiMd5OrSha256,
    actions: Actions {
        import: "ec2:ImportKeyPair",
        tag: Some("ec2:CreateTags"),
        lookup: "ec2:DescribeKeyPairs",
        regions: "ec2:DescribeRegions",
    },
    supports: &["--tag"],
    traceable: &[
        "action", "version", "keyname", "includepublickey", "filter.1.name", "filter.1.value.1",
        "filter.1.value.2", "content-type", "x-amz-date",
    ],
    endpoint_env: Some(EndpointEnv {
        names: &["AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"],
        disable: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    }),
    signatures: &[],
    error_codes: errors::ERROR_CODES,
    credentials: &credentials::CREDENTIALS,
};

static NAME: Rule = Rule {
    what: "the name",
    flag: "--name",
    length: 1..=255,
    allows: |letter| letter == ' ' || letter.is_ascii_graphic(),
    begins: |letter| letter != ' ',
    words: "1 to 255 ASCII characters without a space at either end",
};

const TAG_KEY: Rule = Rule {
    what: "tag key",
    flag: "--tag",
    length: 1..=128,
    allows: |letter| !letter.is_control(),
    begins: |_| true,
    words: "1 to 128 characters",
};

const TAG_VALUE: Rule =
    Rule { what: "tag value", length: 0..=256, words: "at most 256 characters", ..TAG_KEY };

/// AWS.
#[derive(Debug)]
pub(super) struct Aws;

impl Provider for Aws {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn host(&self, region: &str) -> String {
        host("ec2", region)
    }

    /// By the prefix of the region, so that a new one is served too.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    fn partition(&self, region: &str) -> &'static str {
        let prefixes = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")];
        prefixes
            .iter()
            .find(|(prefix, _)| region.starts_with(prefix))
            .map_or("aws", |(_, partition)| partition)
    }

    fn check(&self, job: &ImportJob) -> Result<Vec<Phrase>, Error> {
        let (key, name) = (&job.key, &job.name);
        if !INFO.key_types.contains(&key.algorithm()) {
            let message =
                phrase!("{} has no `{}` keys, only RSA and Ed25519", INFO.title, key.algorithm());
            return Err(Error::new(ErrorKind::KeyUnsupported, message)
                .hinted("give another key, or leave this cloud out"));
        }
        let mut warnings = rules::check(&INFO, job)?;
        if name.ends_with(' ') {
            return Err(NAME.refused(phrase!("the name `{}` must not end in a space", name)));
        }
        rules::check_tags(job, MAX_TAGS, &TAG_KEY, &TAG_VALUE)?;
        let mut keys = job.options.tags.iter().map(|(key, _)| key);
        if let Some(key) = keys.find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
            let message = phrase!("tag key `{}` must not begin with `{}`", key, "aws:");
            return Err(TAG_KEY.refused(message));
        }
        if key.algorithm() == "ssh-rsa" && !RSA_BITS.contains(&key.bits()) {
            warnings.push(phrase!(
                "{} documents RSA keys of 1024, 2048 and 4096 bits; this one of {} bits is sent all the same", INFO.title,
                key.bits()));
        }
        Ok(warnings)
    }

    fn import(&self, job: &ImportJob) -> Request {
        let mut request = call(&job.endpoint, "ImportKeyPair")
            .with("KeyName", &*job.name)
            // Base64 of the whole line, which holds base64 itself.
            .with("PublicKeyMaterial", STANDARD.encode(job.key.line()));
        if !job.options.tags.is_empty() {
            request = request.with("TagSpecification.1.ResourceType", "key-pair");
        }
        let numbered = (1..).zip(&job.options.tags);
        let request = numbered.fold(request, |request, (number, (key, value))| {
            let tag = format!("TagSpecification.1.Tag.{number}");
            request.with(format!("{tag}.Key"), &**key).with(format!("{tag}.Value"), &**value)
        });
        request.into_form()
    }

    /// Filters, since an unknown `KeyName.1` is an error. The list has one page.
    fn lookup(&self, job: &ImportJob, by: LookupBy, _page: Option<&str>) -> Request {
        let (filter, values) = match by {
            LookupBy::Name => ("key-name", vec![escaped(&job.name)]),
            LookupBy::Key => {
                // Another server of this API, moto, prints the second form for every key.
                let forms = [job.key.fingerprint(INFO.fingerprints), job.key.spki_sha256()];
                ("fingerprint", forms.into_iter().flatten().collect())
            }
        };
        let request = call(&job.endpoint, "DescribeKeyPairs")
            .with("IncludePublicKey", "true")
            .with("Filter.1.Name", filter);
        let numbered = (1..).zip(values);
        let request = numbered.fold(request, |request, (number, value)| {
            request.with(format!("Filter.1.Value.{number}"), value)
        });
        request.into_form()
    }

    fn regions(&self, endpoint: &Endpoint, _page: Option<&str>) -> Request {
        call(endpoint, "DescribeRegions").into_form()
    }

    fn sign(
        &self,
        request: Request,
        endpoint: &Endpoint,
        credential: &Credential,
        stamp: &Stamp,
    ) -> Signed {
        v4::AWS.sign(request, credential, stamp, &endpoint.region, "ec2")
    }
}

fn call(endpoint: &Endpoint, action: &str) -> Request {
    Request::new("POST", endpoint.origin.clone(), "/")
        .with("Action", action)
        .with("Version", VERSION)
}

/// Escapes the wildcards of a filter.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html>
fn escaped(name: &str) -> String {
    let escape = |letter: char| matches!(letter, '*' | '?' | '\\').then_some('\\');
    name.chars().flat_map(|letter| escape(letter).into_iter().chain([letter])).collect()
}

/// Returns the host of a service in a region.
fn host(service: &str, region: &str) -> String {
    let domain = match Aws.partition(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    format!("{service}.{region}.{domain}")
}
