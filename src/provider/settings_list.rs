//! Every variable and file that a provider's credentials and region may come from, for help texts.

use super::ProviderInfo;
use super::credential_spec::{
    Base, Imds, ImdsProtocol, Mode, OidcSettings, ProfileFile, RoleArn, RoleSettings, Setting,
};

/// What a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An access key or a session token.
    Key,
    /// The profile, or the file that holds it.
    Profile,
    /// The region.
    Region,
    /// A role that is assumed, or a login.
    Role,
    /// A service that hands out credentials: of an instance, a container, a URI.
    Service,
    /// The address of the cloud.
    Address,
}

impl Purpose {
    /// Every purpose, in the order of help texts.
    pub const ALL: [Self; 6] =
        [Self::Key, Self::Profile, Self::Region, Self::Role, Self::Service, Self::Address];
}

impl ProviderInfo {
    /// Returns the variables for one purpose, in the order in which they count.
    pub fn variables(&self, purpose: Purpose) -> Vec<&'static str> {
        let spec = self.credentials;
        let mut names = Vec::new();
        match purpose {
            Purpose::Key => {
                for set in spec.env.iter().chain(spec.generic_env) {
                    names.extend(set.names().chain(set.expiration.iter().copied()));
                }
            }
            Purpose::Profile => {
                names.extend(spec.profile_env);
                for file in spec.profile_files {
                    names.extend(file.path_env.iter().chain(file.disable_env));
                    names.extend(file.settings.map(|settings| settings.path_env));
                }
            }
            Purpose::Region => names.extend(spec.region_env.iter().chain(spec.generic_region_env)),
            Purpose::Role => {
                spec.role_env.iter().for_each(|role| add_role(role, &mut names));
                spec.oidc_env.iter().for_each(|oidc| add_oidc(oidc, &mut names));
                for file in spec.profile_files {
                    file.modes.iter().for_each(|(_, mode)| add_mode(mode, &mut names));
                }
                names.retain(|name| !spec.region_env.contains(name));
            }
            Purpose::Service => {
                names.extend(spec.credentials_uri.map(|(name, _)| name));
                if let Some(container) = spec.container {
                    names.extend([
                        container.path_env, container.uri_env, container.token_env,
                        container.token_file_env,
                    ]);
                }
                spec.imds.iter().for_each(|imds| add_imds(imds, &mut names));
            }
            Purpose::Address => {
                if let Some(endpoint) = self.endpoint_env {
                    names.extend(endpoint.names.iter().chain([&endpoint.disable]));
                }
            }
        }
        once(names)
    }

    /// Returns the files and folders, with `~/` before those below the home directory.
    pub fn files(&self) -> Vec<String> {
        let spec = self.credentials;
        let mut paths: Vec<String> = Vec::new();
        for file in spec.profile_files {
            let settings = file.settings.iter().map(|settings| settings.path);
            paths.extend(file.paths.iter().copied().chain(settings).map(str::to_owned));
            paths.extend(file.modes.iter().filter_map(|(_, mode)| folder(file, mode)));
        }
        paths.extend(spec.key_files.iter().map(|file| file.path.to_owned()));
        paths.extend(spec.region_file.iter().map(|file| file.path.to_owned()));
        once(paths.iter().map(|path| {
            let path = path.replace("{profile}", "PROFILE");
            if path.starts_with(['/', '~']) { path } else { format!("~/{path}") }
        }))
    }
}

/// Leaves out what was there before.
fn once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in all {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    list
}

/// Returns the folder in which a login of this mode keeps its credentials.
fn folder(file: &ProfileFile, mode: &Mode) -> Option<String> {
    match mode {
        Mode::Base(Base::SsoPortal(portal)) => Some(portal.folder.to_owned()),
        Mode::Base(Base::ConsoleLogin(login)) if login.folder.starts_with('~') => {
            Some(login.folder.to_owned())
        }
        Mode::Base(Base::ConsoleLogin(login)) => {
            let (beside, _) = file.paths.first()?.rsplit_once('/')?;
            Some(format!("{beside}/{}", login.folder))
        }
        _ => None,
    }
}

fn add_setting(setting: Setting, names: &mut Vec<&'static str>) {
    if let Setting::Env(name) = setting {
        names.push(name);
    }
}

fn add_role(role: &RoleSettings, names: &mut Vec<&'static str>) {
    if let RoleArn::Whole(setting) = role.arn {
        add_setting(setting, names);
    }
    let lists = [role.session_name, role.external_id, role.policy, role.endpoint];
    let sts = role.sts;
    let regional = sts.regional.iter().flat_map(|regional| [regional.region, regional.vpc]);
    for setting in lists.into_iter().chain(regional).flatten() {
        add_setting(*setting, names);
    }
    names.extend(sts.ignore_endpoint_env);
}

fn add_oidc(oidc: &OidcSettings, names: &mut Vec<&'static str>) {
    add_setting(oidc.token_file, names);
    oidc.provider_arn.iter().for_each(|setting| add_setting(*setting, names));
    add_role(&oidc.role, names);
}

fn add_mode(mode: &Mode, names: &mut Vec<&'static str>) {
    match mode {
        Mode::AssumeRole(role) | Mode::AssumeRoleIfNamed(role) | Mode::SourceProfile(role, _) => {
            add_role(role, names);
        }
        Mode::Source(role, _) => add_role(role, names),
        Mode::Base(Base::Oidc(oidc)) => add_oidc(oidc, names),
        Mode::Base(Base::Process(process)) => names.extend(process.disable_env),
        Mode::Base(Base::ConsoleLogin(login)) => names.push(login.folder_env),
        Mode::Base(_) => {}
    }
}

fn add_imds(imds: &Imds, names: &mut Vec<&'static str>) {
    names.extend(imds.role_env.into_iter().chain(imds.disable_env));
    if let ImdsProtocol::Roles(roles) = &imds.protocol {
        names.extend(roles.v1_disable_env);
    }
    if let Some(endpoint) = imds.endpoint {
        names.extend([endpoint.env, endpoint.mode_env]);
    }
}
