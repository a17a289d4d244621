//! The main job against the sandbox, in every form of output.

use keyimport::provider;
use serde_json::{Value, json};

use super::keys::{self, RSA_MD5, RSA_SHA256, RSA_SPKI_MD5, RSA_SPKI_SHA256};
use super::run::{Home, finish};

const CLOUDS: [(&str, &str); 3] =
    [("aliyun", "cn-hangzhou"), ("volcengine", "cn-beijing"), ("baidu", "bj")];

/// Puts what differs from run to run out of a record, once it was seen to be of its form.
fn settled(mut record: Value) -> Value {
    assert!(record["elapsed_ms"].as_u64().is_some(), "{record}");
    record["elapsed_ms"] = json!(0);
    for id in record["request_ids"].as_array_mut().unwrap() {
        assert_eq!(id.as_str().unwrap().len(), 36, "{id}");
        *id = json!("…");
    }
    record
}

#[test]
fn each_cloud_imports_and_proves_it() {
    let home = Home::new();
    for (cloud, region) in CLOUDS {
        let ended = home.run(&format!("--sandbox -p {cloud} key.pub")).expect(0);
        let line = format!("imported\t{cloud}\t{region}\tdev-laptop\t{RSA_SHA256}\t(verified)\n");
        assert_eq!(ended.stdout, line);
        let notes = ended.stderr.lines().collect::<Vec<_>>();
        let [sandbox, default] = notes.as_slice() else { panic!("{notes:?}") };
        assert_eq!(*sandbox, "sandbox: the clouds are built in, nothing leaves this machine");
        let told = format!("{cloud}: using region {region}, the default; `--region` or ");
        assert!(default.starts_with(&told), "{default}");
    }
}

#[test]
fn a_sandbox_run_goes_where_the_run_would_go() {
    let home = Home::new();
    let mut command = home.command("--sandbox -p baidu -v key.pub");
    let ended = finish({
        command.env("BCE_REGION", "gz");
        command
    });
    let ended = ended.expect(0);
    assert_eq!(ended.column(2), ["gz"]);
    ended.says("baidu: using region gz from `BCE_REGION`\n");

    home.put(
        ".aliyun/config.json",
        r#"{"current":"ci","profiles":[{"name":"ci","region_id":"cn-shanghai"}]}"#,
    );
    let ended = home.run("--sandbox -p aliyun -v key.pub").expect(0);
    assert_eq!(ended.column(2), ["cn-shanghai"]);
    ended.says("aliyun: using region cn-shanghai from profile `ci` of ");
}

#[test]
fn the_advice_about_the_region_can_be_followed() {
    let home = Home::new();
    let of = |arguments: &str| home.run(&format!("--sandbox {arguments} key.pub")).expect(0);
    let one = "baidu: using region bj, the default; `--region` or `BCE_REGION` sets another\n";
    of("-p baidu").says(one);
    assert_eq!(of("-p baidu --region gz").column(2), ["gz"]);
    let many =
        "baidu: using region bj, the default; `--to baidu/REGION` or `BCE_REGION` sets another\n";
    // `--region` goes with `--provider` only.
    of("--to baidu").says(many);
    for (run, follows) in [
        ("-p aliyun,baidu", "-p aliyun --to baidu/gz"),
        ("--to aliyun --to baidu", "--to aliyun --to baidu/gz"),
        ("-p aliyun --to baidu", "-p aliyun --to baidu/gz"),
        ("--to baidu --to aliyun", "--to baidu/gz --to aliyun"),
    ] {
        of(run).says(many);
        assert_eq!(of(follows).column(2), ["cn-hangzhou", "gz"]);
    }
}

#[test]
fn a_second_run_finds_the_key_there() {
    let home = Home::new();
    for (cloud, region) in CLOUDS {
        let arguments = format!("--sandbox={cloud}.json -p {cloud} key.pub");
        home.run(&arguments).expect(0);
        let before = home.read(&format!("{cloud}.json"));
        let ended = home.run(&arguments).expect(0);
        let line =
            format!("already there\t{cloud}\t{region}\tdev-laptop\t{RSA_SHA256}\t(verified)\n");
        assert_eq!(ended.stdout, line);
        assert_eq!(home.read(&format!("{cloud}.json")), before);
    }
}

#[test]
fn a_conflict_changes_nothing() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    for (cloud, region) in CLOUDS {
        home.run(&format!("--sandbox={cloud}.json -p {cloud} -n deploy key.pub")).expect(0);
        let before = home.read(&format!("{cloud}.json"));
        for mode in ["", "--check", "--dry-run"] {
            let arguments = format!("--sandbox={cloud}.json -p {cloud} -n deploy {mode} other.pub");
            let ended = home.run(&arguments).expect(6);
            assert!(ended.stdout.starts_with(&format!("conflict\t{cloud}\t{region}\tdeploy\t")));
            assert!(ended.stdout.ends_with("\tname_taken\n"), "{}", ended.stdout);
            let told = format!(
                "error: {cloud} {region}: `deploy` already holds another key; nothing was changed\n"
            );
            // Volcengine does not show the key.
            let facts = if cloud == "volcengine" {
                format!("\n  there: MD5:{RSA_MD5}\n  yours: MD5:")
            } else {
                format!("\n  there: {RSA_SHA256}\n  yours: SHA256:")
            };
            let ended = ended.says(&told).says(&facts);
            ended.says("  hint: give another name, such as `--name deploy-");
            assert_eq!(home.read(&format!("{cloud}.json")), before);
        }
    }
}

