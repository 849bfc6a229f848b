//! The texts that islands show, by name. The browser has no catalogue: a page for a signed-in user contains these texts in
//! its markup, in the user's language, and islands look them up. What only forms need is in the forms.

/// The name of a text. The value of [`ATTRIBUTE`] on the element that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IslandText(pub &'static str);

/// The attribute that names a text.
pub const ATTRIBUTE: &str = "data-text";
/// The id of the element around all texts.
pub const TEXTS: &str = "texts";
/// Marks where the island inserts a value. One character, because searching for a longer text would add code to the browser
/// build: the object replacement character, which no text has.
pub const SLOT: char = '\u{fffc}';

macro_rules! island_texts {
    ($(#[$list_doc:meta])* $list:ident: $($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        $($(#[$doc])* pub const $name: IslandText = IslandText($value);)*

        $(#[$list_doc])*
        pub const $list: &[IslandText] = &[$($name),*];
    };
}

island_texts! {
    /// Those of every page. The titles of failures are not among them: their names are [`crate::AppError::name`].
    ALL:
    /// A panel keeps what it shows while the browser is offline.
    OFFLINE = "offline";
    /// A panel shows stale data and retries automatically. The slot is the title of the failure.
    RETRYING = "retrying";
    /// A request failed and can be repeated. The slot is the title of the failure.
    FAILED = "failed";
    /// The number of rows that a filter leaves, if it is one.
    ROW_FOUND = "row-found";
    /// The number of rows that a filter leaves, if it is another. The slot is the number.
    ROWS_FOUND = "rows-found";
    /// The session continues, or runs again.
    SIGNED_IN = "signed-in";
    /// The title of the document while it is unknown whether the session has ended.
    TITLE_UNREACHABLE = "title-unreachable";
    /// The title of the document after the end of the session.
    TITLE_SIGNED_OUT = "title-signed-out";
}

island_texts! {
    /// Those that are in the form of an action.
    OF_FORM:
    /// The connection broke while a form was being submitted; its result is requested.
    ACT_CHECKING = "act-checking";
    /// The result of a submitted form is unknown. Submitting it again has no second effect.
    ACT_UNKNOWN = "act-unknown";
    /// The same for a form that is no longer on the page.
    ACT_UNKNOWN_GONE = "act-unknown-gone";
    /// The label of the button that submits that form again.
    ACT_AGAIN = "act-again";
    /// A form was not submitted, because the session had ended.
    ACT_SIGNED_OUT = "act-signed-out";
    /// A form may not have been submitted. The slot is the title of the failure.
    ACT_FAILED = "act-failed";
}
