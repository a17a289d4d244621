//! What must hold for every cloud, for the order of the modules and for the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use keyimport::provider::{self, Provider};

use crate::doubles::ERROR_KINDS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub fn sources() -> Vec<(String, String)> {
    files(&root().join("src"))
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root().join("src")).unwrap().display().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn ids() -> BTreeSet<String> {
    provider::ALL.iter().map(|cloud| cloud.info().id.to_owned()).collect()
}

#[test]
fn every_cloud_has_a_source_a_sandbox_and_data() {
    for id in ids() {
        for file in [
            format!("src/provider/{id}/mod.rs"),
            format!("src/provider/{id}/responses.rs"),
            format!("src/provider/{id}/errors.rs"),
            format!("src/provider/{id}/regions.rs"),
            format!("src/provider/{id}/credentials.rs"),
            format!("src/sandbox/{id}.rs"),
            format!("tests/data/{id}/faults.json"),
        ] {
            assert!(root().join(&file).is_file(), "{file} is missing");
        }
        for folder in ["sign", "answers"] {
            let folder = root().join("tests/data").join(&id).join(folder);
            assert!(!files(&folder).is_empty(), "{} is empty", folder.display());
        }
        assert!(keyimport::sandbox::owner(&id).is_some(), "{id} is not in the list of the sandbox");
    }
}