#[test]
fn fingerprints_in_a_message_have_one_form() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    // All of these show the key but for Volcengine, which shows the MD5 alone.
    for (cloud, shown) in [
        ("aliyun", RSA_SHA256.to_owned()),
        ("baidu", RSA_SHA256.to_owned()),
        ("volcengine", format!("MD5:{RSA_MD5}")),
    ] {
        home.run(&format!("--sandbox=state -p {cloud} -n deploy other.pub")).expect(0);
        let ended = home.run(&format!("--sandbox=state -p {cloud} -n deploy key.pub")).expect(6);
        let form = &shown[..4];
        ended.says(&format!("\n  there: {form}")).says(&format!("\n  yours: {shown}\n"));
    }
}

#[test]
fn baidu_keeps_a_key_once() {
    let home = Home::new();
    home.run("--sandbox=state -p baidu -n first key.pub").expect(0);
    let before = home.read("state");

    let derived = home.run("--sandbox=state -p baidu key.pub -o json").expect(0).json();
    let record = &derived["results"][0];
    assert_eq!(record["status"], "already_present_as");
    assert_eq!(record["name"], "first");
    assert_eq!(record["changed"], false);
    assert_eq!(record["verified"], "public_key");
    let text = home.run("--sandbox=state -p baidu key.pub").expect(0);
    assert_eq!(
        text.stdout,
        format!("already there\tbaidu\tbj\tfirst\t{RSA_SHA256}\t(verified, under this name)\n")
    );

    for mode in ["", "--check", "--dry-run"] {
        let given = home.run(&format!("--sandbox=state -p baidu -n second {mode} key.pub"));
        let given = given.expect(6).says("already stored as `first`");
        assert!(given.stdout.ends_with("\tkey_taken\n"), "{}", given.stdout);
    }
    assert_eq!(home.read("state"), before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = Home::new();
    for (cloud, region) in CLOUDS {
        let ended = home.run(&format!("--sandbox=state -p {cloud} --dry-run key.pub")).expect(0);
        let line = format!("would import\t{cloud}\t{region}\tdev-laptop\t{RSA_SHA256}\t-\n");
        assert_eq!(ended.stdout, line);
        assert!(!home.path("state").exists());
        home.run(&format!("--sandbox={cloud}.json -p {cloud} key.pub")).expect(0);
        let there = home.run(&format!("--sandbox={cloud}.json -p {cloud} --dry-run key.pub"));
        assert!(there.expect(0).stdout.starts_with("already there\t"));
    }
}

#[test]
fn a_check_answers_by_its_exit_code() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    for (cloud, region) in CLOUDS {
        let check = format!("--sandbox={cloud}.json -p {cloud} --check");
        let absent = home.run(&format!("{check} key.pub")).expect(12);
        let line = format!("not there\t{cloud}\t{region}\tdev-laptop\t{RSA_SHA256}\t-\n");
        assert_eq!(absent.stdout, line);
        home.run(&format!("--sandbox={cloud}.json -p {cloud} key.pub")).expect(0);
        let present = home.run(&format!("{check} key.pub")).expect(0);
        assert!(present.stdout.starts_with("already there\t"));
        home.run(&format!("{check} -n dev-laptop other.pub")).expect(6);
    }
}

/// The example of the contract: names, their order, forms of values.
const RECORD: &str = r#"{"schema":1,"provider":"volcengine","region":"cn-beijing","name":"dev-laptop","status":"imported","changed":true,"verified":"fingerprint","key":{"type":"ssh-rsa","bits":2048,"sha256":"SHA256:XYinO+jNlCaig9urFyghslyTPeZGlrzT+F7FvVKkX5k","md5":"e2:cc:6c:7c:80:45:cd:eb:be:ae:aa:56:f6:ed:19:91","source":"key.pub"},"provider_fingerprint":"PRINT","id":"kp-sandbox000000000001","request_ids":["ID"],"attempts":1,"elapsed_ms":0,"error":null}"#;

/// Puts what differs from run to run out of a JSON text, which keeps the order of its names.
fn plain(text: &str) -> String {
    let record: Value = serde_json::from_str(text.trim_end()).unwrap();
    let record = record.get("results").map_or(&record, |results| &results[0]);
    text.replace(&format!("\"elapsed_ms\":{}", record["elapsed_ms"]), "\"elapsed_ms\":0")
        .replace(record["request_ids"][0].as_str().unwrap(), "ID")
        .replace(record["provider_fingerprint"].as_str().unwrap(), "PRINT")
}

