//! Where AWS's own tools keep credentials.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html>

use crate::provider::credential_spec::{CredentialSpec, KeyFields};

/// The places.
pub(super) static CREDENTIALS: CredentialSpec = CredentialSpec {
    env: &[KeyFields::new("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")],
    generic_env: &[],
    profile_env: &[],
    profile_files: &[],
    key_files: &[],
    oidc_env: None,
    oidc_signs: &[],
    credentials_uri: None,
    container: None,
    imds: None,
    region_env: &["AWS_REGION", "AWS_DEFAULT_REGION"],
    generic_region_env: &[],
    hint: "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
};
