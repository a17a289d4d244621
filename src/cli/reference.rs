//! Facts for help text and manual page: examples, exit codes, variables, files. They are made from the registry.

use crate::error::ExitCode;
use crate::lang::{Example, Texts, Variable};
use crate::provider::{ProviderInfo, Purpose, infos};

/// Something and what it means.
pub(super) type Entry = (String, String);

/// The examples of the short help.
pub(super) const SHORT: [Example; 3] = [Example::OneKey, Example::Clouds, Example::Sandbox];

/// Returns the command of an example.
pub(super) fn command(example: Example) -> String {
    let clouds: Vec<(&str, &str)> = infos().map(|info| (info.id, info.home_region())).collect();
    let (cloud, region) = clouds.first().copied().unwrap_or_default();
    let (last, there) = clouds.last().copied().unwrap_or_default();
    let arguments = match example {
        Example::OneKey => format!("--provider {cloud} ~/.ssh/id_rsa.pub"),
        Example::Regions => format!("-p {cloud} -r {region},{} key.pub", second_region()),
        Example::Clouds => {
            format!("--to {cloud}/{region} --to {last}/{there} key.pub")
        }
        Example::AllRegions => format!("-p {cloud} --all-regions -o json key.pub"),
        Example::StandardInput => format!("-p {cloud} --name ci-deploy - < key.pub"),
        Example::DryRun => format!("-p {cloud} --dry-run key.pub"),
        Example::Check => format!("-p {cloud} --check --quiet key.pub"),
        Example::Offline => format!("-p {last} -r {there} --offline key.pub"),
        Example::Sandbox => format!("--sandbox -p {cloud} ~/.ssh/id_rsa.pub"),
    };
    format!("keyimport {arguments}")
}

/// Returns a region of the first cloud that is near its first one.
fn second_region() -> &'static str {
    let Some(info) = infos().next() else { return "" };
    let home = info.home_region();
    let area = home.split('-').next().unwrap_or_default();
    let mut others = info.regions.iter().map(|region| region.id).filter(|id| *id != home);
    others.find(|id| id.starts_with(area)).unwrap_or(home)
}

pub(super) fn exit_codes(texts: &Texts) -> Vec<Entry> {
    let entry =
        |code: ExitCode| (code.number().to_string(), (texts.help.exit_code)(code).to_owned());
    ExitCode::ALL.into_iter().map(entry).collect()
}

/// Returns the variables that are not of one cloud.
pub(super) fn variables(texts: &Texts) -> Vec<Entry> {
    let entry = |variable| {
        let names = match variable {
            Variable::Proxies => "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
            Variable::Certificates => "SSL_CERT_FILE, SSL_CERT_DIR",
            Variable::Color => "NO_COLOR",
            Variable::NoMetadata => "KEYIMPORT_METADATA_DISABLED=true",
            Variable::Language => "LC_ALL, LC_MESSAGES, LANG",
        };
        (names.to_owned(), (texts.help.variable)(variable).to_owned())
    };
    Variable::ALL.into_iter().map(entry).collect()
}

/// Returns the variables of each cloud, by purpose.
pub(super) fn cloud_variables(texts: &Texts) -> Vec<(&'static str, Vec<Entry>)> {
    let of_cloud = |info: &'static ProviderInfo| {
        let named = Purpose::ALL.into_iter().map(|purpose| {
            ((texts.help.purpose)(purpose).to_owned(), info.variables(purpose).join(", "))
        });
        ((texts.title)(info), named.filter(|(_, names)| !names.is_empty()).collect())
    };
    infos().map(of_cloud).collect()
}

/// Returns the files of each cloud.
pub(super) fn cloud_files() -> Vec<(&'static str, Vec<String>)> {
    infos().map(|info| (info.title, info.files())).collect()
}
