//! Security token services: a role's temporary credential for a key, or for an OIDC token.

use super::access_key;
use super::context::{Context, Service, invalid};
use super::credentials_uri::is_authority;
use super::display;
use super::fields::Fields;
use super::file::ConfigPath;
use super::settings::Settings;
use crate::client::check_response;
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::provider::Provider;
use crate::provider::credential_spec::{
    OidcSettings, RoleArn, RoleSettings,
    Setting::{self, Env, Field},
    Sts, StsProtocol,
};
use crate::redact::{Redactor, Secret};
use crate::sign::{Credential, Signed, Stamp};
use crate::wire::{Origin, Request, Response};

/// The name of a session for which none is set.
const SESSION_NAME: &str = "keyimport";
/// How long a credential lasts for which no duration is set, in seconds.
const DURATION: i64 = 3600;

/// The permission to assume a role with a key, as the policies of every provider name it.
const ACTION: &str = "sts:AssumeRole";

/// A role that is to be assumed.
pub(super) struct Role {
    sts: &'static Sts,
    origin: Origin,
    /// Empty for the central service.
    region: String,
    parameters: Vec<(String, String)>,
}

impl Role {
    pub(super) fn read(role: &'static RoleSettings, settings: Settings<'_>) -> Result<Self, Error> {
        let required = |field| settings.require(Field(field));
        let arn = match role.arn {
            RoleArn::Whole(setting) => settings.require(setting)?,
            RoleArn::Built(account, name, build) => build(&required(account)?, &required(name)?),
        };
        let session_name = settings.value(role.session_name)?;
        let duration = role.duration.and_then(|field| settings.number(field));
        let duration = duration.filter(|seconds| *seconds > 0).unwrap_or(DURATION);
        let parameters = [
            (role.sts.role_parameter, Some(arn)),
            ("RoleSessionName", session_name.or_else(|| Some(SESSION_NAME.to_owned()))),
            ("DurationSeconds", Some(duration.to_string())),
            ("ExternalId", settings.value(role.external_id)?),
            ("Policy", settings.value(role.policy)?),
        ];
        let (origin, region) = origin(role, settings)?;
        let region_parameter = role.sts.regional.as_ref().and_then(|regional| regional.parameter);
        let named_region = Some(region.clone()).filter(|region| !region.is_empty());
        let parameters = parameters
            .into_iter()
            .chain(region_parameter.map(|name| (name, named_region)))
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect();
        Ok(Self { sts: role.sts, origin, region, parameters })
    }

    fn call(&self, method: &'static str, action: &str) -> Request {
        let request = Request::new(method, self.origin.clone(), "/").with("Action", action);
        self.sts.query.iter().fold(request, |request, (name, value)| request.with(*name, *value))
    }
}

/// Chooses where to ask: at the endpoint that is set, else in the region that is set, else centrally. Returns the region
/// as well.
fn origin(role: &RoleSettings, settings: Settings<'_>) -> Result<(Origin, String), Error> {
    let mut named = None;
    let mut of_region = String::new();
    if let Some(regional) = &role.sts.regional
        && let Some((field, region)) = settings.first(regional.region)?
    {
        if !display::is_name(&region) {
            let shown = display::name(field, &region);
            return Err(invalid(phrase!("`{}` cannot be a region id", shown)));
        }
        named = Some((field, (regional.host)(&region, settings.any_on(regional.vpc))));
        of_region = region;
    }
    let is_ignored = role.sts.ignore_endpoint_env.is_some_and(|name| settings.any_on(&[Env(name)]));
    let endpoint = if is_ignored { None } else { settings.first(role.endpoint)? };
    let Some((field, named)) = endpoint.or(named) else {
        return Ok((Origin::https(role.sts.host), of_region));
    };
    let (plain, host) = match named.strip_prefix("http://") {
        Some(host) => (true, host),
        None => (false, named.trim_start_matches("https://")),
    };
    let authority = host.trim_end_matches('/').to_owned();
    let origin = Origin { plain, authority };
    let is_host = is_host(&origin.authority);
    if is_host && (!plain || origin.is_loopback()) {
        return Ok((origin, of_region));
    }
    let shown = display::path(field, &named);
    let why =
        if is_host { "which is plain http and not loopback" } else { "which is not a host name" };
    Err(invalid(phrase!("`{}` is `{}`, {}", field, shown, why)))
}

/// Tells whether a text can be a host, with a port or without. Messages name it, so that it may not be a secret in the
/// wrong place: it ends in a top-level domain, as no key and no token does, or it is short.
fn is_host(text: &str) -> bool {
    let host = text.split_once(':').map_or(text, |(host, _)| host);
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.chars().all(is_allowed);
    let is_domain = |(_, last): (&str, &str)| {
        (2..=24).contains(&last.len()) && last.chars().all(|letter| letter.is_ascii_alphabetic())
    };
    is_authority(text)
        && host.len() <= 253
        && host.split('.').all(is_label)
        && (host.rsplit_once('.').is_some_and(is_domain)
            || display::is_name(&host.to_ascii_lowercase()))
}

