//! Where Alibaba Cloud's own tools keep credentials.
//!
//! - the SDKs: <https://help.aliyun.com/zh/sdk/developer-reference/v2-manage-python-access-credentials>,
//!   <https://github.com/aliyun/credentials-go>
//! - the command-line tool, with the modes of its profiles: <https://github.com/aliyun/aliyun-cli>
//! - the security token service:
//!   <https://www.alibabacloud.com/help/en/resource-access-management/latest/assumerolewithoidc>
//! - instance metadata:
//!   <https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role-to-an-ecs-instance>

use super::sign_auto;
use crate::phrase::phrase;
use crate::provider::credential_spec::{
    Base, CredentialSpec, Imds, ImdsProtocol, ImdsRoles, KeyFields, Mode, OidcSettings, Process,
    ProfileFile, ProfileFormat, RegionalSts, RoleArn, RoleSettings,
    Setting::{self, Env, Field},
    Sso, Sts, StsProtocol, form,
};

/// The sources, in the order of the SDKs but for two: files come before OIDC, and the credentials URI before the
/// instance role.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    // The SDKs' names, then those of the command-line tool, the Terraform provider and the first SDK.
    env: &[
        KeyFields::new(
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ),
        KeyFields::new(
            "ALIBABACLOUD_ACCESS_KEY_ID",
            "ALIBABACLOUD_ACCESS_KEY_SECRET",
            "ALIBABACLOUD_SECURITY_TOKEN",
        ),
        KeyFields::new(
            "ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN",
        ),
        KeyFields::new("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
        KeyFields::permanent("ALIYUN_ACCESS_KEY_ID", "ALIYUN_ACCESS_KEY_SECRET"),
    ],
    generic_env: &[KeyFields::new("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN")],
    // As the command-line tool orders them.
    profile_env: &["ALIBABACLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
    role_env: None,
    profile_files: &[CLI_PROFILE, CREDENTIALS_FILE],
    key_files: &[],
    oidc_env: Some(OidcSettings {
        token_file: Env("ALIBABA_CLOUD_OIDC_TOKEN_FILE"),
        provider_arn: Some(Env("ALIBABA_CLOUD_OIDC_PROVIDER_ARN")),
        role: RoleSettings {
            sts: &STS,
            arn: RoleArn::Whole(Env("ALIBABA_CLOUD_ROLE_ARN")),
            session_name: &[SESSION_NAME],
            duration: None,
            external_id: &[],
            policy: &[],
            endpoint: &[STS_ENDPOINT],
        },
    }),
    oidc_signs: &["ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"],
    credentials_uri: Some(("ALIBABA_CLOUD_CREDENTIALS_URI", &TEMPORARY)),
    container: None,
    imds: Some(&IMDS),
    region_env: &[
        "ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID",
        "ALICLOUD_REGION", "ALIBABA_CLOUD_REGION",
    ],
    region_file: None,
    generic_region_env: &["REGION_ID", "REGION"],
    hint: || {
        phrase!(
            "set `{}` and `{}`, or run `{}`",
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "aliyun configure"
        )
    },
};

const SESSION_NAME: Setting = Env("ALIBABA_CLOUD_ROLE_SESSION_NAME");
const STS_ENDPOINT: Setting = Env("ALIBABA_CLOUD_STS_ENDPOINT");

/// The profiles of the command-line tool.
const CLI_PROFILE: ProfileFile = ProfileFile {
    paths: &[".aliyun/config.json"],
    path_env: &["ALIBABA_CLOUD_CONFIG_FILE"],
    disable_env: &["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"],
    format: ProfileFormat::Json,
    as_json: None,
    settings: None,
    has_flag: true,
    key: CLI_KEY,
    mode_field: Some("mode"),
    modes: &[
        ("AK", Mode::Base(Base::AccessKey)),
        ("StsToken", Mode::Base(Base::StsToken)),
        ("RamRoleArn", Mode::AssumeRole(&CLI_ROLE)),
        ("ChainableRamRoleArn", Mode::SourceProfile(&CLI_ROLE, "source_profile")),
        ("EcsRamRole", Mode::Base(Base::InstanceRole(&IMDS, Some("ram_role_name")))),
        (
            "OIDC",
            Mode::Base(Base::Oidc(&OidcSettings {
                token_file: Field("oidc_token_file"),
                provider_arn: Some(Field("oidc_provider_arn")),
                role: CLI_ROLE,
            })),
        ),
        (
            "External",
            Mode::Base(Base::Process(&Process {
                command: "process_command",
                disable_env: Some("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"),
                version: None,
                fields: KeyFields { expiration: &["expiration"], ..CLI_KEY },
            })),
        ),
        ("CredentialsURI", Mode::Base(Base::CredentialsUri("credentials_uri", &TEMPORARY))),
        ("CloudSSO", Mode::Base(Base::Sso(&LOGIN))),
        ("OAuth", Mode::Base(Base::Sso(&LOGIN))),
    ],
    ignores_mode_case: true,
    default_mode: Mode::Base(Base::AccessKeyOrStsToken),
    region_field: Some("region_id"),
};

const CLI_KEY: KeyFields = KeyFields::new("access_key_id", "access_key_secret", "sts_token");

const CLI_ROLE: RoleSettings = RoleSettings {
    sts: &STS,
    arn: RoleArn::Whole(Field("ram_role_arn")),
    session_name: &[Field("ram_session_name"), Field("role_session_name"), SESSION_NAME],
    duration: Some("expired_seconds"),
    external_id: &[Field("external_id")],
    policy: &[Field("policy")],
    endpoint: &[Field("sts_endpoint"), STS_ENDPOINT],
};

/// A login of a person, which the command-line tool keeps as a temporary credential.
const LOGIN: Sso = Sso {
    expiration: "sts_expiration",
    hint: |profile| {
        let flag = format!("--profile {profile}");
        let login = phrase!("`{}` logs in again", format!("aliyun configure {flag}"));
        phrase!("any command of `{}` with `{}` renews it", "aliyun", flag).and(login)
    },
};

/// The file that the SDKs share: Go names it without an ending, Python with one. Terraform's provider, which
/// names the second variable, reads the JSON of the command-line tool there:
/// <https://github.com/aliyun/terraform-provider-alicloud>.
const CREDENTIALS_FILE: ProfileFile = ProfileFile {
    paths: &[".alibabacloud/credentials", ".alibabacloud/credentials.ini"],
    path_env: &["ALIBABA_CLOUD_CREDENTIALS_FILE", "ALICLOUD_SHARED_CREDENTIALS_FILE"],
    disable_env: &[],
    format: ProfileFormat::Ini,
    as_json: Some(&CLI_PROFILE),
    settings: None,
    has_flag: false,
    key: KeyFields::new("access_key_id", "access_key_secret", "security_token"),
    mode_field: Some("type"),
    modes: &[
        ("access_key", Mode::Base(Base::Static)),
        ("ram_role_arn", Mode::AssumeRole(&FILE_ROLE)),
        (
            "oidc_role_arn",
            Mode::Base(Base::Oidc(&OidcSettings {
                token_file: Field("oidc_token_file_path"),
                provider_arn: Some(Field("oidc_provider_arn")),
                role: FILE_ROLE,
            })),
        ),
        ("ecs_ram_role", Mode::Base(Base::InstanceRole(&IMDS, Some("role_name")))),
    ],
    ignores_mode_case: false,
    default_mode: Mode::Base(Base::Static),
    region_field: None,
};

const FILE_ROLE: RoleSettings = RoleSettings {
    arn: RoleArn::Whole(Field("role_arn")),
    session_name: &[Field("role_session_name"), SESSION_NAME],
    duration: None,
    external_id: &[],
    ..CLI_ROLE
};

static TEMPORARY: KeyFields = KeyFields {
    expiration: &["Expiration"],
    ..KeyFields::new("AccessKeyId", "AccessKeySecret", "SecurityToken")
};

static STS: Sts = Sts {
    host: "sts.aliyuncs.com",
    regional: Some(RegionalSts {
        region: &[Field("sts_region"), Env("ALIBABA_CLOUD_STS_REGION")],
        parameter: None,
        vpc: &[Field("enable_vpc"), Env("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")],
        host: |region, is_vpc| {
            format!("{}.{region}.aliyuncs.com", if is_vpc { "sts-vpc" } else { "sts" })
        },
    }),
    protocol: StsProtocol::Json,
    query: &[("Version", "2015-04-01"), ("Format", "JSON")],
    role_parameter: "RoleArn",
    provider_parameter: Some("OIDCProviderArn"),
    oidc: ("AssumeRoleWithOIDC", "OIDCToken"),
    sign: |request, credential, stamp, _| sign_auto(request, credential, stamp),
    unsigned: |request, parameters, stamp| {
        let time = stamp.time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        form(request.with("Timestamp", time).with("SignatureNonce", &*stamp.nonce), parameters)
    },
    ignore_endpoint_env: None,
    credentials_path: &["Credentials"],
    fields: &TEMPORARY,
};

static IMDS: Imds = Imds {
    host: "100.100.100.200",
    endpoint: None,
    disable_env: Some("ALIBABA_CLOUD_ECS_METADATA_DISABLED"),
    role_env: Some("ALIBABA_CLOUD_ECS_METADATA"),
    protocol: ImdsProtocol::Roles(ImdsRoles {
        token_headers: Some((
            "x-aliyun-ecs-metadata-token-ttl-seconds",
            "x-aliyun-ecs-metadata-token",
        )),
        v1_disable_env: Some("ALIBABA_CLOUD_IMDSV1_DISABLED"),
        v1_statuses: &[],
        path: "/latest/meta-data/ram/security-credentials/",
        query: &[],
    }),
    fields: &TEMPORARY,
};
