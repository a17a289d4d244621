//! Where Volcengine's own tools keep credentials.
//!
//! - the SDKs: <https://github.com/volcengine/volcengine-go-sdk/blob/master/docs/EnvironmentVariables.md>,
//!   <https://github.com/volcengine/volcengine-python-sdk>
//! - the command-line tool, with the modes of its profiles: <https://github.com/volcengine/volcengine-cli>
//! - the security token service: <https://www.volcengine.com/docs/6257/86374>

use sha1::{Digest, Sha1};

use crate::encode::hex;
use crate::phrase::phrase;
use crate::provider::credential_spec::{
    Base, ConsoleLogin, CredentialSpec, Imds, ImdsProtocol, ImdsRoles, KeyFields, KeyFile, Mode,
    OidcSettings, ProfileFile, ProfileFormat, RoleArn, RoleSettings,
    Setting::{Env, Field},
    Sso, Sts, StsProtocol, form,
};
use crate::sign::v4;

/// The sources, in the order of the SDKs but for one: files come before OIDC.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    env: &[
        KeyFields::new(
            "VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "VOLCENGINE_SESSION_TOKEN",
        ),
        KeyFields::new(
            "VOLCSTACK_ACCESS_KEY_ID", "VOLCSTACK_SECRET_ACCESS_KEY", "VOLCSTACK_SESSION_TOKEN",
        ),
        KeyFields::new("VOLCSTACK_ACCESS_KEY", "VOLCSTACK_SECRET_KEY", "VOLCSTACK_SESSION_TOKEN"),
        KeyFields::new("VOLC_ACCESSKEY", "VOLC_SECRETKEY", "VOLC_SESSIONTOKEN"),
    ],
    generic_env: &[],
    // As the SDKs order them.
    profile_env: &["VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE"],
    role_env: None,
    profile_files: &[CLI_PROFILE],
    // The files of the first SDKs, in the order in which those prefer them.
    key_files: &[
        KeyFile {
            path: ".volc/credentials",
            section: Some("default"),
            key: KeyFields::new("access_key_id", "secret_access_key", "session_token"),
        },
        KeyFile {
            path: ".volc/config",
            section: None,
            key: KeyFields::new("ak", "sk", "session_token"),
        },
        KeyFile {
            path: ".volcengine/credentials",
            section: Some("default"),
            key: KeyFields::new(
                "volcstack_access_key_id", "volcstack_secret_access_key", "volcstack_session_token",
            ),
        },
    ],
    oidc_env: Some(OidcSettings {
        token_file: Env("VOLCENGINE_OIDC_TOKEN_FILE"),
        provider_arn: None,
        role: RoleSettings {
            session_name: &[Env("VOLCENGINE_OIDC_ROLE_SESSION_NAME")],
            policy: &[Env("VOLCENGINE_OIDC_ROLE_POLICY")],
            endpoint: &[Env("VOLCENGINE_OIDC_STS_ENDPOINT")],
            ..role(RoleArn::Whole(Env("VOLCENGINE_OIDC_ROLE_TRN")))
        },
    }),
    oidc_signs: &["VOLCENGINE_OIDC_TOKEN_FILE", "VOLCENGINE_OIDC_ROLE_TRN"],
    credentials_uri: None,
    container: None,
    imds: Some(&IMDS),
    region_env: &["VOLCENGINE_REGION", "VOLCSTACK_REGION"],
    region_file: None,
    generic_region_env: &[],
    hint: || {
        phrase!(
            "set `{}` and `{}`, or run `{}`",
            "VOLCENGINE_ACCESS_KEY",
            "VOLCENGINE_SECRET_KEY",
            "ve login"
        )
    },
};

/// The profiles of the command-line tool.
const CLI_PROFILE: ProfileFile = ProfileFile {
    paths: &[".volcengine/config.json"],
    path_env: &["VOLCENGINE_CLI_CONFIG_FILE"],
    disable_env: &[],
    format: ProfileFormat::Json,
    as_json: None,
    settings: None,
    has_flag: true,
    key: KeyFields::new("access-key", "secret-key", "session-token"),
    mode_field: Some("mode"),
    modes: &[
        ("ak", Mode::Base(Base::Static)),
        ("StsToken", Mode::Base(Base::StsToken)),
        (
            "RamRoleArn",
            Mode::AssumeRole(&role(RoleArn::Built("account-id", "role-name", |account, role| {
                format!("trn:iam::{account}:role/{role}")
            }))),
        ),
        (
            "OIDC",
            Mode::Base(Base::Oidc(&OidcSettings {
                token_file: Field("oidc-token-file"),
                provider_arn: None,
                role: role(RoleArn::Whole(Field("role-trn"))),
            })),
        ),
        ("EcsRole", Mode::Base(Base::InstanceRole(&IMDS, Some("role-name")))),
        (
            "sso",
            Mode::Base(Base::Sso(&Sso {
                expiration: "sts-expiration",
                hint: |_| phrase!("`{}` renews it", "ve sso login"),
            })),
        ),
        (
            "console-login",
            Mode::Base(Base::ConsoleLogin(&ConsoleLogin {
                session: "login-session",
                folder_env: "VOLCENGINE_LOGIN_CACHE_DIRECTORY",
                folder: "login/cache",
                file: |session| format!("{}.json", hex(&Sha1::digest(session.as_bytes()))),
                token: "access_token",
                key: KeyFields::new("access_key_id", "secret_access_key", "session_token"),
                hint: |_| phrase!("`{}` renews it", "ve login"),
            })),
        ),
    ],
    ignores_mode_case: true,
    default_mode: Mode::Base(Base::Static),
    region_field: Some("region"),
};

const fn role(arn: RoleArn) -> RoleSettings {
    RoleSettings {
        sts: &STS,
        arn,
        session_name: &[],
        duration: None,
        external_id: &[],
        policy: &[Field("policy")],
        endpoint: &[],
    }
}

const KEY: KeyFields = KeyFields::new("AccessKeyId", "SecretAccessKey", "SessionToken");

static STS: Sts = Sts {
    host: "sts.volcengineapi.com",
    regional: None,
    protocol: StsProtocol::Json,
    query: &[("Version", "2018-01-01")],
    role_parameter: "RoleTrn",
    provider_parameter: None,
    oidc: ("AssumeRoleWithOIDC", "OIDCToken"),
    // The scope is this region's, wherever the role is used.
    sign: |request, credential, stamp, _| {
        v4::VOLCENGINE.sign(request, credential, stamp, "cn-beijing", "sts")
    },
    unsigned: |request, parameters, _| form(request, parameters),
    ignore_endpoint_env: None,
    credentials_path: &["Result", "Credentials"],
    // AssumeRole calls it `ExpiredTime`, AssumeRoleWithOIDC `Expiration`.
    fields: &KeyFields { expiration: &["ExpiredTime", "Expiration"], ..KEY },
};

static IMDS: Imds = Imds {
    host: "100.96.0.96",
    endpoint: None,
    disable_env: Some("VOLCENGINE_ECS_METADATA_DISABLED"),
    role_env: Some("VOLCENGINE_ECS_METADATA"),
    protocol: ImdsProtocol::Roles(ImdsRoles {
        token_headers: Some(("x-volc-ecs-metadata-token-ttl-seconds", "x-volc-ecs-metadata-token")),
        v1_disable_env: None,
        v1_statuses: &[],
        path: "/volcstack/latest/iam/security_credentials",
        query: &[("type", "user"), ("format", "json")],
    }),
    fields: &KeyFields { expiration: &["ExpiredTime"], ..KEY },
};
