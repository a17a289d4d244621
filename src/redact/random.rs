//! Whether letters and digits are mixed as in encoded data, and not as in words, paths and identifiers.

/// Whether a run of base64 is mixed as chance mixes it: upper case, lower case and digits follow on each other. Of two
/// neighbours in base64, chance makes three in five of different sorts; in words and paths it is one in four.
pub fn is_random(run: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| run.iter().filter(|byte| is(byte)).count();
    let least = run.len().div_ceil(12);
    let changes = run.windows(2).filter(|pair| is_change(pair)).count();
    count(u8::is_ascii_uppercase) >= least
        && count(u8::is_ascii_lowercase) >= least
        && count(u8::is_ascii_digit) > 0
        && changes * 8 >= run.len() * 3
}

/// Whether two neighbours are of different sorts. Slashes do not count: paths are full of them.
fn is_change(pair: &[u8]) -> bool {
    let sort = |byte: &u8| match byte {
        b'A'..=b'Z' => Some('A'),
        b'a'..=b'z' => Some('a'),
        b'0'..=b'9' => Some('0'),
        _ => None,
    };
    match pair {
        [one, other] => sort(one).zip(sort(other)).is_some_and(|(one, other)| one != other),
        _ => false,
    }
}