#[test]
fn every_folder_of_data_belongs_to_a_cloud() {
    let folders: BTreeSet<String> = fs::read_dir(root().join("tests/data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, ids());
}

#[test]
fn no_two_clouds_share_a_name() {
    let mut names = BTreeMap::new();
    for cloud in provider::ALL {
        let info = cloud.info();
        for name in std::iter::once(&info.id).chain(info.aliases) {
            assert_eq!(names.insert(*name, info.id), None, "{name} names two clouds");
            assert_eq!(provider::find(name).unwrap().info().id, info.id);
        }
    }
}

/// Checks that the host of a region is a valid name below the vendor's domain, and is the region's own or one that
/// several regions share.
#[track_caller]
fn assert_host(cloud: &dyn Provider, region: &str) {
    let host = cloud.host(region);
    let is_label = |label: &str| {
        let is_letter = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=63).contains(&label.len())
            && label.bytes().all(is_letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = host.split('.').collect();
    assert!(labels.len() >= 3 && labels.iter().all(|label| is_label(label)), "{host}");
    let regions_host = cloud.regions_host(region);
    let domain =
        |host: &str| host.splitn(host.split('.').count() - 1, '.').last().unwrap().to_owned();
    assert_eq!(domain(&host), domain(&regions_host), "{region}");
    let regions = cloud.info().regions.iter();
    let is_shared = regions.filter(|other| cloud.host(other.id) == host).count() > 1;
    assert!(labels.contains(&region) || is_shared, "{host} is not the host of {region}");
}

#[test]
fn what_a_cloud_says_of_itself_is_sound() {
    for cloud in provider::ALL {
        let info = cloud.info();
        assert!(info.region(info.home_region()).is_some(), "{}", info.id);
        let unique: BTreeSet<_> = info.regions.iter().map(|region| region.id).collect();
        assert_eq!(unique.len(), info.regions.len(), "{} lists a region twice", info.id);
        for region in info.regions.iter().map(|region| region.id) {
            provider::check_region(region).unwrap();
            assert_host(*cloud, region);
        }
        assert!(info.key_types.contains(&"ssh-rsa"));
    }
}

#[test]
fn every_provider_says_where_its_credentials_are() {
    for provider in provider::ALL {
        let info = provider.info();
        let (id, spec) = (info.id, info.credentials);
        assert!(!spec.env.is_empty(), "{id}: no variables");
        assert!((spec.hint)().contains(spec.env[0].id), "{id}: the hint names no variable");
        assert!(!spec.region_env.is_empty(), "{id}: no variable of the region");
        for file in spec.profile_files {
            assert!(!file.paths.is_empty() && !file.modes.is_empty(), "{id}: {file:?}");
        }
        let by_flag = spec.profile_files.iter().filter(|file| file.has_flag).count();
        assert!(by_flag <= 1, "{id}: `--profile` would choose in {by_flag} files");
    }
}

#[test]
fn every_kind_has_a_name_a_hint_and_an_exit_code() {
    let source = fs::read_to_string(root().join("src/error.rs")).unwrap();
    let variants =
        source.split_once("pub enum ErrorKind {").unwrap().1.split_once("\n}").unwrap().0;
    let count = variants.lines().filter(|line| line.ends_with(',')).count();
    assert_eq!(count, ERROR_KINDS.len(), "the tests do not know every kind");
    let mut names = BTreeSet::new();
    for kind in ERROR_KINDS {
        assert!(names.insert(kind.name()), "{kind:?} shares its name");
        assert!(kind.name().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'));
        assert!((1..=11).contains(&kind.exit_code()) && kind.exit_code() != 10, "{kind:?}");
        let hint = kind.hint();
        assert!(!hint.is_empty() && !hint.ends_with('.'), "{kind:?}: {hint}");
    }
}

/// The files of `src/` by the path of their module; `lib.rs` and `main.rs` are none.
fn modules() -> BTreeMap<Vec<String>, String> {
    let mut modules = BTreeMap::new();
    for (name, text) in sources() {
        let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
        if !["lib", "main"].contains(&path) {
            modules.insert(path.split('/').map(str::to_owned).collect(), without_comments(&text));
        }
    }
    modules
}

fn without_comments(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// Every path of a text that begins with one of these words, groups in braces taken apart.
fn paths(text: &str, roots: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in roots {
        for (at, _) in text.match_indices(&format!("{root}::")) {
            let is_inside = |letter: char| letter.is_alphanumeric() || "_:".contains(letter);
            if !text[..at].ends_with(is_inside) {
                branches(&text[at..], &[], &mut found);
            }
        }
    }
    found
}

/// Reads one path, or the group that it ends in, and returns how far that goes.
fn branches(text: &str, above: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = above.to_vec();
    let mut at = 0;
    loop {
        if text[at..].starts_with('{') {
            at += 1;
            while !text[at..].starts_with('}') {
                at += branches(&text[at..], &path, found);
                at += text[at..]
                    .find(|letter: char| letter != ',' && !letter.is_whitespace())
                    .unwrap();
            }
            return at + 1;
        }
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let name: String = text[at..].chars().take_while(|letter| is_part(*letter)).collect();
        at += name.len();
        path.push(name);
        match text[at..].strip_prefix("::") {
            Some(_) => at += 2,
            None => break,
        }
    }
    found.push(path);
    // What follows is `as` and another name, or the end.
    at + text[at..].find([',', '}', ';', '\n']).unwrap_or(text.len() - at)
}

#[test]
fn paths_are_found_in_groups_too() {
    let text =
        "use super::{a::{B, C as D}, e};\nlet f = super::super::g::h(super_::i, x::super::j);";
    let mut found: Vec<String> =
        paths(text, &["crate", "super"]).into_iter().map(|path| path.join(" ")).collect();
    found.sort();
    assert_eq!(found, ["super a B", "super a C", "super e", "super super g h"]);
}

/// Which file of a folder uses which other one: the path of the folder, and the names of both.
type Use = (Vec<String>, String, String);

/// Every use of one file of a folder by another one, be it by way of what the folder itself re-exports.
fn uses() -> BTreeSet<Use> {
    let modules = modules();
    let mut found = BTreeSet::new();
    for (own, text) in &modules {
        for path in paths(text, &["crate", "super"]) {
            let ups = path.iter().take_while(|part| *part == "super").count();
            let Some(kept) = own.len().checked_sub(ups) else { continue };
            let kept = if path[0] == "crate" { 0 } else { kept };
            let names = path.into_iter().filter(|part| part != "super" && part != "crate");
            let other: Vec<String> = own[..kept].iter().cloned().chain(names).collect();
            let shared = own.iter().zip(&other).take_while(|(one, other)| one == other).count();
            let (Some(file), Some(name)) = (own.get(shared), other.get(shared)) else { continue };
            let folder = own[..shared].to_vec();
            let origin = if modules.contains_key(&other[..=shared]) {
                Some(name.clone())
            } else {
                origin(&modules, &folder, name)
            };
            if let Some(origin) = origin.filter(|origin| origin != file) {
                found.insert((folder, file.clone(), origin));
            }
        }
    }
    found
}

/// Returns the file from which a folder re-exports a name.
fn origin(
    modules: &BTreeMap<Vec<String>, String>,
    folder: &[String],
    name: &str,
) -> Option<String> {
    let paths = paths(modules.get(folder)?, &["self"]);
    let path =
        paths.into_iter().find(|path| path.len() > 2 && path.ends_with(&[name.to_owned()]))?;
    let file = path[1].clone();
    modules.contains_key(&[folder, std::slice::from_ref(&file)].concat()).then_some(file)
}

#[test]
fn modules_use_only_what_is_above_them() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let order: Vec<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10 && uses().len() > 100);
    let place = |name: &str| order.iter().position(|other| *other == name);
    for (_, user, used) in uses().iter().filter(|(folder, ..)| folder.is_empty()) {
        let (own, place) = (place(user).unwrap(), place(used).unwrap());
        assert!(place < own, "src/{user} uses {used}, which is below it in src/lib.rs");
    }
}

/// Checks that a list of exceptions is exact.
#[track_caller]
fn assert_listed(list: &str, listed: &[&str], found: &BTreeSet<String>) {
    let listed: BTreeSet<String> = listed.iter().map(|name| (*name).to_owned()).collect();
    let [new, gone] = [(found, &listed), (&listed, found)]
        .map(|(one, other)| one.difference(other).cloned().collect::<Vec<_>>());
    assert!(new.is_empty() && gone.is_empty(), "{list}: new {new:?}, to be taken out {gone:?}");
}

/// Circles of imports inside a folder that are still there. This list only gets shorter.
const CIRCLES: &[&str] = &[];

#[test]
fn no_files_of_a_folder_use_each_other_in_a_circle() {
    let uses = uses();
    let reaches = |folder: &[String], from: &str, to: &str| {
        let mut seen = BTreeSet::from([from]);
        let mut next = vec![from];
        while let Some(user) = next.pop() {
            for (_, _, used) in uses.iter().filter(|(other, by, _)| other == folder && by == user) {
                if used == to {
                    return true;
                }
                if seen.insert(used) {
                    next.push(used);
                }
            }
        }
        false
    };
    let mut circles = BTreeSet::new();
    for (folder, user, used) in
        uses.iter().filter(|(folder, user, used)| reaches(folder, used, user))
    {
        let folder = folder.join("/");
        circles.insert(format!("{folder}: {} and {}", user.min(used), user.max(used)));
    }
    assert_listed("CIRCLES", CIRCLES, &circles);
}

#[test]
fn the_sandbox_checks_signatures_with_code_of_its_own() {
    for (name, text) in sources().iter().filter(|(name, _)| name.starts_with("sandbox/")) {
        for banned in ["crate::sign", "crate::encode", "percent_encoding"] {
            assert!(!text.contains(banned), "src/{name} uses {banned}");
        }
    }
}

#[test]
fn no_source_is_too_long_to_be_one_thing() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 300, "src/{name} has {lines} lines");
        let is_rust = Path::new(&name).extension().is_some_and(|ending| ending == "rs");
        let comment = if is_rust { "//!" } else { "#" };
        assert!(text.starts_with(comment), "src/{name} does not say what it is");
    }
}

