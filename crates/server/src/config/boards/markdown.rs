//! Texts in Markdown: paragraphs, headings, lists, quotes, code, emphasis and links (CommonMark). HTML and images are
//! refused when the settings are read. The HTML is generated here; all text is escaped.

use claimcheck_model::base_path::base_path;
use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{
    link_to::{BoardPage, LinkTo},
    template::{TemplatePart, pieces, slots},
};

const MAX_CHARS: usize = 20_000;
/// In place of the values while the settings are checked; no text of a settings file contains it.
const MARK: &str = "\u{f8ff}";
/// In place of the words for screen readers after a link that opens in a new tab, until the language is known.
const OUTSIDE: &str = "\u{f8fe}";
/// Headings in a panel are below that of the panel.
const LEVELS_ABOVE: usize = 2;

/// The links of a text, by their addresses.
type Addresses = BTreeMap<String, LinkTo>;

/// A text in Markdown that may have slots.
#[derive(Clone, Debug, PartialEq)]
pub struct Markdown {
    parts: Vec<TemplatePart>,
    /// The addresses of its links, which are literal.
    addresses: Addresses,
    /// The HTML of a text without slots.
    fixed: Option<String>,
}

impl Markdown {
    /// Checks and parses a text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("must not be empty".to_owned());
        }
        if text.chars().count() > MAX_CHARS {
            return Err(format!("must have at most {MAX_CHARS} characters"));
        }
        let parts = pieces(text)?;
        let addresses = check(&filled(&parts, &|_| MARK.to_owned()))?;
        let has_slots = slots(&parts).next().is_some();
        let fixed = (!has_slots).then(|| html_of(&filled(&parts, &|_| String::new()), &addresses, &|_| true));
        Ok(Self { parts, addresses, fixed })
    }

    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        slots(&self.parts)
    }

    /// The pages of boards that its links lead to.
    pub(super) fn pages(&self) -> impl Iterator<Item = &BoardPage> {
        self.addresses.values().filter_map(|link| link.page.as_ref())
    }

    /// The text as HTML, with these values in the slots: as text, whatever they contain. Links to pages that the user may
    /// not see are plain text. `outside` are the words after a link that opens in a new tab, such as "(opens in a new
    /// tab)".
    pub fn html(
        &self,
        value: &dyn Fn(&str) -> Option<String>,
        may_see: &dyn Fn(&BoardPage) -> bool,
        outside: &str,
    ) -> String {
        let escaped = |slot: &str| value(slot).map(|value| as_text(&value)).unwrap_or_default();
        let fixed = self.fixed.as_ref().filter(|_| self.pages().all(may_see));
        let html = fixed.cloned();
        let html = html.unwrap_or_else(|| html_of(&filled(&self.parts, &escaped), &self.addresses, may_see));
        html.replace(OUTSIDE, outside)
    }
}

fn filled(parts: &[TemplatePart], value: &dyn Fn(&str) -> String) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Fixed(text) => text.clone(),
        TemplatePart::Slot(name) => value(name),
    };
    parts.iter().map(part).collect()
}

/// A value in which nothing has a meaning in Markdown: in one line, with a backslash before all punctuation (CommonMark
/// 2.4).
fn as_text(value: &str) -> String {
    let mut text = String::new();
    for (index, word) in value.split(|c: char| c.is_whitespace() || c.is_control()).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        for c in word.chars() {
            if c.is_ascii_punctuation() {
                text.push('\\');
            }
            text.push(c);
        }
    }
    text.trim().to_owned()
}

fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::empty())
}

/// The addresses of the links of a text, if everything in it is allowed.
fn check(text: &str) -> Result<Addresses, String> {
    let mut is_code = false;
    let mut addresses = Addresses::new();
    for event in events(text) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => {
                return Err("contains HTML, which is not shown; use Markdown, and a backslash before a `<` \
                            that is text"
                    .to_owned());
            }
            Event::Start(Tag::Image { .. }) => {
                return Err("contains an image, which is not shown; link to it instead".to_owned());
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                if dest_url.contains(MARK) {
                    return Err(
                        "has a placeholder in the address of a link; addresses are literal".to_owned()
                    );
                }
                let link = LinkTo::parse(&dest_url).and_then(literal);
                let link = link.map_err(|message| format!("has a link whose address {message}"))?;
                addresses.insert(dest_url.to_string(), link);
            }
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(text) if is_code && text.contains(MARK) => return Err(in_code()),
            Event::Code(text) if text.contains(MARK) => return Err(in_code()),
            _ => {}
        }
    }
    Ok(addresses)
}

