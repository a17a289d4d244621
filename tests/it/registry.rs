//! What must hold of every cloud, of the order of the modules and of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use keyimport::error::ErrorKind;
use keyimport::provider;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
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

fn sources() -> Vec<(String, String)> {
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
            format!("src/provider/{id}/errors.rs"),
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
            assert_eq!(names.insert(*name, info.id), None, "{name} stands for two clouds");
            assert_eq!(provider::find(name).unwrap().info().id, info.id);
        }
    }
}

#[test]
fn what_a_cloud_says_of_itself_is_sound() {
    for cloud in provider::ALL {
        let info = cloud.info();
        assert!(info.regions.contains(&info.default_region), "{}", info.id);
        let unique: BTreeSet<_> = info.regions.iter().collect();
        assert_eq!(unique.len(), info.regions.len(), "{} lists a region twice", info.id);
        for region in info.regions {
            keyimport::plan::check_region(region).unwrap();
            assert!(cloud.host(region).contains('.'));
        }
        assert!(info.key_types.contains(&"ssh-rsa"));
    }
}

#[test]
fn every_kind_has_a_name_a_hint_and_an_exit_code() {
    let mut names = BTreeSet::new();
    for kind in ErrorKind::ALL {
        assert!(names.insert(kind.name()), "{kind:?} shares its name");
        assert!(kind.name().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'));
        assert!((1..=11).contains(&kind.exit_code()) && kind.exit_code() != 10, "{kind:?}");
        let hint = kind.hint();
        assert!(!hint.is_empty() && !hint.ends_with('.'), "{kind:?}: {hint}");
    }
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let order: Vec<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 10);
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap();
        let Some(own) = order.iter().position(|other| *other == module) else { continue };
        for part in text.split("crate::").skip(1) {
            let used: String = part
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            if let Some(place) = order.iter().position(|other| *other == used) {
                assert!(place <= own, "src/{name} uses {used}, which stands below {module}");
            }
        }
    }
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
        assert!(text.starts_with("//!"), "src/{name} does not say what it is");
    }
}

#[test]
fn every_file_of_tests_is_run() {
    let list = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for path in fs::read_dir(root().join("tests/it")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            name == "main" || list.contains(&format!("mod {name};")),
            "tests/it/{name} is in no list"
        );
    }
}
