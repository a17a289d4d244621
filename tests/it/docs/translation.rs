//! The README in Chinese says what README.md says.
//!
//! Headings and paragraphs are translated by hand: each stands for the one at the same place in README.md, and names the same
//! code, numbers and links. Blocks of code and tables are made from README.md, the words of tables with a list of
//! translations. This module comes last in the order of the alphabet, when README.md itself is written.

use std::collections::{BTreeMap, BTreeSet};

use keyimport::provider;

use super::{anchors, hold, read};

const ENGLISH: &str = "README.md";
const CHINESE: &str = ".github/README.zh-CN.md";
const CELLS: &str = "tests/readme.zh-CN.json";

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Table,
    Paragraph,
}

/// A heading, and the blocks below it up to the next one.
struct Section<'a> {
    heading: &'a str,
    blocks: Vec<(Kind, String)>,
}

impl Section<'_> {
    fn level(&self) -> usize {
        self.heading.chars().take_while(|letter| *letter == '#').count()
    }

    fn paragraphs(&self) -> Vec<&str> {
        let of_kind = self.blocks.iter().filter(|(kind, _)| *kind == Kind::Paragraph);
        of_kind.map(|(_, text)| &**text).collect()
    }
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    let (mut is_code, mut continues) = (false, false);
    for line in text.lines() {
        let is_fence = line.starts_with("```");
        if !is_code && line.starts_with('#') {
            found.push(Section { heading: line, blocks: Vec::new() });
        }
        let is_text = !line.is_empty() && !line.starts_with('#');
        if is_code || is_fence || is_text {
            let kind = match line.starts_with('|') {
                _ if is_code || is_fence => Kind::Code,
                true => Kind::Table,
                false => Kind::Paragraph,
            };
            let blocks = &mut found.last_mut().expect("a heading on the first line").blocks;
            match blocks.last_mut() {
                Some((last, block)) if is_code || (continues && *last == kind && !is_fence) => {
                    *block += "\n";
                    *block += line;
                }
                _ => blocks.push((kind, line.to_owned())),
            }
        }
        is_code ^= is_fence;
        continues = is_text;
    }
    found
}

/// What a text says that is the same in every language.
#[derive(Debug, Default)]
struct Facts {
    code: BTreeSet<String>,
    links: BTreeSet<String>,
    /// The rest, with a grave accent in the place of code.
    words: String,
}

impl Facts {
    fn of(text: &str) -> Self {
        let mut facts = Self::default();
        let text = text.replace('\n', " ");
        let mut rest = String::new();
        for (number, piece) in text.split('`').enumerate() {
            if number % 2 == 1 {
                facts.code.insert(piece.to_owned());
                rest.push('`');
            } else {
                rest += piece;
            }
        }
        let mut pieces = rest.split("](");
        facts.words += pieces.next().unwrap_or_default();
        for piece in pieces {
            let (link, after) = piece.split_once(')').expect("a link that is closed");
            facts.links.insert(link.to_owned());
            facts.words += "]";
            facts.words += after;
        }
        facts
    }

    fn numbers(&self) -> BTreeSet<&str> {
        let pieces = self.words.split(|letter: char| !letter.is_ascii_digit());
        pieces.filter(|piece| !piece.is_empty()).collect()
    }
}

/// Makes the Chinese README from both, or says where they differ.
struct Comparison<'a> {
    english_anchors: Vec<String>,
    chinese_anchors: Vec<String>,
    cells: &'a BTreeMap<String, String>,
    unused: BTreeSet<&'a str>,
    faults: Vec<String>,
}

