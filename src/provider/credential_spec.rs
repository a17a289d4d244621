//! Where a provider's own tools keep credentials, as data. `credentials` looks there; nothing here does I/O.
#![expect(missing_docs, reason = "a field without a comment is described by its name")]

use crate::phrase::Phrase;

pub(super) use super::credential_services::form;
pub use super::credential_services::{
    Container, Imds, ImdsEndpoint, ImdsProtocol, ImdsRoles, KeyFields, RegionalSts, Setting,
    SsoPortal, Sts, StsProtocol,
};

/// The sources of one provider. An empty list and `None` stand for a source that the provider does not have.
#[derive(Debug)]
pub struct CredentialSpec {
    /// Variables with the vendor's prefix, in the order in which they count: one of a pair alone is an error.
    pub env: &'static [KeyFields],
    /// Variables that another program may mean: they come last, and an incomplete pair is ignored.
    pub generic_env: &'static [KeyFields],
    /// The role that variables name, assumed with the key of the variables or of a profile that no flag names.
    pub role_env: Option<RoleSettings>,
    /// Variables that choose a profile; the first that is set counts.
    pub profile_env: &'static [&'static str],
    pub profile_files: &'static [ProfileFile],
    /// Files that hold one key each. They are left out when a profile is chosen.
    pub key_files: &'static [KeyFile],
    /// The OIDC token and the role that variables name.
    pub oidc_env: Option<OidcSettings>,
    /// Variables that say, each alone, that an OIDC token is meant. A role that other tools read too does not.
    pub oidc_signs: &'static [&'static str],
    /// The variable that holds a credentials URI, and what its response calls a credential.
    pub credentials_uri: Option<(&'static str, &'static KeyFields)>,
    pub container: Option<&'static Container>,
    pub imds: Option<&'static Imds>,
    /// Variables that name the region; they count before the profile.
    pub region_env: &'static [&'static str],
    /// The file beside a profile that names its region.
    pub region_file: Option<RegionFile>,
    /// Variables whose names another program may mean; they count after the profile.
    pub generic_region_env: &'static [&'static str],
    /// What to do when there is no credential anywhere.
    pub hint: fn() -> Phrase,
}

/// A file that holds one key.
#[derive(Debug)]
pub struct KeyFile {
    /// Below the home directory, or absolute.
    pub path: &'static str,
    /// The section of an INI file, whose case does not matter; `None` for a file that is a JSON object.
    pub section: Option<&'static str>,
    pub key: KeyFields,
}

/// A JSON file that names the region of a profile.
#[derive(Debug)]
pub struct RegionFile {
    /// Below the home directory; `{profile}` stands for the name of the profile.
    pub path: &'static str,
    /// The object that holds the field.
    pub object: &'static str,
    pub field: &'static str,
}

/// A file that holds profiles.
#[derive(Debug)]
pub struct ProfileFile {
    /// Paths below the home directory; the first file that holds the profile counts.
    pub paths: &'static [&'static str],
    /// Variables that name another file, which has to exist; the first that is set counts.
    pub path_env: &'static [&'static str],
    /// Variables that disable the file. A profile that `--profile` names counts all the same.
    pub disable_env: &'static [&'static str],
    pub format: ProfileFormat,
    /// How the file is read when it is a JSON object instead of INI.
    pub as_json: Option<&'static ProfileFile>,
    /// A second file, which adds to the profiles of this one.
    pub settings: Option<&'static SettingsFile>,
    /// `--profile` names a profile of this file; other files are left out then.
    pub has_flag: bool,
    pub key: KeyFields,
    /// The field that names the mode; without one, the first field in `modes` that is set tells the mode.
    pub mode_field: Option<&'static str>,
    pub modes: &'static [(&'static str, Mode)],
    pub ignores_mode_case: bool,
    /// The mode of a profile that names none.
    pub default_mode: Mode,
    pub region_field: Option<&'static str>,
}

/// A second file of profiles, in INI. Of a field that is in both files the first file's value counts, and a key is taken
/// from one file alone. A profile may be there without a credential: then the sources that come next count.
#[derive(Debug)]
pub struct SettingsFile {
    /// The path below the home directory.
    pub path: &'static str,
    /// The variable that names another file, which has to exist.
    pub path_env: &'static str,
    /// What the name of every section but `default` begins with.
    pub prefix: &'static str,
    /// Fields that count before a key that is in this file.
    pub before_key: &'static [&'static str],
}

/// How a file of profiles is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFormat {
    /// `profiles`, a list or a map, and `current`, the name of the profile that counts.
    Json,
    /// A section for each profile; `default` counts unless another one is chosen.
    Ini,
    /// A file for each profile, a JSON object; `{profile}` in its path stands for the name, which is `default` unless
    /// another one is chosen.
    FilePerProfile,
}