#[test]
fn a_record_is_what_the_contract_shows() {
    let home = Home::new();
    let ended = home.run("--sandbox -p volcengine key.pub -o jsonl").expect(0);
    assert_eq!(plain(&ended.stdout), format!("{RECORD}\n"));

    let ended = home.run("--sandbox -p volcengine key.pub -o json").expect(0);
    let summary = r#"{"targets":1,"absent":0,"already_present":0,"already_present_as":0,"conflict":0,"failed":0,"imported":1,"skipped":0,"unknown":0,"would_import":0,"exit_code":0}"#;
    let document = format!(r#"{{"schema":1,"results":[{RECORD}],"summary":{summary}}}"#);
    assert_eq!(plain(&ended.stdout), format!("{document}\n"));
}

#[test]
fn records_of_every_cloud() {
    let home = Home::new();
    let key = json!({
        "type": "ssh-rsa", "bits": 2048, "sha256": RSA_SHA256, "md5": RSA_MD5, "source": "key.pub",
    });
    let record = |cloud: &str, region: &str, proof: &str, print: &str, id: Value, ids: usize| {
        json!({
            "schema": 1, "provider": cloud, "region": region, "name": "dev-laptop",
            "status": "imported", "changed": true, "verified": proof, "key": key,
            "provider_fingerprint": print, "id": id, "request_ids": vec!["…"; ids],
            "attempts": ids, "elapsed_ms": 0, "error": null,
        })
    };
    let bare = RSA_MD5.replace(':', "");
    let ended = home.run("--sandbox -p aliyun key.pub -o jsonl").expect(0);
    let wanted = record("aliyun", "cn-hangzhou", "fingerprint", &bare, Value::Null, 1);
    assert_eq!(settled(ended.records().remove(0)), wanted);
    let ended = home.run("--sandbox -p baidu key.pub -o jsonl").expect(0);
    let wanted = record("baidu", "bj", "public_key", RSA_MD5, json!("k-00000001"), 2);
    assert_eq!(settled(ended.records().remove(0)), wanted);
}

#[test]
fn a_failure_is_told_in_json() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    home.run("--sandbox=state -p aliyun -n deploy key.pub").expect(0);
    let ended = home.run("--sandbox=state -p aliyun -n deploy other.pub -o jsonl").expect(6);
    let record = ended.records().remove(0);
    assert_eq!(record["status"], "conflict");
    assert_eq!(record["changed"], false);
    assert_eq!(record["verified"], "no");
    let error = record["error"].as_object().unwrap();
    let text = ended.stdout.split_once("\"error\":").unwrap().1;
    let mut last = 0;
    let names = ["kind", "code", "message", "hint", "http_status", "request_id", "retryable"];
    for name in names {
        let at = text.find(&format!("\"{name}\":")).unwrap();
        assert!(at > last, "{name} in {text}");
        last = at;
    }
    assert_eq!(error.len(), names.len());
    assert_eq!(error["kind"], "name_taken");
    assert_eq!(error["code"], "KeyPair.AlreadyExist");
    assert_eq!(error["http_status"], 400);
    assert_eq!(error["retryable"], false);
    assert!(record["request_ids"].as_array().unwrap().contains(&error["request_id"]));
}

#[test]
fn keys_times_regions_times_clouds() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER.replace("dev-laptop", "other"));
    let targets = "--to aliyun/cn-beijing,cn-shanghai --to volc/cn-shanghai --to baidu";
    let ended = home.run(&format!("--sandbox=state {targets} key.pub other.pub")).expect(0);
    let places: Vec<String> = ended.rows().iter().map(|row| row[1..4].join(" ")).collect();
    let wanted = [
        "aliyun cn-beijing dev-laptop",
        "aliyun cn-beijing other",
        "aliyun cn-shanghai dev-laptop",
        "aliyun cn-shanghai other",
        "baidu bj dev-laptop",
        "baidu bj other",
        "volcengine cn-shanghai dev-laptop",
        "volcengine cn-shanghai other",
    ];
    assert_eq!(places, wanted);
    assert_eq!(ended.column(0), ["imported"; 8]);
    assert!(ended.stderr.ends_with("8 targets: 8 imported\n"), "{}", ended.stderr);

    // The document keeps the order in which targets were asked for.
    let document = home.run(&format!("--sandbox=state {targets} key.pub other.pub -o json"));
    let document = document.expect(0).json();
    let order: Vec<String> = document["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| format!("{} {}", record["region"], record["name"]).replace('"', ""))
        .collect();
    let wanted = [
        "cn-beijing dev-laptop", "cn-beijing other", "cn-shanghai dev-laptop", "cn-shanghai other",
        "cn-shanghai dev-laptop", "cn-shanghai other", "bj dev-laptop", "bj other",
    ];
    assert_eq!(order, wanted);
    assert_eq!(document["summary"]["already_present"], 8);
}

