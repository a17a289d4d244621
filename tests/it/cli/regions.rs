//! `--list-regions`: as a cloud tells, or as the program knows.

use keyimport::provider;
use serde_json::json;

use super::run::{Home, finish, set_credential};
use crate::cloud_ids;

/// Returns the lines of a cloud as a pipe gets them.
fn known(id: &str) -> String {
    let info = provider::find(id).unwrap().info();
    lines(id, info.regions.iter().map(|region| region.id))
}

fn lines(cloud: &str, regions: impl IntoIterator<Item = &'static str>) -> String {
    let line = |region| format!("{cloud}\t{region}\n");
    regions.into_iter().map(line).collect()
}

#[test]
fn known_regions_need_no_credentials() {
    let home = Home::new();
    for id in cloud_ids() {
        let ended = home.run(&format!("--offline --list-regions -p {id}")).expect(0);
        assert_eq!((ended.stdout, ended.stderr), (known(id), String::new()));
        // Without `--offline` they take the place of what the cloud would tell, and this is said.
        let ended = home.run(&format!("--list-regions -p {id}")).expect(0);
        assert_eq!(ended.stdout, known(id));
        ended.says(&format!("warning: {id}: no credentials found; these regions are the ones "));
    }
    let all: String = cloud_ids().map(known).collect();
    assert_eq!(home.run("--list-regions --offline").expect(0).stdout, all);
    // Those of one partition.
    let ended = home.run("--list-regions --offline --to aws/cn-north-1").expect(0);
    assert_eq!(ended.stdout, "aws\tcn-north-1\naws\tcn-northwest-1\n");
}

#[test]
fn a_cloud_is_asked_for_its_regions() {
    let home = Home::new();
    let ended = home.run("--sandbox --list-regions -p baidu").expect(0);
    // The sandbox lists those with a host.
    let regions = ["bj", "bd", "gz", "su", "cd", "fwh", "fsh", "hkg", "sin"];
    assert_eq!(ended.stdout, lines("baidu", regions));
    let china = home.run("--sandbox --list-regions --to aws/cn-north-1").expect(0);
    assert_eq!(china.stdout, "aws\tcn-north-1\naws\tcn-northwest-1\n");
    let ended = home.run("--sandbox --list-regions").expect(0);
    for id in cloud_ids() {
        assert!(ended.stdout.contains(&format!("{id}\t")), "{id}");
    }
    // A cloud that cannot be reached is an error, and the program's own list does not hide it.
    let closed = crate::fake_cloud::closed_port();
    let mut command =
        home.command(&format!("--list-regions -p baidu --attempts 1 --endpoint http://{closed}"));
    set_credential(&mut command, "baidu", "AKTEST", "SKTEST-not-a-secret", None);
    let ended = finish(command).expect(8);
    assert_eq!(ended.stdout, "");
    ended.says("error: baidu: no response from ");
}

#[test]
fn regions_have_every_format() {
    let home = Home::new();
    let run = |arguments: &str| home.run(&format!("--list-regions -p baidu {arguments}")).expect(0);
    let beijing =
        json!({"provider": "baidu", "region": "bj", "city": "Beijing", "source": "program"});
    let document = run("--offline -o json").json();
    assert_eq!((&document["schema"], &document["regions"][0]), (&json!(1), &beijing));
    let records = run("--offline -o jsonl").records();
    assert_eq!(records.len(), provider::find("baidu").unwrap().info().regions.len());
    assert_eq!((&records[0]["schema"], &records[0]["city"]), (&json!(1), &beijing["city"]));
    assert_eq!(run("--sandbox -o json").json()["regions"][0]["source"], "cloud");
    // It is what was asked for, so a quiet run shows it too.
    assert_eq!(run("--offline -q").stdout, known("baidu"));
}

#[test]
fn a_list_of_regions_imports_nothing() {
    let home = Home::new();
    for other in ["key.pub", "--check", "--dry-run", "--all-regions"] {
        let ended = home.run(&format!("--sandbox=state --list-regions -p baidu {other}")).expect(2);
        assert_eq!(ended.stdout, "");
        let other = if other == "key.pub" { "KEY" } else { other };
        ended.says(&format!("error: `--list-regions` cannot be used with `{other}`\n"));
    }
    assert!(!home.path("state").exists());
}
