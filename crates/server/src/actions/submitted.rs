//! Parses the form of an action as a browser sends it, with scripts or without. Strict, because only our own pages send
//! it.

use std::collections::BTreeMap;

use claimcheck_model::{AppError, paths::FIELD};
use claimcheck_session::ActionPlace;
use url::form_urlencoded;

use crate::actions::once;

/// The names of the fields in every such form.
pub const BOARD: &str = "board";
pub(super) const PANEL: &str = "panel";
pub(super) const ACTION: &str = "action";
pub(super) const ROW: &str = "row";
pub(super) const ONCE: &str = "once";
pub(super) const PERSON: &str = "person";
/// The digest of the row's values that the form was made with.
pub(super) const SEEN: &str = "seen";
/// The query of the board that the form was opened from.
pub(super) const QUERY: &str = "query";
/// The fingerprint of the action that the form was made with.
pub(super) const DEFINITION: &str = "definition";

/// The longest name of a row or a form.
const NAME_MAX_CHARS: usize = 256;
const ONCE_MAX_LEN: usize = 64;
/// More than a digest or a fingerprint has; what is longer is none of ours.
const HASH_MAX_LEN: usize = 64;
/// The limit for all submitted values together.
const VALUES_MAX_BYTES: usize = 32 * 1024;

/// A submitted form.
#[derive(Clone)]
pub struct Submitted {
    pub place: ActionPlace,
    /// The submission id, which identifies repeated submissions.
    pub once: String,
    /// The user that it was made for.
    pub person: String,
    /// The board's query when the form was opened.
    pub query: String,
    /// A digest of the row's values that were confirmed.
    pub seen: String,
    /// The fingerprint of the action that the form was made with.
    pub definition: String,
    /// The submitted values, by the fields' keys.
    pub values: BTreeMap<String, String>,
    /// A digest of all submitted values, also of those whose fields no longer exist.
    pub digest: String,
}

impl Submitted {
    /// The same for a board that is about one thing, which its query names.
    #[must_use]
    pub fn about(self, subject: Option<String>) -> Self {
        Self { place: ActionPlace { subject, ..self.place }, ..self }
    }

    /// Parses the body of a form.
    ///
    /// # Errors
    /// `Invalid` for anything that our forms do not send.
    pub fn read(form: &str) -> Result<Self, AppError> {
        let (mut named, mut values) = (BTreeMap::new(), BTreeMap::new());
        let mut size = 0;
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            size += name.len() + value.len();
            let is_twice = match name.strip_prefix(FIELD) {
                Some(key) => values.insert(key.to_owned(), value.into_owned()).is_some(),
                None => named.insert(name.into_owned(), value.into_owned()).is_some(),
            };
            if is_twice || size > VALUES_MAX_BYTES {
                return Err(AppError::Invalid);
            }
        }
        let mut take = |name: &str| named.remove(name).filter(|text| !text.is_empty());
        let (panel, row) = (take(PANEL), take(ROW));
        let action = take(ACTION).ok_or(AppError::Invalid)?;
        let once = take(ONCE).filter(|once| is_once(once)).ok_or(AppError::Invalid)?;
        if row.as_ref().is_some_and(|row| row.chars().count() > NAME_MAX_CHARS) {
            return Err(AppError::Invalid);
        }
        let board = take(BOARD).ok_or(AppError::Invalid)?;
        let mut hash = |name: &str| take(name).filter(|hash| hash.len() <= HASH_MAX_LEN).unwrap_or_default();
        let (seen, definition) = (hash(SEEN), hash(DEFINITION));
        Ok(Self {
            place: ActionPlace { board, panel, action, row, subject: None },
            once,
            person: take(PERSON).unwrap_or_default(),
            query: take(QUERY).unwrap_or_default(),
            seen,
            definition,
            digest: once::digest(&values),
            values,
        })
    }
}

/// Whether a text can be a submission id.
fn is_once(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.len() <= ONCE_MAX_LEN && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_and_what_is_none_of_ours_is_refused() {
        let form = "board=orders&panel=open-orders&action=ship&row=ORD-7&once=abc.0&person=p&query=q%3Da&field-note=a%26b&field-x=";
        let sent = Submitted::read(form).unwrap();
        let row = Some("ORD-7".to_owned());
        assert_eq!(
            sent.place,
            ActionPlace {
                board: "orders".into(),
                panel: Some("open-orders".into()),
                action: "ship".into(),
                row,
                subject: None,
            }
        );
        assert_eq!((&*sent.once, &*sent.person, &*sent.query), ("abc.0", "p", "q=a"));
        assert_eq!(
            sent.values.iter().map(|(k, v)| (&**k, &**v)).collect::<Vec<_>>(),
            [("note", "a&b"), ("x", "")]
        );
        for (part, instead) in [
            ("board=orders", "x=y"),
            ("action=ship", ""),
            ("action=ship", "action="),
            ("once=abc.0", ""),
            ("once=abc.0", "once=a%00b"),
            ("once=abc.0", "once=abc.0&once=abc.1"),
            ("field-x=", "field-note=again"),
        ] {
            assert!(Submitted::read(&form.replace(part, instead)).is_err(), "{instead}");
        }
        let long = format!("{form}&field-long={}", "x".repeat(VALUES_MAX_BYTES));
        assert!(Submitted::read(&long).is_err());
    }
}