#[test]
fn repeats_collapse() {
    let home = Home::new();
    home.put("copy.pub", keys::RSA);
    let ended = home.run("--sandbox -p aliyun,alibaba -p alicloud key.pub copy.pub key.pub");
    let ended = ended.expect(0);
    assert_eq!(ended.rows().len(), 1);
    let ended = ended.says(
        "warning: copy.pub contains the same key as key.pub; the key is imported once, as `dev-laptop`\n",
    );
    ended.says(
        "warning: key.pub contains a key twice, or is given twice; the key is imported once, as `dev-laptop`\n",
    );
    let ended = home.run_with("--sandbox -p aliyun key.pub - -n ci-{}", keys::RSA).expect(0);
    ended.says(
        "warning: standard input contains the same key as key.pub; the key is imported once, as `ci-dev-laptop`\n",
    );
    let to = "--sandbox --to bce/bj,bj --to baidu/bj,gz --to baiducloud/gz key.pub";
    assert_eq!(home.run(to).expect(0).column(2), ["bj", "gz"]);
    let regions = "--sandbox -p volc -r cn-beijing,cn-shanghai -r cn-beijing key.pub";
    assert_eq!(home.run(regions).expect(0).column(2), ["cn-beijing", "cn-shanghai"]);
}

#[test]
fn blanks_around_regions_do_not_count() {
    let home = Home::new();
    let ended =
        home.run_of(["--sandbox", "-p", "baidu", "-r", "bj, gz", "--to", "baidu/ su", "key.pub"]);
    assert_eq!(ended.expect(0).column(2), ["bj", "gz", "su"]);
}

#[test]
fn all_regions_are_those_that_the_cloud_lists() {
    let home = Home::new();
    let ended = home.run("--sandbox -p volcengine --all-regions key.pub").expect(0);
    let regions = ended.column(2);
    assert_eq!(regions.len(), 14);
    assert!(regions.contains(&"cn-beijing-autodriving".to_owned()));
    for cloud in ["aliyun", "baidu"] {
        let ended = home.run(&format!("--sandbox -p {cloud} --all-regions key.pub")).expect(0);
        assert!(ended.rows().len() > 5, "{}", ended.stdout);
    }
    let both = home.run("--sandbox --to aliyun/cn-beijing --all-regions key.pub");
    both.refuses(
        2,
        "error: `--all-regions` cannot be used with the regions of `--to aliyun/cn-beijing`\n  \
         hint: leave one of them out\n",
    );
}

#[test]
fn all_keys_of_a_file() {
    let home = Home::new();
    home.put("keys", format!("# mine\n{}\n{}", keys::RSA, keys::ECDSA));
    let refused = home.run("--sandbox -p aliyun keys").expect(3);
    assert_eq!(refused.stdout, "");
    assert!(
        refused.stderr.starts_with(&format!(
            "error: keys: 2 keys\n  ssh-rsa: {RSA_SHA256}\n  ecdsa-sha2-nistp256: SHA256:"
        )),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.ends_with("  hint: `--all-keys` imports all of them\n"));
    let ended = home.run("--sandbox -p aliyun --all-keys keys").expect(0);
    assert_eq!(ended.column(3), ["dev-ec", "dev-laptop"]);
}

#[test]
fn one_name_for_several_keys_needs_a_place_for_theirs() {
    let home = Home::new();
    home.put("ec.pub", keys::ECDSA);
    let ended = home.run("--sandbox -p aliyun -n ci-{} key.pub ec.pub").expect(0);
    assert_eq!(ended.column(3), ["ci-dev-ec", "ci-dev-laptop"]);
    home.run("--sandbox -p aliyun -n ci key.pub ec.pub").refuses(
        2,
        "error: `--name ci` is a single name for 2 keys\n  \
         hint: write `{}` where each key's own name goes, or leave `--name` out\n",
    );
    // With one key the braces are filled in as well.
    let ended = home.run("--sandbox -p aliyun -n {} key.pub").expect(0);
    assert_eq!(ended.column(3), ["dev-laptop"]);
}

#[test]
fn two_keys_do_not_share_a_name() {
    let home = Home::new();
    home.put("other.pub", keys::OTHER);
    let ended = home.run("--sandbox=state -p aliyun key.pub other.pub").expect(2);
    let told = format!("error: `dev-laptop` would be the name of two keys: key.pub ({RSA_SHA256})");
    ended.says(&told).says("and other.pub (SHA256:").says("  hint: import them one at a time");
    let ended = home.run_with("--sandbox=state -p aliyun key.pub -", keys::OTHER).expect(2);
    ended.says(&told).says("and standard input (SHA256:");
    assert!(!home.path("state").exists());
}

