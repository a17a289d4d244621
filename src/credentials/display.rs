//! Values of settings in messages. A value is shown only if it looks like what it should be, since it may be a secret in
//! the wrong field; of any other the message gives field and length.

/// The longest value that is shown.
const LONGEST: usize = 120;
/// The longest word that is shown even if it looks random.
const WORD: usize = 24;
/// The longest word of capitals, small letters and digits that is shown in a path with blanks.
const MIXED_WORD: usize = 8;

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

/// Tells whether a text looks like a path. A path from a root may hold blanks and `@`, as the names of users do.
fn is_path(text: &str) -> bool {
    let is_rooted = text.starts_with(['/', '\\', '~', '.'])
        || text.get(1..3).is_some_and(|after| [":\\", ":/"].contains(&after));
    let is_odd = |letter: char| match letter {
        ' ' | '@' => !is_rooted,
        _ => letter.is_whitespace() || letter.is_control() || "=+".contains(letter),
    };
    if text.len() > LONGEST || text.contains(is_odd) {
        return false;
    }
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    match (is_rooted, text.contains([' ', '@'])) {
        (false, _) => text.contains(['/', '\\']) && is_worded(text),
        (true, false) => text.split(['/', '\\']).all(|part| part.len() <= WORD || !is_mixed(part)),
        // A secret may follow the blank or the `@`.
        (true, true) => {
            words.all(|word| word.len() <= MIXED_WORD || (word.len() <= WORD && !is_mixed(word)))
        }
    }
}

/// Tells whether a text is short, or made of short words and does not look random.
fn is_worded(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    text.len() <= WORD || (words.all(|word| word.len() <= WORD) && !is_mixed(text))
}

/// Tells whether a text holds capitals, small letters and digits.
fn is_mixed(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_uppercase())
        && text.contains(|letter: char| letter.is_ascii_lowercase())
        && text.contains(|letter: char| letter.is_ascii_digit())
}

fn hidden(field: &str, value: &str) -> String {
    format!("… ({field}, {} characters)", value.chars().count())
}