impl Comparison<'_> {
    /// Where a link of README.md leads to from the folder of the Chinese one.
    fn moved(&self, link: &str) -> String {
        if let Some(anchor) = link.strip_prefix('#') {
            let place = self.english_anchors.iter().position(|known| known == anchor);
            let moved = place.and_then(|place| self.chinese_anchors.get(place));
            return moved.map_or_else(|| link.to_owned(), |anchor| format!("#{anchor}"));
        }
        match link.strip_prefix(".github/") {
            _ if link.starts_with("http") => link.to_owned(),
            Some(beside) => beside.to_owned(),
            None => format!("../{link}"),
        }
    }

    fn compare(&mut self, english: &str, chinese: &str) {
        let (original, translation) = (Facts::of(english), Facts::of(chinese));
        let moved = original.links.iter().map(|link| self.moved(link));
        let (mut moved, mut links) = (moved.collect::<BTreeSet<_>>(), translation.links.clone());
        // The line at the top of each leads to the other.
        moved.remove("README.zh-CN.md");
        links.remove("../README.md");
        let (expected, found) = (original.numbers(), translation.numbers());
        let differences = [
            (original.code != translation.code)
                .then(|| format!("code: {:?} and {:?}", original.code, translation.code)),
            (moved != links).then(|| format!("links: {moved:?} and {links:?}")),
            // Chinese has digits where English has a word.
            (!expected.is_subset(&found)).then(|| format!("numbers: {expected:?} and {found:?}")),
        ];
        let texts = format!("    {english}\n    {chinese}");
        let faults = differences.into_iter().flatten();
        self.faults.extend(faults.map(|difference| format!("{difference} in\n{texts}")));
    }

    fn cell(&mut self, cell: &str) -> String {
        let (words, mark) = match cell.strip_suffix(['ʳ', 'ˢ']) {
            Some(words) => (words.trim_end(), &cell[words.trim_end().len()..]),
            None => (cell, ""),
        };
        let is_data = !Facts::of(words).words.contains(char::is_alphabetic);
        match self.cells.get(words) {
            Some(translation) => {
                self.unused.remove(words);
                self.compare(words, translation);
                format!("{translation}{mark}")
            }
            None if is_data => cell.to_owned(),
            None => {
                self.faults
                    .push(format!("no translation of a table's `{words}`: add it to {CELLS}"));
                cell.to_owned()
            }
        }
    }

    fn table(&mut self, table: &str) -> String {
        let row = |line: &str| {
            let cells = line.split('|').map(|cell| match cell.trim() {
                "" => cell.to_owned(),
                words => cell.replacen(words, &self.cell(words), 1),
            });
            cells.collect::<Vec<_>>().join("|")
        };
        table.lines().map(row).collect::<Vec<_>>().join("\n")
    }
}

/// Returns what the Chinese README has to be, or what a translator has to change first.
fn translated(
    english: &str,
    chinese: &str,
    cells: &BTreeMap<String, String>,
) -> Result<String, Vec<String>> {
    let mut comparison = Comparison {
        english_anchors: anchors(english),
        chinese_anchors: anchors(chinese),
        cells,
        unused: cells.keys().map(String::as_str).collect(),
        faults: Vec::new(),
    };
    let (originals, translations) = (sections(english), sections(chinese));
    let levels = |sections: &[Section<'_>]| sections.iter().map(Section::level).collect::<Vec<_>>();
    if levels(&originals) != levels(&translations) {
        let heading = |section: Option<&Section<'_>>| {
            section.map_or("-", |section| section.heading).to_owned()
        };
        let places = 0..originals.len().max(translations.len());
        let pairs = places.map(|place| {
            format!("    {:40} {}", heading(originals.get(place)), heading(translations.get(place)))
        });
        return Err(std::iter::once("headings:".to_owned()).chain(pairs).collect());
    }
    let mut written: Vec<String> = Vec::new();
    for (original, translation) in originals.iter().zip(&translations) {
        written.push(translation.heading.to_owned());
        let (expected, found) = (original.paragraphs(), translation.paragraphs());
        if expected.len() == found.len() {
            expected.iter().zip(&found).for_each(|(one, other)| comparison.compare(one, other));
        } else {
            let (heading, expected, found) = (original.heading, expected.len(), found.len());
            comparison.faults.push(format!("paragraphs: {expected} and {found} below `{heading}`"));
        }
        let mut paragraphs = found.into_iter();
        for (kind, block) in &original.blocks {
            written.extend(match kind {
                Kind::Code => Some(block.clone()),
                Kind::Table => Some(comparison.table(block)),
                Kind::Paragraph => paragraphs.next().map(str::to_owned),
            });
        }
    }
    if comparison.faults.is_empty() {
        let unused = comparison.unused.iter();
        let fault = |cell: &&str| format!("no table has `{cell}`: take it out of {CELLS}");
        comparison.faults.extend(unused.map(fault));
    }
    let faults = comparison.faults;
    if faults.is_empty() { Ok(written.join("\n\n") + "\n") } else { Err(faults) }
}

#[test]
fn the_chinese_readme_says_what_the_english_one_says() {
    let mut cells: BTreeMap<String, String> = serde_json::from_str(&read(CELLS)).unwrap();
    let titles = provider::ALL.iter().map(|cloud| cloud.info());
    cells.extend(titles.map(|info| (info.title.to_owned(), info.title_zh.to_owned())));
    match translated(&read(ENGLISH), &read(CHINESE), &cells) {
        Ok(expected) => hold(CHINESE, &expected),
        Err(faults) => panic!("{CHINESE} differs from {ENGLISH}:\n{}", faults.join("\n")),
    }
}