#[test]
fn the_way_out_for_two_keys_of_one_file_can_be_followed() {
    let home = Home::new();
    home.put("keys", format!("{}{}", keys::RSA, keys::OTHER));
    home.run("--sandbox=state -p aliyun --all-keys keys").expect(2).says(
        "  hint: end each line with a comment of its own, which becomes the name, \
         or pipe each key into `-` with a `--name`\n",
    );
    assert!(!home.path("state").exists());
    home.put("keys", format!("{}{}", keys::RSA, keys::OTHER.replace("dev-laptop", "second")));
    let ended = home.run("--sandbox -p aliyun --all-keys keys").expect(0);
    assert_eq!(ended.column(3), ["dev-laptop", "second"]);
}

#[test]
fn keys_without_comments_have_names_of_their_own() {
    let home = Home::new();
    let [one, other] = [keys::RSA, keys::OTHER].map(|key| key.replace(" dev-laptop", ""));
    let several = format!("{one}{other}{}", keys::ED25519);
    home.put("keys", &several);
    for (arguments, input) in [("keys", ""), ("-", several.as_str()), ("/dev/stdin", &several)] {
        let arguments = format!("--sandbox -p aliyun --all-keys {arguments}");
        let ended = home.run_with(&arguments, input).expect(0);
        assert_eq!(ended.column(3), ["dev-ed", "key-36f421d7", "key-5d88a73b"]);
        let named = home.run_with(&format!("{arguments} -n ci-{{}}"), input).expect(0);
        assert_eq!(named.column(3), ["ci-dev-ed", "ci-key-36f421d7", "ci-key-5d88a73b"]);
    }
}

/// The number of an open file is no name.
#[cfg(unix)]
#[test]
fn what_is_read_from_an_open_file_is_named_as_from_standard_input() {
    let home = Home::new();
    let bare = keys::RSA.replace(" dev-laptop", "");
    home.put("bare.pub", &bare);
    for line in [
        "$K --sandbox -p baidu - < bare.pub",
        "$K --sandbox -p baidu /dev/stdin < bare.pub",
        "cat bare.pub | $K --sandbox -p baidu /dev/stdin",
        "cat bare.pub | $K --sandbox -p baidu /dev/fd/0",
        "cat bare.pub | $K --sandbox -p baidu /proc/self/fd/0",
        "$K --sandbox -p baidu /proc/self/fd/0 < bare.pub",
        "$K --sandbox -p baidu /dev/fd/7 7< bare.pub",
        "$K --sandbox -p baidu /proc/$$/fd/7 7< bare.pub",
        "cat bare.pub | bash -c '$K --sandbox -p baidu /proc/$$/fd/0 < /dev/stdin; true'",
        "bash -c '$K --sandbox -p baidu <(cat bare.pub)'",
    ] {
        let ended = home.shell(line).expect(0);
        assert_eq!(ended.column(3), ["key-5d88a73b"], "{line}");
    }
    let ended = home.shell("$K --sandbox -p baidu bare.pub").expect(0);
    assert_eq!(ended.column(3), ["bare"]);
}

#[test]
fn names_come_from_comment_file_or_fingerprint() {
    let home = Home::new();
    let bare = keys::RSA.replace(" dev-laptop", "");
    home.put("deploy_key.v2.pub", &bare);
    home.put("密钥.pub", &bare);
    home.put("at.pub", keys::RSA.replace("dev-laptop", "dev@laptop.example"));
    let name = |file: &str| home.run(&format!("--sandbox -p baidu {file}")).expect(0).column(3);
    assert_eq!(name("at.pub"), ["dev-laptop-example"]);
    assert_eq!(name("deploy_key.v2.pub"), ["deploy-key-v2"]);
    assert_eq!(name("密钥.pub"), ["key-5d88a73b"]);
    let stdin = home.run_with("--sandbox -p baidu -", bare).expect(0);
    assert_eq!(stdin.column(3), ["key-5d88a73b"]);
}

#[test]
fn some_as_wanted_and_some_not_is_10() {
    let home = Home::new();
    home.put("ed.pub", keys::ED25519);
    let ended = home.run("--sandbox -p aliyun,baidu ed.pub").expect(10);
    assert_eq!(ended.column(0), ["failed", "imported"]);
    let ended =
        ended.says("error: baidu bj: Baidu AI Cloud refused the request\n  cause: Keypair.");
    let ended =
        ended.says("warning: Baidu AI Cloud does not document support for `ssh-ed25519` keys");
    assert!(ended.stderr.ends_with("2 targets: 1 imported, 1 failed\n"), "{}", ended.stderr);
    // Without a success the class of the failure is the exit code.
    home.run("--sandbox -p baidu ed.pub").expect(11);
    home.run("--sandbox --to aliyun/no-such-place key.pub").expect(11);
}

#[test]
fn fail_fast_starts_nothing_after_a_failure() {
    let home = Home::new();
    let regions = "no-such-1,cn-beijing,cn-shanghai";
    let arguments = format!("--sandbox=state --to aliyun/{regions} -j 1 --fail-fast key.pub");
    let ended = home.run(&format!("{arguments} -o jsonl")).expect(11);
    let statuses: Vec<Value> =
        ended.records().iter().map(|record| record["status"].clone()).collect();
    assert_eq!(statuses, ["failed", "skipped", "skipped"]);
    assert!(ended.stderr.ends_with("3 targets: 1 failed, 2 skipped\n"), "{}", ended.stderr);
    assert!(!home.path("state").exists());
}