pub(super) async fn assume_role(
    role: &Role,
    credential: &Credential,
    provider: &dyn Provider,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let request = role
        .parameters
        .iter()
        .fold(role.call("GET", "AssumeRole"), |request, (name, value)| request.with(name, value));
    let request = match role.sts.protocol {
        StsProtocol::Json => request,
        StsProtocol::Xml => Request { method: "POST", ..request }.into_form(),
    };
    let token = credential.token.as_ref().map_or("", Secret::expose);
    ctx.call(
        Service::Token,
        provider.info().traceable,
        &[credential.secret.expose(), token],
        |stamp| (role.sts.sign)(request.clone(), credential, stamp, &role.region),
        |response, redactor| {
            check(provider, response, redactor, &[ACTION], ctx)?;
            read(role.sts, response)
        },
    )
    .await
}

/// A role that is to be assumed with an OIDC token, which is not read yet.
pub(super) struct OidcRole {
    role: Role,
    provider_arn: Option<String>,
    token_setting: Setting,
    token_file: String,
}

impl OidcRole {
    pub(super) fn read(oidc: &'static OidcSettings, settings: Settings<'_>) -> Result<Self, Error> {
        Ok(Self {
            token_setting: oidc.token_file,
            token_file: settings.require(oidc.token_file)?,
            provider_arn: oidc.provider_arn.map(|setting| settings.require(setting)).transpose()?,
            role: Role::read(&oidc.role, settings)?,
        })
    }

    /// Assumes the role. The token goes in the body, and the request is not signed.
    pub(super) async fn assume(
        &self,
        provider: &dyn Provider,
        ctx: &Context<'_>,
    ) -> Result<Credential, Error> {
        let token = self.token(ctx)?;
        let sts = self.role.sts;
        let build = |stamp: &Stamp| {
            let (action, token_parameter) = sts.oidc;
            let mut parameters = self.role.parameters.clone();
            let identity_provider = sts.provider_parameter.zip(self.provider_arn.clone());
            parameters.extend(identity_provider.map(|(name, arn)| (name.to_owned(), arn)));
            parameters.push((token_parameter.to_owned(), token.expose().to_owned()));
            Signed::from((sts.unsigned)(self.role.call("POST", action), &parameters, stamp))
        };
        let read = |response: &Response, redactor: &Redactor| {
            check(provider, response, redactor, &[], ctx)?;
            read(sts, response)
        };
        let traceable = provider.info().traceable;
        let found = ctx.call(Service::Token, traceable, &[token.expose()], build, read).await;
        found.map_err(|error| match error.kind() {
            ErrorKind::CredentialsExpired => error
                .hinted("the OIDC token has expired: let the job fetch a new one into its file"),
            // No policy of an identity counts here.
            kind @ ErrorKind::PermissionDenied if *error.hint() == *kind.hint() => {
                error.hinted("let the trust policy of the role accept this OIDC token")
            }
            _ => error,
        })
    }

    /// Reads the token from its file, each time anew, since platforms replace it while a job runs.
    fn token(&self, ctx: &Context<'_>) -> Result<Secret, Error> {
        let setting = self.token_setting.name();
        if is_token(&self.token_file) {
            // The path would be shown.
            let message = phrase!("`{}` holds a token, not the path of its file", setting);
            return Err(invalid(message).hinted("write the token to a file and name that file"));
        }
        let file = match self.token_setting {
            Field(name) => ConfigPath::named(ctx.system, name, &self.token_file),
            Env(_) | Setting::Region => ConfigPath::given(ctx.system, setting, &self.token_file),
        };
        let text = file.require(ctx.system)?;
        if text.starts_with('{') {
            return Err(invalid(phrase!("{} is JSON, not a token alone", file.subject()))
                .hinted("write nothing but the token to the file"));
        }
        access_key::check(&file.shown, &text)?;
        Ok(Secret::new(&text))
    }
}

/// Tells whether a text has the form of a token: three parts of base64, the first of which is a JSON object
/// (RFC 7519, section 3).
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// Returns the error of an error response. A code that no table knows, or that is about a value, is the credential's
/// fault rather than that of the import which it is for.
fn check(
    provider: &dyn Provider,
    response: &Response,
    redactor: &Redactor,
    actions: &[&str],
    ctx: &Context<'_>,
) -> Result<(), Error> {
    let now = ctx.ports.clock.time();
    check_response(provider, response, redactor, now, actions).map_err(|error| {
        let error = error.with_message("the exchange for a temporary credential was refused");
        match error.kind() {
            ErrorKind::ValueRefused | ErrorKind::Unexpected => {
                error.of_kind(ErrorKind::CredentialsRejected)
            }
            _ => error,
        }
    })
}

/// Reads a response that is not an error.
fn read(sts: &Sts, response: &Response) -> Result<Credential, Error> {
    let (around, body) = (Fields::default(), Fields::of_json(&response.body));
    let mut path = sts.credentials_path.iter();
    let found = match sts.protocol {
        // Some services name the expiration in the object around the credential.
        StsProtocol::Json => path.try_fold((around, body), |(_, body), name| {
            let inner = body.nested(name)?;
            Some((body, inner))
        }),
        StsProtocol::Xml => {
            path.last().and_then(|name| Some((around, Fields::of_xml(&response.body, name)?)))
        }
    };
    match found {
        Some((around, fields)) => {
            let credential = access_key::read_with_token(&fields, sts.fields)?;
            let expires =
                credential.expires.or_else(|| access_key::expiration(&around, sts.fields));
            Ok(credential.until(expires))
        }
        None => Err(Error::new(
            ErrorKind::Unexpected,
            phrase!("the response (HTTP {}) holds no credential", response.status),
        )),
    }
}
