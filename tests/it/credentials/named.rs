//! Values that name a file: the file is read, or the error says which value names it and why it is of no use. Quotes
//! that were copied with a value.

use keyimport::error::ErrorKind;
use keyimport::ports::FileState;
use keyimport::provider;
use keyimport::provider::credential_spec::{Base, Mode, ProfileFile, ProfileFormat, Setting};

use super::{assert_fails, assert_found, find, look, region};
use crate::doubles::{FakeClock, FakeSystem, FakeTransport};

/// A variable that names a file of profiles.
struct Named {
    cloud: &'static str,
    variable: &'static str,
    file: &'static ProfileFile,
    /// Files with another identity, at every place that would come next.
    others: Vec<(String, String)>,
}

impl Named {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for provider in provider::ALL {
            let (cloud, spec) = (provider.info().id, provider.info().credentials);
            for (index, file) in spec.profile_files.iter().enumerate() {
                let mut others = Vec::new();
                for later in spec.profile_files.iter().skip(index) {
                    let text = profile(later, later.format, "default", "AKOTHER");
                    others
                        .extend(later.paths.iter().map(|path| (format!("~/{path}"), text.clone())));
                }
                for other in spec.key_files {
                    let Some(name) = other.section else { continue };
                    let text = section(name, other.key.id, other.key.secret, "AKOTHER");
                    others.push((format!("~/{}", other.path), text));
                }
                all.extend(file.path_env.iter().map(|variable| {
                    let others = others.clone();
                    Self { cloud, variable, file, others }
                }));
            }
        }
        assert!(all.len() >= 3);
        all
    }

    fn system(&self, path: &str) -> FakeSystem {
        let system = FakeSystem::new().with_var(self.variable, path);
        self.others.iter().fold(system, |system, (path, text)| system.with_file(path, &**text))
    }

    fn noun(&self) -> &'static str {
        let is_section = self.file.format == ProfileFormat::Ini && self.file.settings.is_none();
        if is_section { "section" } else { "profile" }
    }
}

fn section(name: &str, id: &str, secret: &str, key: &str) -> String {
    format!("[{name}]\n{id} = {key}\n{secret} = hush-{key}\n")
}

/// A file with one profile and no word about which one is the current one.
fn profile(file: &ProfileFile, format: ProfileFormat, name: &str, key: &str) -> String {
    let file = match (file.as_json, format) {
        (Some(as_json), ProfileFormat::Json) => as_json,
        _ => file,
    };
    let (id, secret) = (file.key.id, file.key.secret);
    match format {
        ProfileFormat::Ini => section(name, id, secret, key),
        ProfileFormat::FilePerProfile => {
            serde_json::json!({id: key, secret: format!("hush-{key}")}).to_string()
        }
        ProfileFormat::Json => {
            serde_json::json!({"profiles": [{"name": name, id: key, secret: format!("hush-{key}")}]})
                .to_string()
        }
    }
}

#[tokio::test]
async fn a_file_that_a_variable_names_is_read() {
    for named in Named::all() {
        let Named { cloud, file, .. } = named;
        let noun = named.noun();
        let text = profile(file, file.format, "default", "AKNAMED").replace('\n', "\r\n");
        for (path, put) in [
            ("/etc/named", "/etc/named"),
            (" ~/named\r\n", "~/named"),
            ("~//named", "~/named"),
            ("named", "named"),
        ] {
            let system = named.system(path).with_file(put, format!("\u{feff}{text}"));
            let source = format!("{noun} `default` of {}", path.trim());
            let parts = ("AKNAMED", "hush-AKNAMED", None);
            assert_found(look(cloud, &system).await, parts, &source);
        }
    }
}