/// A document and its translation.
const PAIR: [&str; 2] = [
    "# Tool\n\nSee [names](#names) and [more](.github/SECURITY.md).\n\n## Names\n\nAt most 25 letters (`--name`).\n\n\
     ```sh\ntool --name one\n```\n\n| code | meaning |\n|---|---|\n| 3 | refused |\n",
    "# Tool\n\n见[名称](#名称)和[其他](SECURITY.md)。\n\n## 名称\n\n最多 25 个字母（`--name`）。\n\n\
     ```sh\ntool --name one\n```\n\n| 代码 | 含义 |\n|---|---|\n| 3 | 拒绝 |\n",
];

#[test]
fn a_change_of_one_document_alone_is_found() {
    let [english, chinese] = PAIR;
    let cells = [("code", "代码"), ("meaning", "含义"), ("refused", "拒绝")];
    let cells = BTreeMap::from(cells.map(|(from, to)| (from.to_owned(), to.to_owned())));
    assert_eq!(translated(english, chinese, &cells).as_deref(), Ok(chinese));
    let changed = |from: &str, to: &str| {
        assert!(english.contains(from), "{from}");
        translated(&english.replacen(from, to, 1), chinese, &cells)
    };
    for (from, to, expected) in [
        ("tool --name one", "tool --name two", "tool --name two"),
        ("| 3 |", "| 14 |", "| 14 | 拒绝 |"),
        ("| 3 | refused |", "| 3 | refused |\n| 4 | refused |", "| 4 | 拒绝 |"),
        ("```\n\n|", "```\n\n```sh\ntool\n```\n\n|", "```sh\ntool\n```"),
    ] {
        let written = changed(from, to).unwrap();
        assert!(written.contains(expected) && !chinese.contains(expected), "{written}");
    }
    for (from, to, expected) in [
        ("## Names", "### Names", "headings:"),
        ("## Names", "## More\n\n## Names", "headings:"),
        ("## Names\n", "## Names\n\nOne more.\n", "paragraphs: 2 and 1 below `## Names`"),
        ("(`--name`)", "(`--tag`)", "code: "),
        ("25 letters", "30 letters", "numbers: "),
        ("](#names)", "](#tool)", "links: "),
        ("SECURITY.md", "CHANGELOG.md", "links: "),
        ("refused", "taken", "no translation of a table's `taken`"),
    ] {
        let faults = changed(from, to).unwrap_err().join("\n");
        assert!(faults.contains(expected), "{from}: {faults}");
    }
    let without_table = english.split("| code").next().unwrap();
    let faults = translated(without_table, chinese, &cells).unwrap_err().join("\n");
    assert!(faults.contains("no table has `refused`"), "{faults}");
    let longer = format!("{chinese}\n## 其他\n");
    let faults = translated(english, &longer, &cells).unwrap_err().join("\n");
    assert!(faults.starts_with("headings:"), "{faults}");
}

#[test]
fn the_readmes_lead_to_each_other() {
    let first = |document: &str| read(document).lines().nth(2).unwrap_or_default().to_owned();
    assert_eq!(first(ENGLISH), format!("English | [简体中文]({CHINESE})"));
    assert_eq!(first(CHINESE), "[English](../README.md) | 简体中文");
}

/// The first two characters that Chinese typography does not set like this.
fn slip(words: &str) -> Option<String> {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let is_full = |letter: char| "，。；：、？！（）“”".contains(letter);
    let words = words.replace("![", "");
    let letters: Vec<char> =
        words.chars().filter(|letter| !matches!(letter, '[' | ']' | '*')).collect();
    let mut pairs = letters.windows(2).map(|pair| (pair[0], pair[1]));
    let is_wrong = |one: char, other: char| {
        is_han(one) && (other.is_ascii_alphanumeric() || "`,.;:?!()".contains(other))
            || is_full(one) && other == ' '
    };
    let found = pairs.find(|(one, other)| is_wrong(*one, *other) || is_wrong(*other, *one));
    found.map(|(one, other)| format!("{one}{other}"))
}

#[test]
fn chinese_has_its_own_punctuation_and_a_blank_beside_latin_letters() {
    for words in ["用SSH 公钥", "用 `-o`输出", "公钥, 私钥", "公钥 （可选）", "共3 个"]
    {
        assert!(slip(&Facts::of(words).words).is_some(), "{words}");
    }
    for section in sections(&read(CHINESE)) {
        let blocks = section.blocks.iter().filter(|(kind, _)| *kind != Kind::Code);
        let texts = blocks.flat_map(|(_, text)| text.split(['|', '\n']).map(str::trim));
        for text in texts.chain([section.heading]) {
            let found = slip(&Facts::of(text).words);
            assert_eq!(found, None, "in: {text}");
        }
    }
}
