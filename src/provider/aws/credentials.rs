//! Where AWS's own tools keep credentials, as the command-line tool (version 2) and `botocore` find them.
//!
//! - variables and files: <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
//! - roles: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html>
//! - logins: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html>,
//!   <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>
//! - the security token service: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
//! - containers: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
//! - instance metadata: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>

use sha2::{Digest, Sha256};

use super::host;
use crate::encode::hex;
use crate::phrase::phrase;
use crate::provider::credential_spec::{
    Base, ConsoleLogin, Container, CredentialSpec, Imds, ImdsEndpoint, ImdsProtocol, ImdsRoles,
    KeyFields, Mode, OidcSettings, Process, ProfileFile, ProfileFormat, RegionalSts, RoleArn,
    RoleSettings, RoleSource,
    Setting::{self, Env, Field},
    SettingsFile, SsoPortal, Sts, StsProtocol,
};
use crate::sign::v4;

/// The region that signs for the central security token service.
const CENTRAL_REGION: &str = "us-east-1";

/// The sources, in the order of the tools but for one: files come before a web identity that variables name.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    env: &[KeyFields {
        older_token: Some("AWS_SECURITY_TOKEN"),
        expiration: &["AWS_CREDENTIAL_EXPIRATION"],
        ..KeyFields::new("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    }],
    generic_env: &[],
    // As the command-line tool orders them; `botocore` has them the other way round.
    profile_env: &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
    profile_files: &[FILES],
    key_files: &[],
    role_env: None,
    oidc_env: Some(OidcSettings {
        token_file: Env("AWS_WEB_IDENTITY_TOKEN_FILE"),
        provider_arn: None,
        role: RoleSettings {
            arn: RoleArn::Whole(Env("AWS_ROLE_ARN")),
            session_name: &[Env("AWS_ROLE_SESSION_NAME")],
            duration: None,
            external_id: &[],
            ..ROLE
        },
    }),
    oidc_signs: &["AWS_WEB_IDENTITY_TOKEN_FILE"],
    credentials_uri: None,
    container: Some(&CONTAINER),
    imds: Some(&IMDS),
    region_env: &["AWS_REGION", "AWS_DEFAULT_REGION"],
    generic_region_env: &[],
    region_file: None,
    hint: || {
        phrase!(
            "set `{}` and `{}`, or run `{}` or `{}`",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "aws configure",
            "aws login"
        )
    },
};

