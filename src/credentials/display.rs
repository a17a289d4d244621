//! Values of settings in messages. One is shown only when it looks like what it should be, since a secret may
//! stand in the wrong field; any other is told by its field and length.

/// The longest value that is shown.
const LONGEST: usize = 120;
/// The longest word that chance alone may have made.
const WORD: usize = 24;

/// Shows the name of a profile, a mode, a role.
pub(super) fn name(field: &str, value: &str) -> String {
    if is_name(value) { value.to_owned() } else { hidden(field, value) }
}

/// Shows the path of a file, or an address.
pub(super) fn path(field: &str, value: &str) -> String {
    if is_name(value) || is_path(value) { value.to_owned() } else { hidden(field, value) }
}

/// Tells whether a text looks like a name: letters, digits, dots, hyphens and underscores, in short words.
pub(super) fn is_name(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || "._-".contains(letter);
    text.len() <= LONGEST && text.chars().all(is_plain) && is_worded(text)
}

fn is_path(text: &str) -> bool {
    let is_odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "=+@".contains(letter);
    if text.len() > LONGEST || text.contains(is_odd) {
        return false;
    }
    let separators = ['/', '\\'];
    let is_rooted = text.starts_with(['/', '\\', '~', '.'])
        || text.get(1..3).is_some_and(|after| [":\\", ":/"].contains(&after));
    if is_rooted {
        text.split(separators).all(|part| part.len() <= WORD || !is_mixed(part))
    } else {
        text.contains(separators) && is_worded(text)
    }
}

/// Tells whether a text is short, or made of short words that are not as mixed as chance mixes them.
fn is_worded(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    text.len() <= WORD || (words.all(|word| word.len() <= WORD) && !is_mixed(text))
}

/// Tells whether capitals, small letters and digits stand in a text.
fn is_mixed(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_uppercase())
        && text.contains(|letter: char| letter.is_ascii_lowercase())
        && text.contains(|letter: char| letter.is_ascii_digit())
}

fn hidden(field: &str, value: &str) -> String {
    format!("… ({field}, {} characters)", value.chars().count())
}
