//! From an OpenAPI document to proposed boards: the text of `[[board]]` tables, with what was left out as comments. The
//! document is the text of others: it is bounded in size, depth and work, and nothing of it can become a setting that is
//! not proposed here.
//!
//! `read` reads JSON and YAML, `tree` follows references, `schema` flattens schemas, and `operations` lists requests. From
//! these, `rows`, `columns`, `paging`, `form` and `resources` recognize what boards consist of. `boards` and `attach` put
//! them together, and `write` is the only place that writes TOML.

mod about;
mod actions;
mod attach;
mod boards;
mod columns;
mod draft;
mod fields;
mod fit;
mod form;
mod left_out;
mod looks;
mod operations;
mod paging;
mod read;
mod resources;
mod rows;
mod schema;
mod stats;
mod tree;
mod words;
mod write;
mod yaml;

pub use read::{DOCUMENT_MAX_BYTES, Unreadable};
pub use words::{comment_text, toml_text};

/// What is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The document's own title, in one line.
    pub title: String,
    /// The version of the API, in one line; may be empty.
    pub version: String,
    /// The base URLs that the document names, the first for requests: `https`, or `http`; without variables.
    pub servers: Vec<String>,
    /// The scopes that the proposed panels need at a sign-in, in the order of the document.
    pub scopes: Vec<String>,
    /// What the document says about other ways to be authenticated, in one line each.
    pub notes: Vec<String>,
    /// `[[api]]` and `[[board]]` tables, and comments.
    pub text: String,
    /// How many operations the document has.
    pub operations: usize,
    pub boards: usize,
    pub panels: usize,
    /// How many actions can be used, and how many are commented out: they delete, may remove what their form does not send, or
    /// there is no room for their buttons.
    pub actions: usize,
    pub commented: usize,
    /// How many operations were left out.
    pub left_out: usize,
}

/// Proposes boards for a document. `address` is its URL, if it has one: servers may be relative to it.
///
/// # Errors
/// Why the document cannot be used, and what to do.
pub fn propose(document: &[u8], address: Option<&str>) -> Result<Proposal, Unreadable> {
    let root = read::read(document)?;
    let tree = tree::Tree::new(&root);
    Ok(boards::propose(&tree, address))
}
