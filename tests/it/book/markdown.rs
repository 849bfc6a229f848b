//! Parses a Markdown page as far as the tests of the book need it: code blocks, headings with their anchors, links,
//! code spans, sections.

use std::collections::{BTreeMap, BTreeSet};

/// A fenced code block.
pub struct Block {
    pub language: String,
    /// The line of the page on which its text begins.
    pub line: usize,
    pub text: String,
}

/// A page, with its code blocks separated from the rest.
pub struct Page {
    pub blocks: Vec<Block>,
    prose: String,
}

impl Page {
    pub fn parse(text: &str) -> Self {
        let (mut blocks, mut prose) = (Vec::new(), String::new());
        let mut open: Option<(usize, Block)> = None;
        for (index, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(_), Some(_)) => blocks.extend(open.take().map(|(_, block)| block)),
                (Some(info), None) => {
                    let language = info.split([' ', ',']).next().unwrap_or_default().to_owned();
                    open = Some((indent, Block { language, line: index + 2, text: String::new() }));
                }
                (None, Some((indent, block))) => {
                    block.text.push_str(line.get(*indent..).unwrap_or_default());
                    block.text.push('\n');
                }
                (None, None) => {
                    prose.push_str(line);
                    prose.push('\n');
                }
            }
        }
        if let Some((_, block)) = open {
            panic!("the code block at line {} is not closed", block.line);
        }
        Self { blocks, prose }
    }

    /// The anchors of its headings; a repeated one is numbered.
    pub fn anchors(&self) -> BTreeSet<String> {
        let mut counts = BTreeMap::<String, usize>::new();
        let headings = self.prose.lines().filter(|line| level(line).is_some());
        let numbered = |heading: &str| {
            let anchor = anchor(heading);
            let count = counts.entry(anchor.clone()).or_default();
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        };
        headings.map(numbered).collect()
    }

    /// The targets of its links and images.
    pub fn links(&self) -> Vec<String> {
        let text: String = self.parts().filter(|(is_code, _)| !is_code).map(|(_, part)| part).collect();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '\n']).next());
        targets.map(str::to_owned).collect()
    }

    /// Its code spans.
    pub fn code_spans(&self) -> Vec<&str> {
        self.parts().filter(|(is_code, _)| *is_code).map(|(_, part)| part).collect()
    }

    /// The text below a heading, up to the next heading of the same or a higher level; empty if there is no such
    /// heading.
    pub fn section(&self, heading: &str) -> String {
        let lines = self.prose.lines().skip_while(|line| *line != heading).skip(1);
        let is_within = |line: &&str| level(line).is_none_or(|found| Some(found) > level(heading));
        lines.take_while(is_within).map(|line| format!("{line}\n")).collect()
    }

    /// Text and code spans in turn, the latter marked. A code span ends with its paragraph.
    fn parts(&self) -> impl Iterator<Item = (bool, &str)> {
        let paragraphs = self.prose.split("\n\n");
        paragraphs.flat_map(|text| text.split('`').enumerate().map(|(index, part)| (index % 2 == 1, part)))
    }
}

/// The level of a heading; `None` for any other line.
fn level(line: &str) -> Option<usize> {
    let (signs, _) = line.split_once(' ')?;
    (!signs.is_empty() && signs.len() <= 6 && signs.bytes().all(|byte| byte == b'#')).then_some(signs.len())
}

/// mdBook's anchor for a heading: letters, digits, `_` and `-` in lower case, a hyphen for each space.
fn anchor(heading: &str) -> String {
    let mut parts = heading.trim_start_matches('#').trim().split("](");
    let mut text = parts.next().unwrap_or_default().to_owned();
    // The text after the target of a link.
    parts.filter_map(|part| part.split_once(')')).for_each(|(_, rest)| text.push_str(rest));
    let kept = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c.to_ascii_lowercase()),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    text.chars().filter_map(kept).collect()
}

#[test]
fn anchors_are_those_of_mdbook() {
    for (heading, expected) in [
        ("# Keycloak", "keycloak"),
        ("## When it does not work", "when-it-does-not-work"),
        ("### `line`, `bar`: one to five series", "line-bar-one-to-five-series"),
        ("## The [sample](../sample.toml) file", "the-sample-file"),
        ("## RP-initiated_logout 1.0", "rp-initiated_logout-10"),
    ] {
        assert_eq!(anchor(heading), expected);
    }
    let page = Page::parse("# A\n```sh\n# no heading\n```\n## B\n### B\n#no heading\n");
    assert_eq!(page.anchors().into_iter().collect::<Vec<_>>(), ["a", "b", "b-1"]);
}

#[test]
fn links_and_spans_are_told_from_code() {
    let page =
        Page::parse("[a](x.md#y) and `[b](z)`, [`c`](c.md)\nand ![d](d.png \"D\")\n\n```text\n[e](e)\n```\n");
    assert_eq!(page.links(), ["x.md#y", "c.md", "d.png"]);
    assert_eq!(page.code_spans(), ["[b](z)", "c"]);
}

#[test]
fn blocks_keep_their_line_and_lose_the_indent_of_their_fence() {
    let page = Page::parse("a\n\n- b\n\n  ```toml\n  [c]\n    d = 1\n  ```\n");
    let [block] = &page.blocks[..] else { panic!("one block") };
    assert_eq!((block.language.as_str(), block.line, block.text.as_str()), ("toml", 6, "[c]\n  d = 1\n"));
}

#[test]
fn a_section_ends_with_the_next_heading_of_its_level() {
    let page = Page::parse("# A\na\n## B\nb\n### C\nc\n## D\nd\n");
    assert_eq!(page.section("## B"), "b\n### C\nc\n");
    assert_eq!(page.section("## D"), "d\n");
    assert_eq!(page.section("## E"), "");
}
