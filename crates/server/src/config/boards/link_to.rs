//! `to`: the address that a link of a panel leads to, as a text with slots. It is a page of one of the boards, another page
//! of this program, or a web address whose scheme and host are literal. All links of panels are read and filled here.

use claimcheck_model::base_path::base_path;
use url::{Url, form_urlencoded};

use super::{
    slot::SlotValue,
    template::{Template, TemplatePart, pieces, slots},
};
use crate::config::{
    problem::{SettingPlace, SettingProblem},
    reader::TomlTable,
    toml_key::{TomlKey, text},
};

/// `to` of a column, a field, or a panel with rows.
pub(super) const TO: TomlKey = text(
    "to",
    "where it leads: a page of a board such as `/boards/customer?id={customer_id}`, or `https://crm.example.com/c/{id}`",
);

/// The address of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkTo {
    /// Scheme and host of a web address; empty for a page of this program.
    origin: String,
    /// Path and query.
    rest: Template,
    /// What follows a `#`.
    fragment: Option<Template>,
    /// The page of a board that it is.
    pub page: Option<BoardPage>,
    written: Written,
}

/// A page of a board in the address of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardPage {
    pub board: String,
    pub part: BoardPart,
    /// The parameters of its query, each with its value if that is literal.
    pub parameters: Vec<(String, Option<String>)>,
    /// The panel that its fragment names.
    pub at_panel: Option<String>,
}

/// Which page of a board it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardPart {
    Board,
    /// A row of this panel.
    Row(String),
    /// The form of an action: of the board, or of a row of this panel.
    Action(Option<String>, String),
    /// The rows of this panel as a file.
    Csv(String),
}

/// Where an address is written. Equal settings may be in different lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Option<(String, SettingPlace)>);

impl PartialEq for Written {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Written {
    /// The place of a key.
    pub(super) fn at(at: &TomlTable<'_, '_>, key: &str) -> Self {
        Self(Some((at.path_of(key), at.place(key))))
    }

    /// A problem at this place.
    pub(super) fn problem(&self, message: String) -> SettingProblem {
        let (key, place) = self
            .0
            .clone()
            .unwrap_or_else(|| ("board".to_owned(), SettingPlace::File("the built-in settings".to_owned())));
        SettingProblem::in_file(key, place, message)
    }
}

/// Reads `to`.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<LinkTo> {
    let written = Written::at(at, TO.name);
    let link = at.optional(TO.name, LinkTo::parse);
    link.map(|link| LinkTo { written, ..link })
}

impl LinkTo {
    /// Parses an address.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let all = pieces(text)?;
        let is_odd = |c: char| !c.is_ascii_graphic() || matches!(c, '\\' | '"' | '<' | '>');
        let is_odd =
            |piece: &TemplatePart| matches!(piece, TemplatePart::Fixed(text) if text.contains(is_odd));
        if all.iter().any(is_odd) {
            return Err("must not contain spaces, quotes, angle brackets, backslashes or non-ASCII characters: percent-encode them".to_owned());
        }
        let (address, fragment) = split(all, '#');
        let is_own = text.starts_with('/') && !text.starts_with("//");
        let (origin, rest) = if is_own { (String::new(), address) } else { web_address(address)? };
        let rest = Template::of_pieces(rest);
        let fragment = fragment.map(Template::of_pieces);
        let link = Self { origin, rest, fragment, page: None, written: Written::default() };
        let sample = link.href(&|_| Some("x".to_owned().into()), &[]);
        let sample = sample.ok_or("must not have dot segments in its path")?;
        if !is_own {
            check_web(&sample)?;
            return Ok(link);
        }
        let page = link.own_page()?;
        Ok(Self { page, ..link })
    }

    /// Whether it leads out of this program.
    pub fn is_outside(&self) -> bool {
        !self.origin.is_empty()
    }

    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.rest.slots().chain(self.fragment.iter().flat_map(Template::slots))
    }

    /// The slots that are JSONPaths into the row.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.slots().filter(|slot| slot.starts_with('$'))
    }

    /// The address for a browser with these values in the slots: percent-encoded, so that each stays in its segment or parameter. A
    /// parameter whose filter has no value is left out. `None` if any other slot has no value, or one that no address may
    /// have: control characters, more than 256 characters, or a dot segment.
    pub fn href(
        &self,
        value: &dyn Fn(&str) -> Option<SlotValue>,
        further: &[(String, String)],
    ) -> Option<String> {
        let origin = if self.is_outside() { &self.origin } else { base_path() };
        let mut href = origin.to_owned() + &self.rest.fill_slots(value).ok()?;
        for (name, value) in further {
            href = claimcheck_model::paths::with_query(&href, &[(name, value)]);
        }
        if let Some(fragment) = &self.fragment {
            href.push('#');
            href.push_str(&fragment.fill_slots(value).ok()?);
        }
        Some(href)
    }

    /// Checks where filters are; see [`Template::check_filters`].
    pub(super) fn check_filters(&self, is_multiple: &dyn Fn(&str) -> Option<bool>) -> Result<(), String> {
        let fragment = self.fragment.as_ref().map_or(Ok(()), |fragment| fragment.check_filters(is_multiple));
        self.rest.check_filters(is_multiple).and(fragment)
    }

    /// A problem with it.
    pub(super) fn problem(&self, message: String) -> SettingProblem {
        self.written.problem(message)
    }

    /// The page of a board that a path of this program is; none for another page.
    fn own_page(&self) -> Result<Option<BoardPage>, String> {
        let (path, pairs) = self.rest.split();
        if slots(&path).next().is_some() {
            return Err("has a placeholder in the path of a page of this dashboard: only values of parameters can be \
                        placeholders, such as /boards/customer?id={id}"
                .to_owned());
        }
        let path = self.rest.label();
        let is_of_board = path == "/boards" || path.starts_with("/boards/");
        if !is_of_board {
            return match self.slots().next() {
                None => Ok(None),
                Some(_) => Err("has a placeholder, but is not a page of a board; write another site's address with https://"
                    .to_owned()),
            };
        }
        let (board, part) = board_part(&path).ok_or_else(|| {
            "is not a page of a board, such as /boards/orders or /boards/orders/rows/PANEL?key={id}"
                .to_owned()
        })?;
        let mut parameters = Vec::new();
        for pair in &pairs {
            parameters.push(parameter(pair)?);
        }
        let fragment = self.fragment.as_ref().map(|fragment| fragment.label());
        let at_panel = fragment.and_then(|text| Some(text.strip_prefix("panel-")?.to_owned()));
        Ok(Some(BoardPage { board, part, parameters, at_panel }))
    }
}

