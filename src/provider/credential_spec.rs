//! Where a provider's own tools keep credentials, as data. `credentials` looks there; nothing here does I/O.

pub use super::credential_services::{
    Imds, ImdsProtocol, ImdsRoles, KeyFields, RegionalSts, Setting, Sts, TemporaryFields,
};

/// The places of one provider. An empty list and `None` stand for a place that the provider does not have.
#[derive(Debug)]
pub struct CredentialSpec {
    /// Environment variables that hold a key, in the order in which they count.
    pub env: &'static [EnvNames],
    /// Environment variables that choose a profile; the first that is set counts.
    pub profile_env: &'static [&'static str],
    /// Files that hold profiles.
    pub profile_files: &'static [ProfileFile],
    /// Files that hold one key each. They are left out when a profile is chosen.
    pub key_files: &'static [KeyFile],
    /// Environment variables that name an OIDC token and a role.
    pub oidc_env: Option<OidcEnv>,
    /// The environment variable that holds a credentials URI, and what its response calls a credential.
    pub credentials_uri: Option<(&'static str, &'static TemporaryFields)>,
    /// The instance metadata service.
    pub imds: Option<&'static Imds>,
    /// Environment variables that name the region; they count before the profile.
    pub region_env: &'static [&'static str],
    /// Environment variables whose names another program may mean; they count after the profile.
    pub generic_region_env: &'static [&'static str],
    /// What to do when there is no credential anywhere.
    pub hint: &'static str,
}

/// One set of environment variables that holds a key.
#[derive(Clone, Copy, Debug)]
pub struct EnvNames {
    /// The names.
    pub key: KeyFields,
    /// Whose names they are.
    pub prefix: Prefix,
}

impl EnvNames {
    /// Makes a set that carries the vendor's prefix.
    pub const fn vendor(id: &'static str, secret: &'static str, token: &'static str) -> Self {
        Self { key: KeyFields::new(id, secret, token), prefix: Prefix::Vendor }
    }
}

/// Which prefix the names of a set of environment variables carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// The vendor's: an id without a secret, or a secret without an id, is an error.
    Vendor,
    /// None: another program may mean them, so an incomplete pair is ignored.
    Generic,
}

/// A file that holds one key.
#[derive(Debug)]
pub struct KeyFile {
    /// Its path below the home directory.
    pub path: &'static str,
    /// The section of an INI file, whose case does not matter; `None` for a file that is a JSON object.
    pub section: Option<&'static str>,
    /// What it calls the parts of the key.
    pub key: KeyFields,
}

/// A file that holds profiles.
#[derive(Debug)]
pub struct ProfileFile {
    /// Paths below the home directory; the first file that holds the profile counts.
    pub paths: &'static [&'static str],
    /// The environment variable that names another file, which has to exist.
    pub path_env: Option<&'static str>,
    /// Environment variables that disable the file. A profile that `--profile` names counts all the same.
    pub disable_env: &'static [&'static str],
    /// How it is written.
    pub format: ProfileFormat,
    /// `--profile` names a profile of this file; other files are left out then.
    pub has_flag: bool,
    /// What a profile calls the parts of a key.
    pub key: KeyFields,
    /// The field that names the mode.
    pub mode_field: &'static str,
    /// The modes that are supported.
    pub modes: &'static [(&'static str, Mode)],
    /// The case of a mode does not matter.
    pub ignores_mode_case: bool,
    /// The mode of a profile that names none.
    pub default_mode: Mode,
    /// The field that names the region.
    pub region_field: Option<&'static str>,
}

/// How a file of profiles is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFormat {
    /// As JSON: `profiles`, a list or a map, and `current`, the name of the profile that counts.
    Json,
    /// As INI, a section for each profile; `default` counts unless another one is chosen.
    Ini,
}

/// Where the credential of a profile comes from.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// From the profile itself.
    Base(Base),
    /// From a role, assumed with the key that the profile holds.
    AssumeRole(&'static RoleSettings),
    /// From a role, assumed with the credential of the profile that a field names.
    SourceProfile(&'static RoleSettings, &'static str),
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
    /// The role of the instance; a field may name it.
    InstanceRole(&'static Imds, &'static str),
    /// The output of a program.
    Process(&'static Process),
    /// The response of the credentials URI in a field.
    CredentialsUri(&'static str, &'static TemporaryFields),
    /// A temporary credential that a login left in the profile.
    Sso(&'static Sso),
    /// A temporary credential that a login left in a file of its own.
    ConsoleLogin(&'static ConsoleLogin),
}

/// The settings of a role that is assumed; of each list the first setting that is set counts.
#[derive(Debug)]
pub struct RoleSettings {
    /// The service that is asked.
    pub sts: &'static Sts,
    /// The name of the role.
    pub arn: RoleArn,
    /// The name of the session.
    pub session_name: &'static [Setting],
    /// How long the credential is to last, in seconds.
    pub duration: &'static [Setting],
    /// The external id.
    pub external_id: &'static [Setting],
    /// A policy that narrows the role.
    pub policy: &'static [Setting],
    /// The host of the service.
    pub endpoint: &'static [Setting],
}

/// Where the full name of a role comes from.
#[derive(Clone, Copy, Debug)]
pub enum RoleArn {
    /// A setting.
    Whole(Setting),
    /// A function of two fields, the account and the short name of the role.
    Built(&'static str, &'static str, fn(&str, &str) -> String),
}

/// The settings of a role that is assumed with an OIDC token.
#[derive(Debug)]
pub struct OidcSettings {
    /// The file that holds the token.
    pub token_file: Setting,
    /// The name of the identity provider, where the service asks for it.
    pub provider_arn: Option<Setting>,
    /// The role.
    pub role: RoleSettings,
}

/// Environment variables that name an OIDC token and a role.
#[derive(Debug)]
pub struct OidcEnv {
    /// The settings, each of them an environment variable.
    pub settings: OidcSettings,
    /// Other tools read the role's variable too: set alone it means nothing.
    pub shares_role: bool,
}

/// A program that prints a credential as JSON.
#[derive(Debug)]
pub struct Process {
    /// The field that holds the command line.
    pub command: &'static str,
    /// The environment variable that forbids to run programs.
    pub disable_env: &'static str,
    /// What the output calls the time at which the credential expires.
    pub expiration: &'static str,
}

/// A login whose temporary credential is in the profile.
#[derive(Debug)]
pub struct Sso {
    /// The field with the Unix time at which the credential expires.
    pub expiration: &'static str,
    /// How to log in again; `{profile}` stands for the name of the profile.
    pub hint: &'static str,
}

/// A login whose temporary credential is in a file that is named by the SHA-1 of the session.
#[derive(Debug)]
pub struct ConsoleLogin {
    /// The field that names the session.
    pub session: &'static str,
    /// The environment variable that names the folder of the files.
    pub folder_env: &'static str,
    /// The folder, relative to that of the profiles.
    pub folder: &'static str,
    /// What the file calls the parts of the credential.
    pub key: KeyFields,
    /// How to log in again.
    pub hint: &'static str,
}