/// Where the credential of a profile comes from.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// From the profile itself.
    Base(Base),
    /// From a role, assumed with the key that the profile holds.
    AssumeRole(&'static RoleSettings),
    /// The same if the profile names the role, else from the profile itself.
    AssumeRoleIfNamed(&'static RoleSettings),
    /// From a role, assumed with the credential of the profile that a field names.
    SourceProfile(&'static RoleSettings, &'static str),
    /// From a role, assumed with the credential of a profile or of another source.
    Source(&'static RoleSettings, &'static RoleSource),
}

/// Where the credential comes from that assumes a role: of the two fields one is set.
#[derive(Debug)]
pub struct RoleSource {
    /// The field that names a profile. It may be the same one, if that holds a key.
    pub profile: &'static str,
    /// The field that names another source.
    pub named_source: &'static str,
    pub named_sources: &'static [(&'static str, Base)],
    /// The field that demands an MFA code, for which this program does not ask.
    pub mfa: &'static str,
    /// What to do then, by the name of the profile.
    pub mfa_hint: fn(&str) -> Phrase,
}

/// Where the credential of a profile comes from that needs no other credential.
#[derive(Clone, Copy, Debug)]
pub enum Base {
    /// Access key id and secret. A session token is ignored: it may be left over from another mode.
    AccessKey,
    /// Access key id, secret, and a session token if there is one.
    Static,
    /// Access key id, secret and session token.
    StsToken,
    /// `StsToken` if there is a session token, else `AccessKey`.
    AccessKeyOrStsToken,
    /// A role, assumed with an OIDC token.
    Oidc(&'static OidcSettings),
    /// The role of the instance, and the field that may name it.
    InstanceRole(&'static Imds, Option<&'static str>),
    /// The output of a program.
    Process(&'static Process),
    /// The response of the credentials URI in a field.
    CredentialsUri(&'static str, &'static KeyFields),
    /// A temporary credential that a login left in the profile.
    Sso(&'static Sso),
    /// A temporary credential that a login left in a file of its own.
    ConsoleLogin(&'static ConsoleLogin),
    /// A temporary credential for the token that a login left in a file of its own.
    SsoPortal(&'static SsoPortal),
    /// The key in environment variables.
    Environment,
    /// The role of the container.
    Container(&'static Container),
}

/// The settings of a role that is assumed; of each list the first setting that is set counts.
#[derive(Debug)]
pub struct RoleSettings {
    pub sts: &'static Sts,
    pub arn: RoleArn,
    pub session_name: &'static [Setting],
    /// The field that says how long the credential is to last, in seconds.
    pub duration: Option<&'static str>,
    pub external_id: &'static [Setting],
    pub policy: &'static [Setting],
    /// The host of the service.
    pub endpoint: &'static [Setting],
}

/// Where the full name of a role comes from.
#[derive(Clone, Copy, Debug)]
pub enum RoleArn {
    Whole(Setting),
    /// A function of two fields, the account and the short name of the role.
    Built(&'static str, &'static str, fn(&str, &str) -> String),
}

/// The settings of a role that is assumed with an OIDC token.
#[derive(Debug)]
pub struct OidcSettings {
    pub token_file: Setting,
    /// The identity provider, where the service asks for it.
    pub provider_arn: Option<Setting>,
    pub role: RoleSettings,
}

/// A program that prints a credential as JSON.
#[derive(Debug)]
pub struct Process {
    /// The field that holds the command line.
    pub command: &'static str,
    /// The variable that forbids to run programs.
    pub disable_env: Option<&'static str>,
    /// The field of the output that tells its version, and the version that is understood.
    pub version: Option<(&'static str, i64)>,
    /// What the output calls the parts of the credential.
    pub fields: KeyFields,
}

/// A login whose temporary credential is in the profile.
#[derive(Debug)]
pub struct Sso {
    /// The field with the Unix time at which the credential expires.
    pub expiration: &'static str,
    /// How to log in again, by the name of the profile.
    pub hint: fn(&str) -> Phrase,
}

/// A login whose temporary credential is in a file of its own.
#[derive(Debug)]
pub struct ConsoleLogin {
    /// The field that names the session.
    pub session: &'static str,
    /// The variable that names the folder of the files.
    pub folder_env: &'static str,
    /// The folder: `~/` is the home directory, any other path is relative to that of the profiles.
    pub folder: &'static str,
    /// Makes the name of the file from that of the session.
    pub file: fn(&str) -> String,
    /// The field of the file that holds the credential.
    pub token: &'static str,
    pub key: KeyFields,
    /// How to log in again, by the name of the profile.
    pub hint: fn(&str) -> Phrase,
}