#[tokio::test]
async fn a_file_that_a_variable_names_is_never_passed_over() {
    let kind = ErrorKind::CredentialsInvalid;
    for named in Named::all() {
        let Named { cloud, variable, file, .. } = named;
        let holding = |text: &[u8]| named.system("/etc/x").with_file("/etc/x", text);
        let subject = format!("`/etc/x` (named by `{variable}`)");
        let missing = named.system("/etc/x");
        assert_fails(look(cloud, &missing).await, kind, &format!("{subject} is not there"));
        let other = named.system("~nobody/x");
        let message = format!("`~nobody/x` (named by `{variable}`) is not there");
        assert_fails(look(cloud, &other).await, kind, &message);
        let homeless = FakeSystem::homeless().with_var(variable, "~/x");
        let message =
            format!("`~/x` (named by `{variable}`) is not looked for: there is no home directory");
        assert_fails(look(cloud, &homeless).await, kind, &message);
        let folder = missing.with_unreadable_file("/etc/x", "it is a directory");
        let message = format!("{subject} cannot be read: it is a directory");
        assert_fails(look(cloud, &folder).await, kind, &message);
        let utf_16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let format = if file.format == ProfileFormat::Json { "JSON" } else { "INI" };
        let noun = named.noun();
        for (text, why) in [
            (&b""[..], "is empty"),
            (b" \r\n", "is empty"),
            (&utf_16, "is UTF-16, not UTF-8"),
            (b"\xff", "is not UTF-8"),
            (
                b"# a comment\nexport ACCESS_KEY=hush\nSECRET=hush\n",
                &format!("is not the {format} it should be"),
            ),
            (
                b"-----BEGIN RSA PRIVATE KEY-----\nhush\n",
                &format!("is not the {format} it should be"),
            ),
            (b"hush", &format!("is not the {format} it should be")),
            (profile(file, file.format, "dev", "hush").as_bytes(), "(it holds dev)"),
            (
                profile(file, file.format, "default", "").replace("hush-", "").as_bytes(),
                &format!("{noun} `default` of /etc/x holds no key"),
            ),
        ] {
            let error = look(cloud, &holding(text)).await.map(|found| found.source).unwrap_err();
            assert_eq!(error.kind(), kind, "{variable} {error}");
            assert!(error.message().contains(why), "{variable} {why}: {error}");
            assert!(error.message().contains("/etc/x"), "{variable} {why}: {error}");
            assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn another_format_is_read_where_a_tool_of_the_vendor_reads_it() {
    for named in Named::all() {
        let Named { cloud, variable, file, .. } = named;
        let system = named.system("/etc/x");
        let (other, found) = match file.format {
            ProfileFormat::Json | ProfileFormat::FilePerProfile => {
                (ProfileFormat::Ini, "the file looks like INI; name a file in JSON")
            }
            ProfileFormat::Ini => {
                (ProfileFormat::Json, "the file looks like JSON; name a file in INI")
            }
        };
        let system = system.with_file("/etc/x", profile(file, other, "default", "AKNAMED"));
        if file.as_json.is_some() {
            let parts = ("AKNAMED", "hush-AKNAMED", None);
            assert_found(look(cloud, &system).await, parts, "profile `default` of /etc/x");
        } else {
            let error = look(cloud, &system).await.map(|found| found.source).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CredentialsInvalid);
            assert!(error.message().contains(variable), "{error}");
            assert_eq!(error.hint(), found);
        }
    }
}

#[tokio::test]
async fn json_in_another_shape_is_not_called_ini() {
    for named in Named::all() {
        for text in [r#"[{"name": "hush"}]"#, "[ \"hush\" ]", "[\n  {\"name\": \"hush\"}\n]", "[]"]
        {
            let Named { cloud, file, .. } = named;
            let system = named.system("/etc/x").with_file("/etc/x", text);
            let error = look(cloud, &system).await.map(|found| found.source).unwrap_err();
            assert!(error.message().contains(" is not the "), "{text}: {error}");
            let is_json = file.format == ProfileFormat::Json || file.as_json.is_some();
            assert_eq!(error.hint().contains("looks like JSON"), !is_json, "{text}: {error:?}");
            assert!(!error.hint().contains("looks like INI"), "{text}: {error:?}");
        }
    }
}

#[tokio::test]
async fn the_region_of_a_file_is_read_in_the_format_of_the_file() {
    let json = r#"{"current": "ci", "profiles": [{"name": "ci", "region_id": "cn-shanghai"}]}"#;
    let system =
        FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_FILE", "~/x").with_file("~/x", json);
    let found = Some(("cn-shanghai".to_owned(), "profile `ci` of ~/x".to_owned()));
    assert_eq!(region("aliyun", None, &system).unwrap(), found);
    // A key in the environment needs no file.
    let system = FakeSystem::new().with_var("ALIBABA_CLOUD_CREDENTIALS_FILE", "/gone");
    assert_eq!(region("aliyun", None, &system).unwrap(), None);
}

#[tokio::test]
async fn a_named_file_behind_the_one_that_counts_gets_a_warning() {
    let config =
        r#"{"profiles": [{"name": "default", "access_key_id": "a", "access_key_secret": "hush"}]}"#;
    let system = FakeSystem::new()
        .with_var("ALIBABA_CLOUD_CREDENTIALS_FILE", "/etc/x")
        .with_file("~/.aliyun/config.json", config);
    let warning = "the file that `ALIBABA_CLOUD_CREDENTIALS_FILE` names is not read: profile `default` of \
                   ~/.aliyun/config.json comes first";
    let warnings = look("aliyun", &system).await.unwrap().warnings;
    assert_eq!(warnings.iter().map(|text| &**text).collect::<Vec<_>>(), [warning]);
}

#[tokio::test]
async fn a_default_file_in_another_format_is_an_error() {
    for provider in provider::ALL {
        let (cloud, spec) = (provider.info().id, provider.info().credentials);
        let profiles = spec.profile_files.iter().filter(|file| file.as_json.is_none());
        let profiles =
            profiles.flat_map(|file| file.paths.iter().map(move |path| (*path, file.format)));
        let keys = spec.key_files.iter().map(|file| match file.section {
            Some(_) => (file.path, ProfileFormat::Ini),
            None => (file.path, ProfileFormat::Json),
        });
        for (path, format) in profiles.chain(keys) {
            let (text, what) = match format {
                ProfileFormat::Json | ProfileFormat::FilePerProfile => {
                    ("[default]\nkey = hush\n", "JSON")
                }
                ProfileFormat::Ini => (r#"{"key": "hush"}"#, "INI"),
            };
            let path = path.replace("{profile}", "default");
            let path = if path.starts_with('/') { path } else { format!("~/{path}") };
            let system = FakeSystem::new().with_file(&path, text);
            let error = look(cloud, &system).await.map(|found| found.source).unwrap_err();
            let message = format!("`{path}` is not the {what} it should be");
            assert!(error.message().starts_with(&message), "{error}");
            assert!(error.hint().contains("looks like"), "{}", error.hint());
            assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn no_file_is_said_to_name_a_profile_that_it_does_not_name() {
    for provider in provider::ALL {
        let (cloud, spec) = (provider.info().id, provider.info().credentials);
        let mut files = spec.profile_files.iter();
        let Some(file) = files.find(|file| file.format == ProfileFormat::Json) else { continue };
        let path = format!("~/{}", file.paths[0]);
        for current in ["", r#""current": "", "#, r#""current": null, "#] {
            let text =
                format!(r#"{{{current}"profiles": [{{"name": "dev"}}, {{"name": "prod"}}]}}"#);
            let system = FakeSystem::new().with_file(&path, text);
            let message = format!(
                "`{path}` names no current profile and holds no `default` (it holds dev, prod)"
            );
            assert_fails(look(cloud, &system).await, ErrorKind::CredentialsInvalid, &message);
        }
    }
}

#[tokio::test]
async fn a_token_file_is_read_or_is_an_error() {
    let kind = ErrorKind::CredentialsInvalid;
    for provider in provider::ALL {
        let (cloud, spec) = (provider.info().id, provider.info().credentials);
        let Some(oidc) = &spec.oidc_env else { continue };
        let variable = oidc.token_file.name();
        let token = |path: &str| {
            let system = FakeSystem::new()
                .with_var("ALIBABA_CLOUD_ROLE_ARN", "role")
                .with_var("AWS_ROLE_ARN", "role")
                .with_var("TKE_ROLE_ARN", "role");
            let signs = spec.oidc_signs.iter();
            let system = signs.fold(system, |system, name| system.with_var(name, "role"));
            system.with_var(variable, path)
        };
        for (text, why) in [
            (&b""[..], "is empty"),
            (b"\xff\xfee\0", "is UTF-16, not UTF-8"),
            (br#"{"count": 1, "value": "eyJ.hush"}"#, "is JSON, not a token alone"),
        ] {
            let system = token("~/t").with_file("~/t", text);
            assert_fails(look(cloud, &system).await, kind, &format!("`{variable}`: `~/t` {why}"));
        }
        let message = format!("`{variable}`: `~` cannot be read: it is a directory");
        let home = token("~").with_unreadable_file("~/", "it is a directory");
        assert_fails(look(cloud, &home).await, kind, &message);
        let quoted = token("~/t").with_file("~/t", "\"eyJ.hush\"");
        let message = format!("`{variable}`: `~/t` begins or ends with a quote");
        assert_fails(look(cloud, &quoted).await, kind, &message);

        // The same in a profile, whose field is named.
        let file = spec.profile_files.first().unwrap();
        let mode = file.modes.iter().find_map(|(name, mode)| match mode {
            Mode::Base(Base::Oidc(oidc)) => Some((*name, *oidc)),
            _ => None,
        });
        let Some((mode, oidc)) = mode else { continue };
        let Setting::Field(field) = oidc.token_file else { panic!("{cloud}") };
        let mut profile = serde_json::json!({"name": "default", "mode": mode, field: "~/t"});
        for role in ["ram_role_arn", "oidc_provider_arn", "role-trn"] {
            profile[role] = "role".into();
        }
        let text = match file.format {
            ProfileFormat::Json => serde_json::json!({"profiles": [profile]}).to_string(),
            ProfileFormat::Ini => format!("[default]\n{field} = ~/t\nrole_arn = role\n"),
            ProfileFormat::FilePerProfile => panic!("{cloud}"),
        };
        let path = format!("~/{}", file.paths[0]);
        let system = FakeSystem::new().with_file(&path, text);
        let message =
            format!("profile `default` of {path}: `~/t` (named by `{field}`) is not there");
        assert_fails(look(cloud, &system).await, kind, &message);
    }
}

#[tokio::test]
async fn quotes_in_a_variable_are_named() {
    let kind = ErrorKind::CredentialsInvalid;
    for provider in provider::ALL {
        let (cloud, spec) = (provider.info().id, provider.info().credentials);
        for set in spec.env {
            for quoted in set.names() {
                for (open, close) in [('"', '"'), ('\'', '\''), ('“', '”'), ('"', ' ')] {
                    let mut system = FakeSystem::new();
                    for name in set.names() {
                        let value = format!("hush-{}", name.len());
                        let value =
                            if name == quoted { format!("{open}{value}{close}") } else { value };
                        system = system.with_var(name, &value);
                    }
                    let message =
                        format!("the environment: `{quoted}` begins or ends with a quote");
                    assert_fails(look(cloud, &system).await, kind, &message);
                }
            }
        }
        let mut others = spec.profile_env.to_vec();
        others.extend(spec.profile_files.iter().flat_map(|file| file.path_env));
        others.extend(spec.oidc_env.iter().map(|oidc| oidc.token_file.name()));
        others.extend(spec.credentials_uri.iter().map(|(name, _)| *name));
        others.extend(spec.imds.iter().filter_map(|imds| imds.role_env));
        for name in others {
            let system = FakeSystem::new().with_var(name, "\"/hush\"").with_file("/hush", "{}");
            let error = look(cloud, &system).await.map(|found| found.source).unwrap_err();
            let named = format!("`{name}` begins or ends with a quote");
            assert!(error.message().contains(&named), "{error}");
            assert!(error.hint().contains("remove the quotes"), "{}", error.hint());
            assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        }
        for name in spec.region_env {
            let system = FakeSystem::new().with_var(name, "'cn-beijing'");
            let error = region(cloud, None, &system).unwrap_err();
            let message = format!("`{name}`: the region begins or ends with a quote");
            assert_eq!((error.kind(), &*error.message()), (ErrorKind::Usage, &*message));
        }
        if let Some(name) = spec.imds.and_then(|imds| imds.disable_env) {
            let system = FakeSystem::new().with_var(name, "\"true\"");
            let transport = FakeTransport::silent();
            let found = find(cloud, None, &system, &transport, &FakeClock::new()).await;
            assert_eq!(found.unwrap_err().kind(), ErrorKind::NoCredentials);
            assert!(transport.seen().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn quotes_in_a_file_are_taken_off_or_named() {
    for provider in provider::ALL {
        let (cloud, spec) = (provider.info().id, provider.info().credentials);
        for file in spec.profile_files.iter().filter(|file| file.format == ProfileFormat::Json) {
            let (id, secret) = (file.key.id, file.key.secret);
            let path = format!("~/{}", file.paths[0]);
            let profile = serde_json::json!({"name": "default", id: "AK", secret: "'hush'"});
            let text = serde_json::json!({"profiles": [profile]}).to_string();
            let message =
                format!("profile `default` of {path}: `{secret}` begins or ends with a quote");
            let system = FakeSystem::new().with_file(&path, text);
            assert_fails(look(cloud, &system).await, ErrorKind::CredentialsInvalid, &message);
        }
        for file in spec.key_files {
            let Some(name) = file.section else { continue };
            let is_absolute = file.path.starts_with('/');
            let path = if is_absolute { file.path.to_owned() } else { format!("~/{}", file.path) };
            for (quote, is_read) in [("\"", true), ("'", true), ("“", false)] {
                let text = format!(
                    "[{name}]\n{}={quote}AK{quote}\n{} = hush # x\n",
                    file.key.id, file.key.secret
                );
                let system = FakeSystem::new().with_file(&path, text);
                let found = look(cloud, &system).await;
                if is_read {
                    assert_found(found, ("AK", "hush", None), &path);
                } else {
                    let message = format!("{path}: `{}` begins or ends with a quote", file.key.id);
                    assert_fails(found, ErrorKind::CredentialsInvalid, &message);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_folder_in_the_place_of_a_file_is_told_by_the_system() {
    use keyimport::ports::System as _;
    let folder = tempfile::tempdir().unwrap();
    let state = keyimport::io::system::OsSystem.read(folder.path());
    assert_eq!(state, FileState::Unreadable("it is a directory".to_owned()));
}