const FILES: ProfileFile = ProfileFile {
    paths: &[".aws/credentials"],
    path_env: &["AWS_SHARED_CREDENTIALS_FILE"],
    disable_env: &[],
    format: ProfileFormat::Ini,
    as_json: None,
    settings: Some(&SettingsFile {
        path: ".aws/config",
        path_env: "AWS_CONFIG_FILE",
        prefix: "profile",
        before_key: &["login_session", "credential_process"],
    }),
    has_flag: true,
    key: KeyFields {
        older_token: Some("aws_security_token"),
        ..KeyFields::new("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    },
    mode_field: None,
    modes: &[
        (
            "web_identity_token_file",
            Mode::Base(Base::Oidc(&OidcSettings {
                token_file: Field("web_identity_token_file"),
                provider_arn: None,
                role: RoleSettings { duration: None, external_id: &[], ..ROLE },
            })),
        ),
        ("role_arn", Mode::Source(&ROLE, &ROLE_SOURCE)),
        ("sso_account_id", SSO),
        ("sso_role_name", SSO),
        ("aws_access_key_id", Mode::Base(Base::Static)),
        ("aws_secret_access_key", Mode::Base(Base::Static)),
        (
            "login_session",
            Mode::Base(Base::ConsoleLogin(&ConsoleLogin {
                session: "login_session",
                folder_env: "AWS_LOGIN_CACHE_DIRECTORY",
                folder: "~/.aws/login/cache",
                file: |session| format!("{}.json", hex(&Sha256::digest(session.as_bytes()))),
                token: "accessToken",
                key: KeyFields { expiration: &["expiresAt"], ..LOWER_CASE },
                hint: |profile| phrase!("`{}` renews it", format!("aws login --profile {profile}")),
            })),
        ),
        (
            "credential_process",
            Mode::Base(Base::Process(&Process {
                command: "credential_process",
                disable_env: None,
                version: Some(("Version", 1)),
                fields: STS_FIELDS,
            })),
        ),
    ],
    ignores_mode_case: false,
    default_mode: Mode::Base(Base::Static),
    region_field: Some("region"),
};

const ROLE: RoleSettings = RoleSettings {
    sts: &STS,
    arn: RoleArn::Whole(Field("role_arn")),
    session_name: &[Field("role_session_name")],
    duration: Some("duration_seconds"),
    external_id: &[Field("external_id")],
    policy: &[],
    endpoint: &[Env("AWS_ENDPOINT_URL_STS"), Env("AWS_ENDPOINT_URL")],
};

static ROLE_SOURCE: RoleSource = RoleSource {
    profile: "source_profile",
    named_source: "credential_source",
    named_sources: &[
        ("Environment", Base::Environment),
        ("Ec2InstanceMetadata", Base::InstanceRole(&IMDS, None)),
        ("EcsContainer", Base::Container(&CONTAINER)),
    ],
    mfa: "mfa_serial",
    mfa_hint: |profile| {
        let command = format!("aws configure export-credentials --profile {profile} --format env");
        phrase!("`{}` asks for the code; set the variables that it prints", command)
    },
};

const SSO: Mode = Mode::Base(Base::SsoPortal(&SsoPortal {
    account: "sso_account_id",
    role: "sso_role_name",
    session: "sso_session",
    section: "sso-session",
    start_url: "sso_start_url",
    region: "sso_region",
    folder: ".aws/sso/cache",
    host: |region| host("portal.sso", region),
    path: "/federation/credentials",
    parameters: ("role_name", "account_id"),
    header: "x-amz-sso_bearer_token",
    object: "roleCredentials",
    fields: LOWER_CASE,
    expiration: "expiration",
    hint: |profile| phrase!("`{}` renews it", format!("aws sso login --profile {profile}")),
}));

const LOWER_CASE: KeyFields = KeyFields::new("accessKeyId", "secretAccessKey", "sessionToken");

const STS_FIELDS: KeyFields = KeyFields {
    expiration: &["Expiration"],
    ..KeyFields::new("AccessKeyId", "SecretAccessKey", "SessionToken")
};

static STS: Sts = Sts {
    host: "sts.amazonaws.com",
    regional: Some(RegionalSts {
        region: &[Setting::Region, Env("AWS_REGION"), Env("AWS_DEFAULT_REGION"), Field("region")],
        parameter: None,
        vpc: &[],
        host: |region, _| host("sts", region),
    }),
    protocol: StsProtocol::Xml,
    query: &[("Version", "2011-06-15")],
    role_parameter: "RoleArn",
    provider_parameter: None,
    oidc: ("AssumeRoleWithWebIdentity", "WebIdentityToken"),
    sign: |request, credential, stamp, region| {
        let region = if region.is_empty() { CENTRAL_REGION } else { region };
        v4::AWS.sign(request, credential, stamp, region, "sts")
    },
    unsigned: |mut request, parameters, _| {
        request.query.extend_from_slice(parameters);
        request.into_form()
    },
    ignore_endpoint_env: Some("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    credentials_path: &["Credentials"],
    fields: &STS_FIELDS,
};

static CONTAINER: Container = Container {
    path_env: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    host: "169.254.170.2",
    uri_env: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    plain_hosts: &["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"],
    token_file_env: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    token_env: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    fields: &METADATA_FIELDS,
};

static IMDS: Imds = Imds {
    host: "169.254.169.254",
    endpoint: Some(&ImdsEndpoint {
        env: "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        mode_env: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        ipv6_host: "[fd00:ec2::254]",
    }),
    disable_env: Some("AWS_EC2_METADATA_DISABLED"),
    role_env: None,
    protocol: ImdsProtocol::Roles(ImdsRoles {
        token_headers: Some(("x-aws-ec2-metadata-token-ttl-seconds", "x-aws-ec2-metadata-token")),
        v1_disable_env: Some("AWS_EC2_METADATA_V1_DISABLED"),
        v1_statuses: &[403, 404, 405],
        path: "/latest/meta-data/iam/security-credentials/",
        query: &[],
    }),
    fields: &METADATA_FIELDS,
};

static METADATA_FIELDS: KeyFields = KeyFields {
    expiration: &["Expiration"],
    ..KeyFields::new("AccessKeyId", "SecretAccessKey", "Token")
};
