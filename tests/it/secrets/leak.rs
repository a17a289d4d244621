//! Key material in texts where none belongs.

use keyimport::key::{LeakedKey, find_key_material};

#[test]
fn words_are_no_keys() {
    for text in [
        "ssh-rsa key of the build machine, see https://wiki.example.com/Deploy/Keys2026",
        "/Users/JohnSmith/Documents/MyCompany/InfraTeam/SshKeys/DeployProd/Keys/id.pub",
        "/home/ci/agent1/jobs/Build42/Project7/src/Keys/Prod1/deploy/RSA/A1/state.json",
        "C:/Users/JDoe/AppData/Local/Temp/3/GitLabRunner1/Builds/X7kQ2/0/Infra/Keys",
        "SHA256:XYinO+jNlCaig9urFyghslyTPeZGlrzT+F7FvVKkX5k",
        "fp=SHA512:8oGrCVX5Ah1FkCmMbVfWk0L6kZ1uZ2tqgM3fYxQm1rVb7Hq9eQ1sYw5Jx0pTzUoA3n4KdLhGcRiEvSbNjPwXyZ",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "aliyun=https://ecs-vpc1.internal.Platform-Team2.example-of-a-long-name.example.com",
        &"n".repeat(128),
        &"Abc1".repeat(11),
        &"密".repeat(128),
    ] {
        assert_eq!(find_key_material(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn pieces_of_keys_are_found() {
    // From the middle of a private key, of a public one, and its beginning.
    for text in [
        "QyNTUxOQAAACCRZRZcUR4vFDU5BEqY0vXIFH460oKqijJS8LydDwqs4QAAAAIgGSFyBBkhc",
        "LlwvJ0PCqzhAAAAQNyyRhJ93JtcUXf8k4gQ0fjm2zBxVt6yhhZqhhkpT0u3Bv9",
        "x:D/DOBNCjE+NPFf4Y5cDj3OGUK5jLdW7j0L9ssAII+osaiu1e1FWzu7GKXZxv/rC",
        "aliyun/AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "AAAAB3NzaC1yc2EAAAADAQAB",
        "key=ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIPFR0s65IaQii%2Bsg9a",
    ] {
        assert_eq!(find_key_material(text.as_bytes()), Some(LeakedKey::Other), "{text}");
    }
}

#[test]
fn a_private_key_is_known_behind_other_letters() {
    let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";
    for letters in ["", "j", "-j", "qj", "to/", "aliyun/", "--name="] {
        assert_eq!(
            find_key_material(format!("{letters}{body}").as_bytes()),
            Some(LeakedKey::Private("OpenSSH"))
        );
    }
}