#[test]
fn weak_keys_are_warned_about_and_sent() {
    let home = Home::new();
    home.put("weak.pub", keys::WEAK);
    let ended = home.run("--sandbox -p aliyun weak.pub").expect(0);
    ended.says("warning: weak.pub: an RSA key of 1024 bits is weak\n");
    let ended = home.run_with("--offline -", keys::WEAK).expect(0);
    assert!(ended.stdout.contains(" 1024 bits, from standard input\n"), "{ended:?}");
    ended.says("warning: standard input: an RSA key of 1024 bits is weak\n");
}

#[test]
fn optional_values_reach_the_cloud() {
    let home = Home::new();
    home.run_of([
        "--sandbox=state", "--to=volcengine", "--tag", "team=a b", "--tag", "empty=", "-d",
        "Deploys, 2026", "--project", "web_1", "key.pub",
    ])
    .expect(0);
    let state: Value = serde_json::from_str(&home.read("state")).unwrap();
    let pair = &state["pairs"]["volcengine"]["cn-beijing"][0];
    assert_eq!(pair["tags"], json!([["team", "a b"], ["empty", ""]]));
    assert_eq!(pair["description"], "Deploys, 2026");
    assert_eq!(pair["group"], "web_1");
    let line = pair["line"].as_str().unwrap();
    assert!(keys::RSA.starts_with(line), "{line}");
}

#[test]
fn offline_describes_what_would_go_out() {
    let home = Home::new();
    let bare = RSA_MD5.replace(':', "");
    let ended = home.run("--offline --to aliyun,volcengine/cn-shanghai --to baidu key.pub");
    ended.expect(2).says("error: `--to`: unknown cloud `aliyun,volcengine`\n");
    let ended = home.run("--offline --to aliyun/cn-beijing --to baidu/bj key.pub").expect(0);
    assert_eq!(ended.stderr, "");
    let year = ended.stdout.find("Timestamp=").unwrap() + "Timestamp=".len();
    let time = ended.stdout[year..year + "2026-01-15T08:09:10Z".len()].to_owned();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    assert_eq!(
        ended.stdout.replace(&time, "TIME"),
        format!(
            "name    dev-laptop\n\
             key     ssh-rsa 2048 bits, from key.pub\n\
             sha256  {RSA_SHA256}\n\
             md5     {RSA_MD5}\n\
             md5     {bare} (without colons)\n\
             spki    {RSA_SPKI_MD5} (MD5)\n\
             spki    {RSA_SPKI_SHA256} (SHA-256)\n\
             there   {bare} (aliyun, volcengine)\n\
             there   {RSA_SPKI_MD5} (aws)\n\
             aliyun cn-beijing: POST https://ecs.cn-beijing.aliyuncs.com/?AccessKeyId=***&\
             Action=ImportKeyPair&Format=JSON&KeyPairName=dev-laptop&PublicKeyBody=***&\
             RegionId=cn-beijing&SignatureMethod=HMAC-SHA1&SignatureNonce=***&\
             SignatureVersion=1.0&Timestamp=TIME&Version=2014-05-26&Signature=***\n  \
             host: ecs.cn-beijing.aliyuncs.com\n  \
             fingerprint there: {bare}\n\
             baidu bj: PUT https://bcc.bj.baidubce.com/v2/keypair?import=\n  \
             host: bcc.bj.baidubce.com\n  \
             content-type: application/json; charset=utf-8\n  \
             x-bce-date: TIME\n  \
             authorization: ***\n  \
             body: {{\"name\":\"dev-laptop\",\"publicKey\":\"***\"}}\n"
        )
    );
    // Every cloud's request is whole, and says nothing of the key.
    for cloud in provider::ALL {
        let info = cloud.info();
        let to = format!("--to {}/{}", info.id, info.home_region());
        let ended = home.run(&format!("--offline {to} -o json key.pub")).expect(0);
        assert!(!ended.stdout.contains("AAAAB3Nza"), "{}", ended.stdout);
        let document = ended.json();
        let prints = json!({
            "sha256": RSA_SHA256, "md5": RSA_MD5, "md5_hex": bare,
            "spki_md5": RSA_SPKI_MD5, "spki_sha256": RSA_SPKI_SHA256,
        });
        assert_eq!(document["keys"][0]["fingerprints"], prints);
        let request = &document["keys"][0]["requests"][0];
        let headers = request["headers"].as_object().unwrap();
        let url = request["url"].as_str().unwrap();
        assert_eq!(url.split('/').nth(2), headers["host"].as_str(), "{request}");
        let is_signed = url.ends_with("&Signature=***") || headers["authorization"] == "***";
        assert!(is_signed, "{request}");
        let parts =
            [url, request["form"].as_str().unwrap_or(""), request["body"].as_str().unwrap_or("")];
        assert!(parts.concat().contains("***"), "{request}");
    }
    // In what form Baidu prints a fingerprint is not known, so nothing is claimed.
    let document = home.run("--offline -p volc,baidu -o json key.pub").expect(0).json();
    let requests = &document["keys"][0]["requests"];
    assert_eq!(requests[0]["provider_fingerprint"], bare);
    assert_eq!(requests[1]["provider_fingerprint"], Value::Null);
    let all = json!({"aliyun": bare, "volcengine": bare, "aws": RSA_SPKI_MD5});
    assert_eq!(document["keys"][0]["provider_fingerprints"], all);
    let document = home.run("--offline -o json --to aws/us-east-1 key.pub").expect(0).json();
    let request = &document["keys"][0]["requests"][0];
    assert_eq!(request["provider_fingerprint"], RSA_SPKI_MD5);
    let form = "Action=ImportKeyPair&Version=2016-11-15&KeyName=dev-laptop&PublicKeyMaterial=***";
    assert_eq!(request["form"], form);
    let ended = home.run("--offline --to aws/us-east-1 key.pub").expect(0);
    assert!(ended.stdout.contains(&format!("\n  form: {form}\n")), "{}", ended.stdout);
    home.run("--sandbox --to aws/us-east-1 -vv key.pub").expect(0).says(&format!("> {form}\n"));
    let ended = home.run("--offline -p aliyun --all-regions key.pub").expect(0);
    ended.says(
        "warning: aliyun: `--offline` does not ask the cloud for its regions; showing `cn-hangzhou` only\n",
    );
}

