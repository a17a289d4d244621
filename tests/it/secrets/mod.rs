//! Whatever goes wrong, whoever repeats what he got: no secret, no token and no key text is shown or kept.

mod echo;
mod engine;
mod fields;
mod places;
mod policy;
mod program;
mod leak;
mod shown;
mod spelled;

use std::collections::HashSet;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Made-up values with every character that needs encoding somewhere.
const ID: &str = "LTAI5tHardToHide";
const SECRET: &str = "Zk3+sEcReT/of=nobody~9QxL0aV";
const TOKEN: &str = "CAISz+tOkEn/of==nobody/Qm9k+eW91IGtub3cgd2h5IHRoaXM/aXMgaGVyZQ==";
const OIDC: &str =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJub2JvZHktYXQtYWxsIn0.Qp7vXk2Lr9Tz4WbYc1MdNe8Hf3Gj";

/// How many characters in a row count as shown.
const WINDOW: usize = 12;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// What must not be shown: every row of so many characters of it.
pub(crate) struct Hidden(HashSet<Vec<u8>>);

impl Hidden {
    fn new(texts: &[&str]) -> Self {
        let windows = texts.iter().flat_map(|text| text.as_bytes().windows(WINDOW));
        Self(windows.map(<[u8]>::to_ascii_lowercase).collect())
    }

    /// Hides a public key's data; its beginning only tells type and size, as the output may.
    fn with_key(mut self, base64: &str) -> Self {
        self.0.extend(base64.as_bytes()[40..].windows(WINDOW).map(<[u8]>::to_ascii_lowercase));
        self
    }

    /// Fails when a part of any of them stands in a text, in whatever form.
    #[track_caller]
    fn check(&self, scene: &str, text: &str) {
        let mut begins = vec![false; 1 << 16];
        let pair = |window: &[u8]| usize::from(window[0]) << 8 | usize::from(window[1]);
        for window in &self.0 {
            begins[pair(window)] = true;
        }
        for reading in readings(text) {
            let reading = reading.to_ascii_lowercase();
            for window in reading.as_bytes().windows(WINDOW) {
                if begins[pair(window)] && self.0.contains(window) {
                    let part = String::from_utf8_lossy(window);
                    let at = reading.find(&*part).unwrap_or_default();
                    let around: String =
                        reading.chars().skip(at.saturating_sub(200)).take(400).collect();
                    panic!("{scene}: {part} stands in {around}");
                }
            }
        }
    }
}

