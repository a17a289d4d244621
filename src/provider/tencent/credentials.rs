//! Where Tencent Cloud's own tools keep credentials.
//!
//! - the command-line tool: <https://github.com/TencentCloud/tencentcloud-cli>
//! - the SDKs: <https://github.com/TencentCloud/tencentcloud-sdk-python> (`common/credential.py`)
//! - the token of a temporary key in the Terraform provider:
//!   <https://github.com/tencentcloudstack/terraform-provider-tencentcloud>
//! - the security token service: <https://www.tencentcloud.com/document/api/1133/41563>
//! - instance metadata: <https://www.tencentcloud.com/document/product/213/4934>

use crate::phrase::phrase;
use crate::provider::credential_spec::{
    Base, CredentialSpec, Imds, ImdsProtocol, ImdsRoles, KeyFields, KeyFile, Mode, OidcSettings,
    ProfileFile, ProfileFormat, RegionFile, RegionalSts, RoleArn, RoleSettings,
    Setting::{Env, Field},
    Sso, Sts, StsProtocol,
};
use crate::sign::tc3;
use crate::wire::Request;

/// The sources: the command-line tool's before the SDKs', and OIDC before the instance role.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    // The command-line tool and the Terraform provider call the token by different names.
    env: &[
        KeyFields::new("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
        KeyFields::new(
            "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN",
        ),
    ],
    generic_env: &[],
    role_env: Some(RoleSettings {
        session_name: &[Env("TENCENTCLOUD_ROLE_SESSION_NAME")],
        ..role(RoleArn::Whole(Env("TENCENTCLOUD_ROLE_ARN")))
    }),
    profile_env: &["TCCLI_PROFILE"],
    profile_files: &[ProfileFile {
        paths: &[".tccli/{profile}.credential"],
        path_env: &[],
        disable_env: &[],
        format: ProfileFormat::FilePerProfile,
        as_json: None,
        settings: None,
        has_flag: true,
        key: KeyFields::new("secretId", "secretKey", "token"),
        mode_field: Some("type"),
        modes: &[
            ("default", DEFAULT_MODE),
            (
                "oauth",
                Mode::Base(Base::Sso(&Sso {
                    expiration: "expiresAt",
                    hint: |profile| {
                        phrase!(
                            "`{}` logs in again",
                            format!("tccli auth login --profile {profile}")
                        )
                    },
                })),
            ),
            (
                "sso",
                Mode::Base(Base::Sso(&Sso {
                    expiration: "expiresAt",
                    hint: |profile| {
                        phrase!(
                            "`{}` logs in again",
                            format!("tccli sso login --profile {profile}")
                        )
                    },
                })),
            ),
            ("cvm-role", Mode::Base(Base::InstanceRole(&IMDS, None))),
        ],
        ignores_mode_case: false,
        default_mode: DEFAULT_MODE,
        region_field: None,
    }],
    key_files: &[
        KeyFile { path: ".tencentcloud/credentials", section: Some("default"), key: SDK_KEY },
        KeyFile { path: "/etc/tencentcloud/credentials", section: Some("default"), key: SDK_KEY },
    ],
    oidc_env: Some(OidcSettings {
        token_file: Env("TKE_WEB_IDENTITY_TOKEN_FILE"),
        provider_arn: Some(Env("TKE_PROVIDER_ID")),
        role: role(RoleArn::Whole(Env("TKE_ROLE_ARN"))),
    }),
    oidc_signs: &["TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_PROVIDER_ID"],
    credentials_uri: None,
    container: None,
    imds: Some(&IMDS),
    region_env: &["TENCENTCLOUD_REGION"],
    region_file: Some(RegionFile {
        path: ".tccli/{profile}.configure",
        object: "_sys_param",
        field: "region",
    }),
    generic_region_env: &[],
    hint: || {
        phrase!(
            "set `{}` and `{}`, or run `{}`",
            "TENCENTCLOUD_SECRET_ID",
            "TENCENTCLOUD_SECRET_KEY",
            "tccli auth login"
        )
    },
};

/// A key, and a role that is assumed with it if the profile names one.
const DEFAULT_MODE: Mode = Mode::AssumeRoleIfNamed(&RoleSettings {
    session_name: &[Field("role-session-name")],
    ..role(RoleArn::Whole(Field("role-arn")))
});

const SDK_KEY: KeyFields = KeyFields::permanent("secret_id", "secret_key");

const fn role(arn: RoleArn) -> RoleSettings {
    RoleSettings {
        sts: &STS,
        arn,
        session_name: &[],
        duration: None,
        external_id: &[],
        policy: &[],
        endpoint: &[],
    }
}

const TEMPORARY: KeyFields = KeyFields {
    expiration: &["Expiration", "ExpiredTime"],
    ..KeyFields::new("TmpSecretId", "TmpSecretKey", "Token")
};

static STS: Sts = Sts {
    host: HOST,
    regional: Some(RegionalSts {
        region: &[Env("TKE_REGION")],
        parameter: Some("Region"),
        vpc: &[],
        host: |_, _| HOST.to_owned(),
    }),
    protocol: StsProtocol::Json,
    query: &[("Version", "2018-08-13")],
    role_parameter: "RoleArn",
    provider_parameter: Some("ProviderId"),
    oidc: ("AssumeRoleWithWebIdentity", "WebIdentityToken"),
    sign: |request, credential, stamp, _| tc3::sign(as_json(request), credential, stamp, "sts"),
    unsigned: |mut request, parameters, _| {
        request.query.extend_from_slice(parameters);
        // What the gateway wants of a request that is not signed.
        as_json(request).header("authorization", "SKIP")
    },
    ignore_endpoint_env: None,
    credentials_path: &["Response", "Credentials"],
    fields: &TEMPORARY,
};

const HOST: &str = "sts.tencentcloudapi.com";

/// Turns the parameters of a query into what the gateway reads: headers, and a body in JSON.
fn as_json(mut request: Request) -> Request {
    let mut body = serde_json::Map::new();
    let mut region = "ap-guangzhou".to_owned();
    for (name, value) in std::mem::take(&mut request.query) {
        match &*name {
            "Action" => request = request.header("x-tc-action", value),
            "Version" => request = request.header("x-tc-version", value),
            "Region" => region = value,
            "DurationSeconds" => drop(body.insert(name, value.parse::<u32>().ok().into())),
            _ => drop(body.insert(name, value.into())),
        }
    }
    let request = request.header("x-tc-region", region).header("content-type", "application/json");
    let body = serde_json::Value::Object(body).to_string().into_bytes();
    Request { method: "POST", body, ..request }
}

static IMDS: Imds = Imds {
    host: "metadata.tencentyun.com",
    endpoint: None,
    disable_env: None,
    role_env: None,
    protocol: ImdsProtocol::Roles(ImdsRoles {
        token_headers: None,
        v1_disable_env: None,
        v1_statuses: &[],
        path: "/latest/meta-data/cam/security-credentials/",
        query: &[],
    }),
    fields: &TEMPORARY,
};