/// The parts before and after the first `mark` in a fixed part.
fn split(all: Vec<TemplatePart>, mark: char) -> (Vec<TemplatePart>, Option<Vec<TemplatePart>>) {
    let (mut before, mut after) = (Vec::new(), None::<Vec<TemplatePart>>);
    for piece in all {
        match (&mut after, piece) {
            (Some(after), piece) => after.push(piece),
            (None, TemplatePart::Fixed(text)) if text.contains(mark) => {
                let (first, rest) = text.split_once(mark).unwrap_or_default();
                before.push(TemplatePart::Fixed(first.to_owned()));
                after = Some(vec![TemplatePart::Fixed(rest.to_owned())]);
            }
            (None, piece) => before.push(piece),
        }
    }
    (before, after)
}

/// Scheme and host of a web address, and what follows them.
fn web_address(address: Vec<TemplatePart>) -> Result<(String, Vec<TemplatePart>), String> {
    let wrong = || {
        "must begin with https:// or http://, or be a page of this dashboard such as /boards/orders"
            .to_owned()
    };
    let has_slots = slots(&address).next().is_some();
    let mut all = address.into_iter();
    let Some(TemplatePart::Fixed(first)) = all.next() else { return Err(wrong()) };
    let host =
        ["https://", "http://"].iter().find_map(|scheme| first.strip_prefix(scheme)).ok_or_else(wrong)?;
    let end = match host.find(['/', '?']) {
        // Browsers would take what follows for the host.
        Some(0) => return Err("must have a host".to_owned()),
        Some(end) => first.len() - host.len() + end,
        None if has_slots => {
            return Err("has a placeholder in its host: scheme and host are literal, such as \
                        https://crm.example.com/customers/{id}"
                .to_owned());
        }
        None => first.len(),
    };
    let (origin, path) = first.split_at(end);
    let rest = [TemplatePart::Fixed(path.to_owned())].into_iter().chain(all);
    Ok((origin.to_owned(), rest.collect()))
}

/// Whether a web address has a host and no credentials.
fn check_web(sample: &str) -> Result<(), String> {
    let authority = sample.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next();
    let has_credentials = authority.is_some_and(|authority| authority.contains('@'));
    match Url::parse(sample) {
        Ok(url) if url.has_host() && !has_credentials => Ok(()),
        Ok(_) => Err("must have a host and no user name or password".to_owned()),
        Err(error) => Err(format!("is not a web address: {error}")),
    }
}

/// The board and the page of a path below `/boards`.
fn board_part(path: &str) -> Option<(String, BoardPart)> {
    let mut parts = path.strip_prefix("/boards/")?.split('/');
    let board = parts.next().filter(|board| !board.is_empty())?.to_owned();
    let all: Vec<&str> = parts.collect();
    let own = |text: &str| text.to_owned();
    let part = match all[..] {
        [] => BoardPart::Board,
        ["rows", panel] => BoardPart::Row(own(panel)),
        ["rows", panel, "actions", action] => BoardPart::Action(Some(own(panel)), own(action)),
        ["actions", action] => BoardPart::Action(None, own(action)),
        ["csv", panel] => BoardPart::Csv(own(panel)),
        _ => return None,
    };
    Some((board, part))
}

/// A parameter of a page of a board: its name, and its value if that is literal.
fn parameter(pair: &[TemplatePart]) -> Result<(String, Option<String>), String> {
    let wrong = || "has a placeholder in the name of a parameter: write `name={value}`".to_owned();
    let Some(TemplatePart::Fixed(first)) = pair.first() else { return Err(wrong()) };
    let has_slots = slots(pair).next().is_some();
    if has_slots && !first.contains('=') {
        return Err(wrong());
    }
    let (name, value) = form_urlencoded::parse(first.as_bytes()).next().unwrap_or_default();
    Ok((name.into_owned(), (!has_slots).then(|| value.into_owned())))
}