/// A link without slots: those of a text have been replaced by then.
fn literal(link: LinkTo) -> Result<LinkTo, String> {
    let slot = link.slots().next().map(str::to_owned);
    match slot {
        None => Ok(link),
        Some(slot) => Err(format!("has the placeholder {{{slot}}}, but is literal")),
    }
}

fn in_code() -> String {
    "has a placeholder in code; move it out of the backticks".to_owned()
}

/// The HTML of a text. What [`check`] refuses has no effect, and only links to these addresses are links.
fn html_of(text: &str, addresses: &Addresses, may_see: &dyn Fn(&BoardPage) -> bool) -> String {
    let mut html = String::new();
    let link_of =
        |address: &str| addresses.get(address).filter(|link| link.page.as_ref().is_none_or(may_see));
    let mut is_in_outside = false;
    for event in events(text) {
        match event {
            Event::Start(tag) => {
                is_in_outside = matches!(&tag, Tag::Link { dest_url, .. }
                    if link_of(dest_url).is_some_and(LinkTo::is_outside))
                    || (is_in_outside && !matches!(tag, Tag::Link { .. }));
                open(&tag, &link_of, &mut html);
            }
            Event::End(TagEnd::Link) if std::mem::take(&mut is_in_outside) => {
                html.push_str(&format!("<span class=\"visually-hidden\"> {OUTSIDE}</span></a>"));
            }
            Event::End(tag) => close(tag, &mut html),
            Event::Text(text) => escape(&text, &mut html),
            Event::Code(text) => {
                html.push_str("<code>");
                escape(&text, &mut html);
                html.push_str("</code>");
            }
            Event::SoftBreak => html.push('\n'),
            Event::HardBreak => html.push_str("<br>"),
            Event::Rule => html.push_str("<hr>"),
            _ => {}
        }
    }
    html
}

fn open<'a>(tag: &Tag<'_>, link_of: &dyn Fn(&str) -> Option<&'a LinkTo>, html: &mut String) {
    match tag {
        Tag::Paragraph => html.push_str("<p>"),
        Tag::Heading { level, .. } => html.push_str(&format!("<h{}>", level_of(*level as usize))),
        Tag::BlockQuote(_) => html.push_str("<blockquote>"),
        Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => html.push_str("<pre><code>"),
        Tag::List(None) => html.push_str("<ul>"),
        Tag::List(Some(1)) => html.push_str("<ol>"),
        Tag::List(Some(first)) => html.push_str(&format!("<ol start=\"{first}\">")),
        Tag::Item => html.push_str("<li>"),
        Tag::Emphasis => html.push_str("<em>"),
        Tag::Strong => html.push_str("<strong>"),
        Tag::Link { dest_url, .. } => match link_of(dest_url) {
            Some(link) => {
                html.push_str("<a href=\"");
                html.push_str(if link.is_outside() { "" } else { base_path() });
                escape(dest_url, html);
                let outside = " target=\"_blank\" rel=\"noopener noreferrer\"";
                html.push_str(&format!("\"{}>", if link.is_outside() { outside } else { "" }));
            }
            None => html.push_str("<a>"),
        },
        _ => {}
    }
}

fn close(tag: TagEnd, html: &mut String) {
    match tag {
        TagEnd::Paragraph => html.push_str("</p>"),
        TagEnd::Heading(level) => html.push_str(&format!("</h{}>", level_of(level as usize))),
        TagEnd::BlockQuote(_) => html.push_str("</blockquote>"),
        TagEnd::CodeBlock => html.push_str("</code></pre>"),
        TagEnd::List(is_ordered) => html.push_str(if is_ordered { "</ol>" } else { "</ul>" }),
        TagEnd::Item => html.push_str("</li>"),
        TagEnd::Emphasis => html.push_str("</em>"),
        TagEnd::Strong => html.push_str("</strong>"),
        TagEnd::Link => html.push_str("</a>"),
        _ => {}
    }
}

