//! The text of a first settings file.

use claimcheck_model::paths;
use claimcheck_openapi::{Proposal, comment_text, toml_text};

use crate::doctor::KnownProvider;

/// What the file says, apart from boards.
pub(super) struct Basics {
    pub public_url: String,
    pub issuer: String,
    pub client_id: String,
    pub api_url: String,
}

/// The scopes of every sign-in.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

impl Basics {
    /// The settings without which nothing starts.
    pub(super) fn required(&self) -> String {
        let rows = [
            ("public_url", &self.public_url),
            ("issuer", &self.issuer),
            ("client_id", &self.client_id),
            ("api_url", &self.api_url),
        ];
        rows.iter().map(|(key, value)| format!("{key} = {}\n", toml_text(value))).collect()
    }

    /// Where the provider sends users after a sign-in.
    pub(super) fn redirect_uri(&self) -> String {
        format!("{}{}", self.public_url.trim_end_matches('/'), paths::CALLBACK.path())
    }

    /// Where the provider sends users after a sign-out.
    pub(super) fn signed_out_uri(&self) -> String {
        format!("{}{}", self.public_url.trim_end_matches('/'), paths::HOME.path())
    }
}

/// The whole file. `config` is how commands name it.
pub(super) fn file(
    basics: &Basics,
    provider: &KnownProvider,
    proposal: Option<&Proposal>,
    config: &str,
) -> String {
    let mut lines = vec![
        "#:schema ./claimcheck.schema.json".to_owned(),
        "# The first settings of this installation, written by `claimcheck new`. Change them as you like:".to_owned(),
        format!("#     claimcheck check{config}     reports mistakes"),
        format!("#     claimcheck doctor{config}    tries provider, store and API"),
        format!("#     claimcheck serve{config}     starts the server"),
        "# The keys are described in docs/settings.md and docs/boards. Editors complete them with the schema of the first"
            .to_owned(),
        "# line: claimcheck schema > claimcheck.schema.json".to_owned(),
        "#".to_owned(),
        "# Secrets are not in this file. Set these variables, or the same with _FILE at the end to name a file:".to_owned(),
        "#     CLAIMCHECK_CLIENT_SECRET    the client secret at the provider".to_owned(),
        "#     CLAIMCHECK_SESSION_KEYS     32 random bytes in base64: openssl rand -base64 32; not needed on localhost"
            .to_owned(),
        String::new(),
        format!("public_url = {}", toml_text(&basics.public_url)),
        format!("# Register at the provider: {}", comment_text(&basics.redirect_uri())),
        format!("issuer = {}", toml_text(&basics.issuer)),
        format!("# What to set up there: docs/{}", provider.page),
        format!("client_id = {}", toml_text(&basics.client_id)),
    ];
    lines.extend(scopes(provider, proposal));
    lines.push(format!("api_url = {}", toml_text(&basics.api_url)));
    lines.extend(proposal.map(|proposal| of_document(proposal, &basics.api_url)).unwrap_or_default());
    lines.push(String::new());
    match proposal {
        Some(proposal) => {
            lines.push(summary(proposal));
            lines.push(String::new());
            lines.push(proposal.text.trim_end().to_owned());
        }
        None => lines.extend(EXAMPLE.lines().map(str::to_owned)),
    }
    lines.join("\n") + "\n"
}

/// The scopes of a sign-in: the usual ones, and those of the panels.
fn scopes(provider: &KnownProvider, proposal: Option<&Proposal>) -> Vec<String> {
    let usual = SCOPES.iter().filter(|scope| provider.offline.is_none() || **scope != "offline_access");
    let mut scopes: Vec<&str> = usual.copied().collect();
    for scope in proposal.iter().flat_map(|proposal| &proposal.scopes) {
        if !scopes.contains(&scope.as_str()) {
            scopes.push(scope);
        }
    }
    let has_own = scopes.len() > SCOPES.len();
    let list: Vec<_> = scopes.into_iter().map(toml_text).collect();
    let mut lines = Vec::new();
    if has_own {
        lines.push(
            "# Requested at every sign-in. Those of actions are requested when a user needs them.".to_owned(),
        );
    }
    lines.push(format!("scopes = [{}]", list.join(", ")));
    if let Some(parameters) = provider.offline {
        lines.push(format!("authorize_params = {}    # for refresh tokens", toml_text(parameters)));
    }
    if provider.name == "Auth0" {
        lines.push(
            "# audience = \"https://api.example.com\"    # the identifier of the API at Auth0".to_owned(),
        );
    }
    lines
}

/// What else the document says about the API.
fn of_document(proposal: &Proposal, api_url: &str) -> Vec<String> {
    let others = proposal.servers.iter().filter(|server| *server != api_url).take(5);
    let servers = others.map(|server| format!("# Another server of the document: {}", comment_text(server)));
    servers.chain(proposal.notes.iter().map(|note| format!("# {}", comment_text(note)))).collect()
}

fn summary(proposal: &Proposal) -> String {
    let name = format!("{} {}", proposal.title, proposal.version);
    let name = Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or("the document");
    comment_lines(&format!(
        "Boards proposed from {name}: {} of {} operations. Columns, titles and order are guesses from names and schemas. What \
         was left out is at the end.",
        proposal.operations.saturating_sub(proposal.left_out),
        proposal.operations
    ))
}

/// A text as a comment of several lines.
fn comment_lines(text: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in text.split_whitespace() {
        let is_full = lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > 110);
        if is_full {
            lines.push("#".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// A board to begin with, without a document.
const EXAMPLE: &str = r#"# A first board. Enter a path of your API and the place of the rows in its answer, and remove the marks.
# [[board]]
# id = "orders"
# title = "Orders"
#
# [[board.panel]]
# title = "Orders"
# kind = "table"
# get = "/orders"               # below api_url
# rows = "$.orders[*]"          # JSONPath into the answer; columns are inferred"#;
