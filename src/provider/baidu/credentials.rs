//! Where Baidu AI Cloud's own tools keep credentials.
//!
//! - the command-line tool: <https://github.com/baidubce/bce-cli>
//! - `bcecmd` and the connectors: <https://cloud.baidu.com/doc/BOS/s/pm5p8jya8>. The files beside their keys name a
//!   `Domain`, which is the object storage's and never used.
//! - instance metadata: <https://intl.cloud.baidu.com/en/doc/BCC/s/jm4bbrdmn-intl-en>. The page gives the address and
//!   not the form of the response, so the names are those of the token service,
//!   <https://intl.cloud.baidu.com/doc/IAM/s/Qjwvyc8ov-en>: in the response itself or in `credential`.

use crate::phrase::phrase;
use crate::provider::credential_spec::{
    Base, CredentialSpec, Imds, ImdsProtocol, KeyFields, KeyFile, Mode, ProfileFile, ProfileFormat,
};

/// The sources.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    // The names of the command-line tool, then those of the Terraform provider.
    env: &[
        KeyFields::new("BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "BCE_SECURITY_TOKEN"),
        KeyFields::new(
            "BAIDUCLOUD_ACCESS_KEY", "BAIDUCLOUD_SECRET_KEY", "BAIDUCLOUD_SESSION_TOKEN",
        ),
    ],
    generic_env: &[],
    role_env: None,
    profile_env: &[],
    profile_files: &[ProfileFile {
        paths: &[".bce/config.json"],
        path_env: &[],
        disable_env: &[],
        format: ProfileFormat::Json,
        as_json: None,
        settings: None,
        has_flag: true,
        key: KeyFields::new("access_key_id", "secret_access_key", "security_token"),
        mode_field: Some("mode"),
        modes: &[("AK", Mode::Base(Base::Static)), ("StsToken", Mode::Base(Base::StsToken))],
        ignores_mode_case: false,
        default_mode: Mode::Base(Base::Static),
        region_field: Some("region"),
    }],
    key_files: &[
        KeyFile { path: ".go-bcecli/credentials", section: Some("defaults"), key: OLDER_KEY },
        KeyFile { path: ".baidubce/credentials", section: Some("defaults"), key: OLDER_KEY },
    ],
    oidc_env: None,
    oidc_signs: &[],
    credentials_uri: None,
    container: None,
    imds: Some(&Imds {
        host: "169.254.169.254",
        endpoint: None,
        disable_env: None,
        role_env: None,
        protocol: ImdsProtocol::Direct {
            path: "/latest/meta-data/sts-credential",
            object: "credential",
        },
        fields: &KeyFields {
            expiration: &["expiration"],
            ..KeyFields::new("accessKeyId", "secretAccessKey", "sessionToken")
        },
    }),
    region_env: &["BCE_REGION", "BAIDUCLOUD_REGION"],
    region_file: None,
    generic_region_env: &[],
    hint: || {
        phrase!(
            "set `{}` and `{}`, or configure a profile with `{}`",
            "BCE_ACCESS_KEY_ID",
            "BCE_SECRET_ACCESS_KEY",
            "bce"
        )
    },
};

const OLDER_KEY: KeyFields = KeyFields::new("ak", "sk", "sts");
