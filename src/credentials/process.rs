//! `credential_process`: programs that print a credential as JSON.

use std::ffi::OsString;
use std::iter;
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use super::access_key;
use super::context::{Context, invalid, missing};
use super::display;
use super::env::is_on;
use super::fields::Fields;
use crate::error::{Error, ErrorKind};
use crate::phrase::phrase;
use crate::ports::Clock;
use crate::provider::credential_spec::Process;
use crate::sign::Credential;

/// How long a program may run, which is what the vendors' libraries allow.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs the program of a profile, without a shell, and reads its output, none of which goes into a message.
pub(super) async fn run(
    process: &Process,
    profile: &Fields,
    label: &str,
    ctx: &Context<'_>,
) -> Result<Credential, Error> {
    let Process { command: field, disable_env, .. } = process;
    if let Some(disable_env) = disable_env.filter(|name| is_on(ctx.system, name)) {
        return Err(invalid(phrase!("programs are disabled by `{}`", disable_env)));
    }
    let command = profile.text(field).ok_or_else(|| missing(field))?;
    let words = if cfg!(windows) { split_windows(command) } else { shlex::split(command) };
    let words = words.filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| invalid(phrase!("`{}` is not a command line", field)))?;
    let mut words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    if let Some(program) = words.first_mut()
        && let Some(path) = ctx.system.expand(Path::new(program))
    {
        *program = path.into();
    }
    let name = format!("the program of {label}");
    ctx.contact(&name);
    let output = tokio::select! {
        biased;
        output = ctx.system.run(&words, LIMIT) => output,
        () = shutdown(ctx.ports.clock) => Err(String::new()),
    };
    let found = match output.map(Zeroizing::new) {
        Ok(output) => read(&Fields::of_json(&output), process)
            .map_err(|error| error.at(format!("the output of `{field}`"))),
        Err(why) => Err(invalid(phrase!("the program of `{}` failed: {}", field, why))
            .hinted("run the command by itself to see what it says")),
    };
    match found {
        // A signal that stops the run may reach the program first.
        Err(_) if ctx.ports.clock.shutdown_deadline().is_some() => {
            let message = phrase!("no response from {}: the run was stopped", name);
            Err(Error::new(ErrorKind::Network, message))
        }
        found => found,
    }
}

/// Waits until a shutdown is requested: nothing that a program does needs to be settled.
async fn shutdown(clock: &dyn Clock) {
    while clock.shutdown_deadline().is_none() {
        clock.sleep(LIMIT).await;
    }
}

/// Splits a command line as programs on Windows split their own, and the vendors' libraries with them: only double quotes
/// quote, and backslashes escape only in front of one.
///
/// <https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments>
fn split_windows(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let count = 1 + iter::from_fn(|| letters.next_if_eq(&'\\')).count();
                let escapes = letters.peek() == Some(&'"');
                let word = word.get_or_insert_default();
                word.extend(iter::repeat_n('\\', if escapes { count / 2 } else { count }));
                if escapes && count % 2 == 1 {
                    word.extend(letters.next());
                }
            }
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

fn read(output: &Fields, process: &Process) -> Result<Credential, Error> {
    let key = &process.fields;
    let with_key = || {
        access_key::read(output, key)?
            .ok_or_else(|| invalid(phrase!("it is not JSON with `{}`", key.id)))
    };
    if let Some((field, version)) = process.version {
        return match output.number(field) {
            Some(found) if found == version => with_key(),
            Some(_) => Err(invalid(phrase!("its `{}` is not {}", field, version))),
            None => Err(invalid(phrase!("it is not JSON with `{}`", field))),
        };
    }
    match output.text("mode") {
        Some("StsToken") => access_key::read_with_token(output, key),
        Some("AK") | None => with_key(),
        Some(mode) => {
            let mode = display::name("mode", mode);
            Err(invalid(phrase!("its mode is `{}`, not `AK` or `StsToken`", mode)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_windows;

    #[test]
    fn windows_paths_keep_their_backslashes() {
        for (command, words) in [
            (r"C:\tools\cred.exe", &[r"C:\tools\cred.exe"][..]),
            (r#""C:\Program Files\cred.exe" get  x"#, &[r"C:\Program Files\cred.exe", "get", "x"]),
            (r"C:\Users\O'Brien\cred.exe 'a b'", &[r"C:\Users\O'Brien\cred.exe", "'a", "b'"]),
            (r#"C:\Pro"gram Files"\cred.exe"#, &[r"C:\Program Files\cred.exe"]),
            (r"\\server\share\cred.exe", &[r"\\server\share\cred.exe"]),
            (r#"tool "say \"hi\"" \"x"#, &["tool", r#"say "hi""#, r#""x"#]),
            (r#"tool "C:\dir\\" a\\b x\"#, &["tool", r"C:\dir\", r"a\\b", r"x\"]),
            (r#"tool "" --role="a b""#, &["tool", "", "--role=a b"]),
            ("\ttool\t", &["tool"]),
        ] {
            assert_eq!(split_windows(command).unwrap(), words, "{command}");
        }
        for open in [r#""C:\tools"#, r#""C:\tools\""#] {
            assert_eq!(split_windows(open), None, "{open}");
        }
        assert_eq!(split_windows(" "), Some(Vec::new()));
    }
}