/// Files that name a cloud although they are not that cloud's own. This list only gets shorter.
const NAME_A_CLOUD: &[&str] = &[
    "io/http/dns.rs", "io/http/error.rs", "sandbox/mod.rs", "sandbox/verify/acs.rs",
    "sandbox/verify/bce.rs", "sandbox/verify/mod.rs", "sandbox/verify/tc3.rs",
    "sandbox/verify/v4.rs", "sign/acs3.rs", "sign/bce.rs", "sign/mod.rs", "sign/rpc.rs",
    "sign/tc3.rs", "sign/v4.rs",
];

/// The words by which a cloud is named: its own, its domain, and the variables of its tools.
fn words(cloud: &dyn Provider) -> Vec<String> {
    let info = cloud.info();
    let host = cloud.regions_host(cloud.info().home_region());
    let domain = host.rsplit('.').nth(1).unwrap();
    let title = info.title.split(' ').next().unwrap();
    let prefix = info.region_variable().split('_').next().unwrap();
    let mut words: Vec<String> = [info.id, domain, title, prefix].map(str::to_lowercase).to_vec();
    words.extend(info.aliases.iter().map(|alias| (*alias).to_owned()));
    words
}

#[test]
fn nothing_but_its_own_files_names_a_cloud() {
    let mut found = BTreeSet::new();
    for cloud in provider::ALL {
        let (id, words) = (cloud.info().id, words(*cloud));
        for (name, text) in sources() {
            if name.starts_with(&format!("provider/{id}/"))
                || name.starts_with(&format!("sandbox/{id}"))
            {
                continue;
            }
            // The registry lists the clouds.
            let is_entry = |line: &str| {
                name == "provider/mod.rs"
                    && (line.ends_with(&format!("mod {id};")) || line.contains(&format!("{id}::")))
            };
            let lines: Vec<&str> = text.lines().filter(|line| !is_entry(line)).collect();
            let text = lines.join("\n").to_lowercase();
            let names_it = |part: &str| {
                words.iter().any(|word| part == word || word.len() > 3 && part.starts_with(word))
            };
            if text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(names_it) {
                found.insert(name);
            }
        }
    }
    assert_listed("NAME_A_CLOUD", NAME_A_CLOUD, &found);
}

/// Tells whether a text declares a module.
fn declares(text: &str, module: &str) -> bool {
    let declaration = format!("mod {module};");
    text.lines().map(str::trim_start).any(|line| {
        let line = line.strip_prefix("pub").unwrap_or(line);
        let line = line.trim_start_matches("(crate)").trim_start_matches("(super)");
        line.trim_start().starts_with(&declaration)
    })
}

#[test]
fn every_file_of_tests_is_run() {
    let folder = root().join("tests/it");
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let mut module: Vec<&str> =
            name.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
        let own = module.pop().unwrap();
        if module.is_empty() && own == "main" {
            continue;
        }
        let above = match module.join("/") {
            above if above.is_empty() => vec![folder.join("main.rs")],
            above => vec![folder.join(format!("{above}.rs")), folder.join(above).join("mod.rs")],
        };
        let is_listed = above
            .iter()
            .filter_map(|file| fs::read_to_string(file).ok())
            .any(|text| declares(&text, own));
        assert!(is_listed, "no file above tests/it/{name} declares it as a module");
    }
}
