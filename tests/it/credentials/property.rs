//! What has to hold for files of any content: no panic, and no word of them in an error.

use proptest::prelude::*;

use super::{look, region};
use crate::doubles::FakeSystem;

const FILES: [(&str, &str); 13] = [
    ("aliyun", "~/.aliyun/config.json"),
    ("aliyun", "~/.alibabacloud/credentials"),
    ("volcengine", "~/.volcengine/config.json"),
    ("volcengine", "~/.volc/credentials"),
    ("volcengine", "~/.volc/config"),
    ("volcengine", "~/.volcengine/credentials"),
    ("baidu", "~/.bce/config.json"),
    ("baidu", "~/.go-bcecli/credentials"),
    ("baidu", "~/.baidubce/credentials"),
    ("aws", "~/.aws/credentials"),
    ("aws", "~/.aws/config"),
    ("tencent", "~/.tccli/default.credential"),
    ("tencent", "~/.tencentcloud/credentials"),
];

/// Texts that come close to what the files hold, around a secret.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "{", "}", "[", "]", ":", ",", "=", "#", "\"", "\n", " ", "\\", "[default]\n",
        "[Defaults]\n", "\"profiles\"", "\"current\"", "\"name\"", "\"mode\"", "\"AK\"",
        "[profile default]\n", "[sso-session s]\n", "role_arn", "source_profile", "sso_session",
        "sso_role_name", "credential_process", "aws_access_key_id", "aws_secret_access_key", "s",
        "default", "\"default\"", "\"access_key_id\"", "access_key_id", "Ak", "Sk",
        "\"access_key_secret\"", "\"secret-key\"", "access_key_secret", "hush", "\"hush\"", "null",
        "0", "é",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..40)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_file_of_any_text_leads_to_an_answer(text in text(), place in 0..FILES.len()) {
        let (cloud, file) = FILES[place];
        let system = FakeSystem::new().with_file(file, text);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if let Err(error) = runtime.block_on(look(cloud, &system)) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains("hush") || error.message().contains("profile"), "{shown}");
        }
        let _ = region(cloud, None, &system);
    }

    #[test]
    fn a_file_of_any_bytes_leads_to_an_answer(bytes: Vec<u8>, place in 0..FILES.len()) {
        let (cloud, file) = FILES[place];
        let system = FakeSystem::new().with_file(file, bytes);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _ = runtime.block_on(look(cloud, &system));
        let _ = region(cloud, None, &system);
    }
}