/// Undoes every encoding that a text, or a part of it, may have. None of this is the program's own code.
fn readings(text: &str) -> Vec<String> {
    let visible = |letter: &char| !letter.is_control() && *letter != '\u{200b}';
    let narrow = |letter| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap(),
        letter => letter,
    };
    let seen: String = text.chars().filter(visible).map(narrow).collect();
    let mut plain = vec![text.to_owned(), seen.clone()];
    loop {
        let last = without_entities(&without_escapes(plain.last().unwrap()));
        let last = last.chars().filter(visible).map(narrow).collect::<String>();
        let last = last.replace("%u00", "%");
        let next = percent_encoding::percent_decode_str(&last).decode_utf8_lossy().into_owned();
        if plain.contains(&next) {
            break;
        }
        plain.push(next);
    }
    plain.sort();
    plain.dedup();
    let mut all = plain.clone();
    // With anything between the characters, and as pairs of hex digits with colons between them.
    all.extend(plain.iter().map(|text| text.split_whitespace().collect::<String>()));
    plain.extend(plain.clone().iter().map(|text| text.replace(": ", ", ").replace(':', "")));
    for text in plain {
        let dense: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        for run in
            dense.split(|letter: char| !(letter.is_ascii_alphanumeric() || "+/-_".contains(letter)))
        {
            if run.len() < WINDOW {
                continue;
            }
            for start in 0..4.min(run.len()) {
                for letters in [alphabet::STANDARD, alphabet::URL_SAFE] {
                    let engine = GeneralPurpose::new(&letters, LENIENT);
                    let whole = run.len() - start - (run.len() - start) % 4;
                    if let Ok(bytes) = engine.decode(&run[start..start + whole]) {
                        all.push(String::from_utf8_lossy(&bytes).into_owned());
                    }
                }
            }
            let digits: Vec<u32> = run.chars().map_while(|letter| letter.to_digit(16)).collect();
            for start in 0..2.min(digits.len()) {
                let pairs = digits[start..].chunks_exact(2);
                let bytes: Vec<u8> =
                    pairs.map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect();
                all.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    all
}

fn without_escapes(text: &str) -> String {
    undo(text, "\\", |piece| {
        if let Some((digits, rest)) = piece.strip_prefix("u{").and_then(|rest| rest.split_once('}'))
        {
            return Some((u32::from_str_radix(digits, 16).ok()?, rest));
        }
        let (digits, rest) = match piece.strip_prefix('x') {
            Some(rest) => rest.split_at_checked(2)?,
            None => piece.strip_prefix('u')?.split_at_checked(4)?,
        };
        Some((u32::from_str_radix(digits, 16).ok()?, rest))
    })
}

fn without_entities(text: &str) -> String {
    let names = [("&plus;", "+"), ("&sol;", "/"), ("&equals;", "="), ("&amp;", "&")];
    let text = names.iter().fold(text.to_owned(), |text, (name, plain)| text.replace(name, plain));
    undo(&text, "&#", |piece| {
        let (base, rest) = piece.strip_prefix('x').map_or((10, piece), |rest| (16, rest));
        let end = rest.find(|letter: char| !letter.is_digit(base)).unwrap_or(rest.len());
        let number = u32::from_str_radix(&rest[..end], base).ok()?;
        let rest = &rest[end..];
        Some((number, rest.strip_prefix(';').unwrap_or(rest)))
    })
}

/// Replaces what follows every mark by the character that it stands for.
fn undo(text: &str, mark: &str, read: impl Fn(&str) -> Option<(u32, &str)>) -> String {
    let mut pieces = text.split(mark);
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        match read(piece).and_then(|(number, rest)| Some((char::from_u32(number)?, rest))) {
            Some((letter, rest)) => plain.extend([letter.to_string(), rest.to_owned()]),
            None => plain.push_str(piece),
        }
    }
    plain
}

/// The watch itself is watched: it sees every form that the servers of these tests send.
#[test]
fn the_watch_sees_every_form() {
    let hidden = Hidden::new(&[SECRET]);
    for form in echo::Form::ALL {
        for before in ["", "a", "ab"] {
            let text = format!("said: {}", form.of(&format!("{before}{SECRET} and more")));
            let seen = std::panic::catch_unwind(|| hidden.check("watch", &text));
            assert!(seen.is_err(), "{form:?} is not seen in {text}");
        }
    }
    hidden.check("watch", "nothing of the kind *** aGFybWxlc3MgdGV4dCBvZiBub2JvZHk=");
}

#[test]
fn scrubbing_leaves_nothing_and_takes_no_more_than_it_should() {
    use keyimport::redact::Redactor;
    let redactor = Redactor::new([TOKEN]);
    let hidden = Hidden::new(&[TOKEN]);
    for form in echo::Form::ALL {
        for (before, after) in [("", ""), ("a", "z"), ("ab", "yz"), ("id=STS.x&t=", "&u=1")] {
            let text = form.of(&format!("{before}{TOKEN}{after}"));
            let shown = redactor.display(&format!("the server says {text} and no more").into());
            let shown = &*shown;
            hidden.check(&format!("{form:?}"), shown);
            assert!(shown.contains("***"), "{shown}");
            let framed = shown.starts_with("the server says ") && shown.ends_with(" and no more");
            assert!(framed, "{form:?}: {shown}");
        }
    }
    let harmless =
        "Specified signature is not matched with our calculation (100 %), \\u00e4 &#228; %zz";
    assert_eq!(&*redactor.display(&harmless.into()), harmless);
    let steering = "a\u{1b}[31mb\u{9b}c\u{202e}d\u{200b}e\r\nf\u{7}g";
    assert_eq!(&*redactor.display(&steering.into()), "a[31mbcde  fg");
    assert_eq!(redactor.display(&"word ".repeat(100_000).into()).chars().count(), 2001);
    assert_eq!(&*Redactor::new(["sho"]).display(&"short".into()), "short");
}