#[test]
fn offline_finds_the_region_as_a_run_does() {
    let home = Home::new();
    home.put("second.pub", keys::ED25519);
    // The default is told, once, and not to those who want to hear nothing.
    let arguments = "--offline -p aliyun key.pub second.pub";
    let ended = home.run(arguments).expect(0);
    assert!(ended.stdout.contains("https://ecs.cn-hangzhou.aliyuncs.com/"), "{}", ended.stdout);
    let told = "aliyun: using region cn-hangzhou, the default; `--region` or \
                `ALIBABA_CLOUD_REGION_ID` sets another\n";
    let notes: Vec<&str> = ended.stderr.matches("using region").collect();
    assert_eq!(notes.len(), 1);
    ended.says(told);
    assert_eq!(home.run(&format!("{arguments} -q")).expect(0).stderr, "");

    let profile = r#"{"current":"p","profiles":[{"name":"p","region_id":"cn-shanghai"}]}"#;
    home.put(".aliyun/config.json", profile);
    let ended = home.run("--offline -p aliyun -v key.pub").expect(0);
    assert!(ended.stdout.contains("https://ecs.cn-shanghai.aliyuncs.com/"), "{}", ended.stdout);
    ended.says("aliyun: using region cn-shanghai from ");

    let mut command = home.command("--offline -p aliyun key.pub");
    command.env("ALIBABA_CLOUD_REGION_ID", "cn-beijing");
    let ended = finish(command).expect(0);
    assert!(ended.stdout.contains("https://ecs.cn-beijing.aliyuncs.com/"), "{}", ended.stdout);
    assert!(!ended.stderr.contains("using region"), "{}", ended.stderr);

    let mut command = home.command("--offline -p aliyun key.pub");
    command.env("ALIBABA_CLOUD_REGION_ID", "../x");
    finish(command).expect(2).says("error: aliyun: `ALIBABA_CLOUD_REGION_ID`: `../x` cannot be");
}

#[test]
fn offline_lines_are_documents_of_their_own() {
    let home = Home::new();
    home.put("second.pub", keys::ED25519);
    let run = |form: &str| home.run(&format!("--offline -p volc -o {form} key.pub second.pub"));
    let is_same = || {
        let document = run("json").expect(0).json();
        assert_eq!(document["schema"], 1);
        let ended = run("jsonl").expect(0);
        assert_eq!(ended.records().len(), 2);
        ended.stdout.lines().zip(document["keys"].as_array().unwrap()).all(|(line, key)| {
            assert!(line.starts_with("{\"schema\":1,\"name\":"), "{line}");
            let mut told: Value = serde_json::from_str(line).unwrap();
            told.as_object_mut().unwrap().remove("schema");
            // In one document the keys need no version.
            &told == key
        })
    };
    // The requests show their time: two runs in one second are the same.
    assert!((0..4).any(|_| is_same()));
}

#[test]
fn a_cloud_without_a_default_region_asks_for_one() {
    let home = Home::new();
    for (arguments, flag) in [("-p tencent", "--region"), ("--to tencent", "--to tencent/REGION")] {
        let ended = home.run(&format!("--sandbox {arguments} key.pub")).expect(2);
        ended
            .says("error: tencent: no region is given\n")
            .says(&format!("  hint: give one with `{flag}`, or set `TENCENTCLOUD_REGION`\n"));
    }
    let mut command = home.command("--sandbox -p tencent key.pub");
    command.env("TENCENTCLOUD_REGION", "ap-tokyo");
    assert_eq!(finish(command).expect(0).column(2), ["ap-tokyo"]);
}