fn level_of(level: usize) -> usize {
    (level + LEVELS_ABOVE).min(6)
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        Markdown::parse(text).unwrap().html(&|_| None, &|_| true, "(new tab)")
    }

    #[test]
    fn markdown_becomes_plain_markup() {
        for (text, expected) in [
            ("Hello", "<p>Hello</p>"),
            (
                "# One\n\nTwo *three* **four** `a<b`",
                "<h3>One</h3><p>Two <em>three</em> <strong>four</strong> <code>a&lt;b</code></p>",
            ),
            ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
            ("3. a", "<ol start=\"3\"><li>a</li></ol>"),
            ("> q", "<blockquote><p>q</p></blockquote>"),
            ("```js\n<x>\n```", "<pre><code>&lt;x&gt;\n</code></pre>"),
            ("[o](/boards/orders?a=1&b=2)", "<p><a href=\"/boards/orders?a=1&amp;b=2\">o</a></p>"),
            (
                "<https://x.example/>",
                "<p><a href=\"https://x.example/\" target=\"_blank\" rel=\"noopener noreferrer\">https://x.example/<span class=\"visually-hidden\"> (new tab)</span></a></p>",
            ),
            ("a < b & c \\<b\\>", "<p>a &lt; b &amp; c &lt;b&gt;</p>"),
            ("###### deep", "<h6>deep</h6>"),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    #[test]
    fn html_images_and_other_addresses_are_refused() {
        for text in [
            "<b>x</b>",
            "a <br> b",
            "<!-- c -->",
            "<script>\nx\n</script>",
            "![x](https://x.example/a.png)",
            "![x][1]\n\n[1]: /a.png",
            "[x](javascript:alert(1))",
            "[x](data:text/html,x)",
            "[x](//evil.example)",
            "[x](/\\evil.example)",
            "[x](ftp://x.example/)",
            "[x](https://user:pw@x.example/)",
            "[x](https://x.example/{claim.id})",
            "`{claim.id}`",
            "    {claim.id}",
            "{",
            " ",
        ] {
            assert!(Markdown::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_address_of_a_link_is_from_a_value() {
        for (text, value) in [
            ("[help][{claim.t}]\n\n[help]: https://{claim.t}/", "help"),
            ("[help][{claim.t}]\n\n[{claim.t}]: https://x.example/", "help"),
            ("<{claim.t}:x.example>", "https"),
            ("<a{claim.t}>", "@x.example"),
        ] {
            if let Ok(markdown) = Markdown::parse(text) {
                let html = markdown.html(&|_| Some(value.to_owned()), &|_| true, "(new tab)");
                assert!(
                    !html.contains("href=\"https:") || text.contains("https://x.example"),
                    "{text}: {html}"
                );
                assert!(!html.contains("help/") && !html.contains("mailto"), "{text}: {html}");
            }
        }
    }

    #[test]
    fn a_value_in_a_slot_is_text_whatever_it_contains() {
        let markdown =
            Markdown::parse("# Hello {claim.name}\n\n{claim.name}\n\n* [a{claim.name}](/b)").unwrap();
        for value in [
            "<script>alert(1)</script>",
            "![x](https://evil.example/a.png)",
            "[x](javascript:alert(1))",
            "*a* **b** `c` # d",
            "a\n\n# b\n\n- c\n\n    code",
            "](https://evil.example) <https://evil.example>",
            "1. a",
            "&lt;b&gt; \\",
            "\u{0}\u{2028}\"'",
            "=====",
            "    code",
        ] {
            let html = markdown.html(&|_| Some(value.to_owned()), &|_| true, "(new tab)");
            let without =
                html.replace("<h3>", "").replace("</h3>", "").replace("<p>", "").replace("</p>", "");
            let without = without.replace("<ul><li><a href=\"/b\">", "").replace("</a></li></ul>", "");
            assert!(!without.contains('<') && !without.contains('>'), "{value}: {html}");
        }
    }
}