#[test]
fn a_derived_name_is_fitted_to_each_cloud() {
    let home = Home::new();
    let to = "--to aliyun/cn-beijing --to tencent/ap-tokyo";
    let ended = home.run(&format!("--sandbox=state {to} key.pub")).expect(0);
    assert_eq!(ended.column(3), ["dev-laptop", "dev_laptop"]);
    let again = home.run(&format!("--sandbox=state {to} -o jsonl key.pub")).expect(0).records();
    for record in again {
        let name = if record["provider"] == "tencent" { "dev_laptop" } else { "dev-laptop" };
        assert_eq!((&record["name"], &record["status"]), (&json!(name), &json!("already_present")));
    }
    let ended = home.run(&format!("--offline {to} key.pub")).expect(0);
    assert!(ended.stdout.starts_with("name    dev-laptop\n"), "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("  name there: ").count(), 1, "{}", ended.stdout);
    assert!(ended.stdout.contains("\"PublicKey\":\"***\"}\n  name there: dev_laptop\n"));
    let document = home.run(&format!("--offline {to} -o json key.pub")).expect(0).json();
    let requests = document["keys"][0]["requests"].as_array().unwrap();
    let names: Vec<&Value> = requests.iter().map(|request| &request["name"]).collect();
    assert_eq!(names, ["dev-laptop", "dev_laptop"]);
    // A given name is used as it is, or refused with the rule.
    home.run("--sandbox -p tencent -r ap-tokyo -n dev-laptop key.pub").refuses(
        2,
        "error: tencent: the name `dev-laptop` must be 1 to 25 ASCII letters, digits or `_`: `-` is not allowed\n  \
         hint: give another value with `--name`\n",
    );
}

#[test]
fn keys_whose_names_become_the_same_at_a_cloud_get_digits() {
    let home = Home::new();
    let key = |line: &str, comment: &str| line.replace("dev-laptop", comment);
    home.put("a.pub", key(keys::RSA, "deploy-key-for-production-east"));
    home.put("b.pub", key(keys::OTHER, "deploy-key-for-production-west"));
    home.put("c.pub", keys::ED25519);
    let to = "--to aliyun/cn-beijing --to tencent/ap-tokyo -o jsonl";
    let records = home.run(&format!("--sandbox {to} a.pub b.pub c.pub")).expect(0).records();
    let names = |cloud: &str| {
        let of_cloud = records.iter().filter(|record| record["provider"] == cloud);
        let mut names: Vec<String> =
            of_cloud.map(|record| record["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let whole = ["deploy-key-for-production-east", "deploy-key-for-production-west", "dev-ed"];
    assert_eq!(names("aliyun"), whole);
    let [one, other, last] = &names("tencent")[..] else { panic!("{records:?}") };
    assert_eq!(last, "dev_ed");
    for name in [one, other] {
        let digits = name.strip_prefix("deploy_key_for_p_").unwrap();
        assert!(digits.len() == 8 && digits.chars().all(|digit| digit.is_ascii_hexdigit()));
    }
    assert_ne!(one, other);
    // The order of the keys does not count.
    let turned = home.run(&format!("--sandbox {to} b.pub a.pub")).expect(0).records();
    for record in turned.iter().filter(|record| record["provider"] == "tencent") {
        assert!([one, other].iter().any(|name| record["name"] == **name), "{record}");
    }
    // What fills a given name is fitted to the room that is left.
    let given = ["--sandbox", "-ptencent", "-rap-tokyo", "-n", "ci_{}_x", "a.pub", "c.pub"];
    let mut names = home.run_of(given).expect(0).column(3);
    names.sort();
    assert_eq!(names, ["ci_deploy_key_for_produ_x", "ci_dev_ed_x"]);
}

#[test]
fn a_key_of_the_account_is_there_in_the_second_region() {
    let home = Home::new();
    let run = |arguments: &str| {
        home.run(&format!("--sandbox=state -p tencent -j 1 {arguments} key.pub")).expect(0)
    };
    let ended = run("-r ap-tokyo,ap-beijing --project 7 --tag team=infra");
    let status = |ended: &super::run::Ended| {
        ended.rows().into_iter().map(|row| row[0].clone()).collect::<Vec<_>>()
    };
    assert_eq!(status(&ended), ["already there", "imported"]);
    assert!(ended.rows().iter().all(|row| row[5] == "(verified)"), "{}", ended.stdout);
    let state = home.read("state");
    assert!(state.contains("\"group\": \"7\"") && state.contains("\"infra\""), "{state}");
    let ended = run("-r ap-hongkong,ap-seoul,ap-tokyo --check");
    assert_eq!(ended.rows().len(), 3);
    assert!(status(&ended).iter().all(|status| status == "already there"));
}
