//! All URLs of this program, used by routes, links, redirects and tests. They contain no host; absolute URLs are built from the
//! configured public URL. A [`Route`] is a path inside the program; every function here that returns a `String` returns an address
//! for a browser, which begins with the [`base_path`](crate::base_path).

use crate::base_path::{address, base_path, inner};

/// A path inside the program. It has no `Display`, so that it cannot become an address by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route(&'static str);

impl Route {
    /// Such a path.
    pub const fn new(path: &'static str) -> Self {
        Self(path)
    }

    /// For routers, and to compare with the path of a request.
    pub const fn path(self) -> &'static str {
        self.0
    }

    /// Whether the path of a request is this one.
    pub fn is(self, path: &str) -> bool {
        self.0 == path
    }

    /// The rest of the path of a request below this one: empty, or with a slash at its beginning.
    pub fn rest(self, path: &str) -> Option<&str> {
        path.strip_prefix(self.0).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Its address, for a browser.
    pub fn href(self) -> String {
        address(self.0)
    }
}

/// The address of the board, and of what is below its page.
fn of_board(id: &str) -> String {
    [base_path(), BOARDS.0, "/", id].concat()
}

/// The home page, and the post-logout redirect URI.
pub const HOME: Route = Route("/");
/// The page of all boards; followed by a board's id, the page of its panels.
pub const BOARDS: Route = Route("/boards");
/// The parameter of the page of all boards with the text to find.
pub const FIND: &str = "q";
/// The account page.
pub const ACCOUNT: Route = Route("/account");

/// The list of the user's sessions.
pub const SESSIONS: Route = Route("/sessions");

/// Starts a sign-in: `GET`, with an optional `return_to` and [`ASK`]; also `GET` and `POST` from elsewhere (OpenID
/// Connect Core 4).
pub const SIGN_IN: Route = Route("/auth/sign-in");
/// The sealed parameter for what a sign-in requests from the provider beyond an ordinary one.
pub const ASK: &str = "ask";
/// The parameter of a sign-in with another account than the provider would choose, and its value.
pub const ACCOUNT_CHOICE: &str = "account";
/// See [`ACCOUNT_CHOICE`].
pub const OTHER_ACCOUNT: &str = "other";
/// The sealed parameter with which a user agrees that a link from elsewhere replaces their session.
pub const CONFIRMED: &str = "confirmed";
/// The redirect URI of the authorization request (OpenID Connect Core 3.1.2.1).
pub const CALLBACK: Route = Route("/auth/callback");
/// Ends the session: `POST` only; [`REACH`] selects the scope.
pub const SIGN_OUT: Route = Route("/auth/sign-out");
/// The provider's logout notification: `POST`, server to server (Back-Channel Logout 1.0, 2.5).
pub const BACK_CHANNEL_LOGOUT: Route = Route("/auth/back-channel-logout");
/// The same through the browser: `GET`, in a frame of the provider (Front-Channel Logout 1.0, 2).
pub const FRONT_CHANNEL_LOGOUT: Route = Route("/auth/front-channel-logout");

/// Starts the sign-in of a run of `claimcheck doctor --sign-in`: `GET`, with [`DOCTOR_RUN`].
pub const DOCTOR_SIGN_IN: Route = Route("/auth/doctor");
/// The sealed parameter with the run.
pub const DOCTOR_RUN: &str = "run";
/// The page after that sign-in, which says what will be read.
pub const DOCTOR_CONFIRM: Route = Route("/auth/doctor/confirm");
/// Runs or cancels it: `POST`, with [`DOCTOR_DO`] and [`DOCTOR_BOARDS`].
pub const DOCTOR_DECIDE: Route = Route("/auth/doctor/decide");
/// The field with the decision: [`DOCTOR_GO`] runs, [`DOCTOR_CANCEL`] cancels.
pub const DOCTOR_DO: &str = "do";
/// See [`DOCTOR_DO`].
pub const DOCTOR_GO: &str = "run";
/// See [`DOCTOR_DO`].
pub const DOCTOR_CANCEL: &str = "cancel";
/// The field with the digest of the boards that the page has named.
pub const DOCTOR_BOARDS: &str = "boards";

/// The field of a sign-out that selects its scope. Without it, the user is also signed out at the provider.
pub const REACH: &str = "reach";
/// Its value for this session only; the provider is not involved.
pub const ONLY_HERE: &str = "only-here";
/// Its value for all sessions of the user here and at the provider.
pub const EVERYWHERE: &str = "everywhere";

/// Reads the browser's time zone after its first sign-in: `GET`, with [`RETURN_TO`].
pub const ZONE: Route = Route("/auth/zone");
/// The parameter with the page to go on to.
pub const RETURN_TO: &str = "return_to";

/// The event stream about the session, for pages of a signed-in user.
pub const EVENTS: Route = Route("/auth/events");

/// A number that changes when pages have new boards or mistakes to show: `GET`, only while the boards are being written.
pub const AUTHOR_REVISION: Route = Route("/author/revision");

/// Keeps a choice of language or color scheme: `POST`.
pub const PREFERENCES: Route = Route("/preferences");
/// Prefix of the files of the operator's brand; followed by a file name.
pub const BRAND: Route = Route("/brand");
/// Those files, as a route.
pub const BRAND_FILE: &str = "/brand/{file}";

/// Prefix of every server function.
pub const SERVER_FNS: Route = Route("/api");
/// The prefix of the key of each field in the form of an action.
pub const FIELD: &str = "field-";
/// Prefix of the embedded site; followed by the build id.
pub const PKG: Route = Route("/pkg");

/// Whether the process is alive.
pub const HEALTH_LIVE: Route = Route("/health/live");
/// Whether the process is ready for requests.
pub const HEALTH_READY: Route = Route("/health/ready");
/// Metrics for Prometheus, on the admin listener only.
pub const METRICS: &str = "/metrics";

/// On the admin listener: lists running sessions. `GET`, with an optional `sub` and `after`.
pub const ADMIN_SESSIONS: &str = "/admin/sessions";
/// On the admin listener: ends sessions: `POST`.
pub const ADMIN_SESSIONS_END: &str = "/admin/sessions/end";
/// On the admin listener: forgets what is kept of a user's activity: `POST`.
pub const ADMIN_SESSIONS_FORGET: &str = "/admin/sessions/forget";

/// On the admin listener: begins a run of `claimcheck doctor --sign-in`: `POST`.
pub const ADMIN_DOCTOR: &str = "/admin/doctor/sign-in";
/// On the admin listener: the progress of a run, with [`DOCTOR_RUN`] as its key: `GET`.
pub const ADMIN_DOCTOR_RUN: &str = "/admin/doctor/sign-in/run";

/// The page of one board.
pub fn board(id: &str) -> String {
    of_board(id)
}

/// The id of a board's panel in its page, for links back to it.
pub fn panel_id(panel: &str) -> String {
    format!("panel-{panel}")
}

/// Asks for the state of what an API has accepted, and leads to the board: the route.
pub const BOARD_JOBS: &str = "/boards/{board}/jobs";
/// The parameter that names a submission whose state is asked. Without it, it is all of the board. No parameter of a board
/// has this name: theirs have no hyphen.
pub const JOB: &str = "job-id";

/// Asks for the state of what an API has accepted, and leads to the board; see [`JOB`].
pub fn jobs(board: &str) -> String {
    of_board(board) + "/jobs"
}

/// The board in such an address.
pub fn read_jobs(path: &str) -> Option<&str> {
    BOARDS.rest(inner(path)?)?.strip_prefix('/')?.strip_suffix("/jobs").filter(|board| !board.contains('/'))
}

/// The page of one row of a board's table; its query names the row by [`ROW_KEY`].
pub fn row(board: &str, panel: &str) -> String {
    [base_path(), BOARDS.0, "/", board, "/rows/", panel].concat()
}

/// The page of an action: of a board, or of a row of one of its tables.
pub fn action(board: &str, panel: Option<&str>, action: &str, row: Option<&str>) -> String {
    let path = match panel {
        Some(panel) => format!("{}/actions/{action}", self::row(board, panel)),
        None => format!("{}/actions/{action}", self::board(board)),
    };
    with_query(&path, &[(ROW_KEY, row.unwrap_or_default())])
}

/// Board, panel and action in the address of an action's page, without its query.
pub fn read_action(path: &str) -> Option<(&str, Option<&str>, &str)> {
    let mut parts = BOARDS.rest(inner(path)?)?.strip_prefix('/')?.split('/');
    let (board, kind) = (parts.next()?, parts.next()?);
    let panel = match kind {
        "rows" => Some(parts.next()?),
        _ => None,
    };
    let is_action = if panel.is_some() { parts.next()? } else { kind } == "actions";
    let action = parts.next().filter(|action| !action.is_empty())?;
    (is_action && parts.next().is_none()).then_some((board, panel, action))
}

/// The rows of a board's table as a file: the route.
pub const BOARD_CSV: &str = "/boards/{board}/csv/{panel}";

/// The rows of a board's table as a file.
pub fn csv(board: &str, panel: &str) -> String {
    [base_path(), BOARDS.0, "/", board, "/csv/", panel].concat()
}

/// The parameter of a file of rows that asks for those of all pages, and its value.
pub const CSV_ROWS: &str = "rows";
/// See [`CSV_ROWS`].
pub const ALL_ROWS: &str = "all";
/// The parameter that chooses what separates the cells of a file: `comma` or `semicolon`.
pub const CSV_SEPARATOR: &str = "separator";

/// A file of the API that belongs to a row: the route.
pub const ROW_FILE: &str = "/boards/{board}/rows/{panel}/file";
/// The parameter that names the column which leads to a file, by its key.
pub const COLUMN: &str = "column";

/// A file of the API that belongs to a row, by the key of the column that leads to it; its query also names the row by
/// [`ROW_KEY`]. The key is in the query, because it may contain slashes and points.
pub fn row_file(board: &str, panel: &str, column: &str) -> String {
    with_query(&format!("{}/file", row(board, panel)), &[(COLUMN, column)])
}

/// An image of a panel: the route.
pub const PANEL_IMAGE: &str = "/boards/{board}/images/{panel}";
/// The parameter with its sealed address.
pub const IMAGE: &str = "image";

/// An image of a panel, by the key of its column and its sealed address. They are in the query, which is not logged.
/// `subject` are the parameters that name what the board is about, as a query.
pub fn image(board: &str, panel: &str, column: &str, sealed: &str, subject: Option<&str>) -> String {
    let path = [base_path(), BOARDS.0, "/", board, "/images/", panel].concat();
    let mut link = with_query(&path, &[(COLUMN, column), (IMAGE, sealed)]);
    if let Some(subject) = subject {
        link.extend(["&", subject]);
    }
    link
}

/// Sends the request of a panel again: the route, `POST`.
pub const INSPECT_SEND: &str = "/boards/{board}/inspect/{panel}/send";

/// The page of the exchange between a panel and its API.
pub fn inspect(board: &str, panel: &str) -> String {
    [base_path(), BOARDS.0, "/", board, "/inspect/", panel].concat()
}

/// The form on that page that sends the request again.
pub fn inspect_send(board: &str, panel: &str) -> String {
    format!("{}/send", inspect(board, panel))
}

/// The parameter of a board's page with the row in its drawer: the panel, a point, and the row's key. Only scripts read it.
pub const OPEN_ROW: &str = "row";
/// The parameter that names a row.
pub const ROW_KEY: &str = "key";
/// The parameter that names a form kept in the session.
pub const KEPT: &str = "kept";

/// The first segments of all routes.
const FIRST: [Route; 11] = [
    BOARDS,
    ACCOUNT,
    SESSIONS,
    PREFERENCES,
    BRAND,
    SERVER_FNS,
    PKG,
    Route("/auth"),
    Route("/author"),
    Route("/health"),
    Route("/favicon.svg"),
];

/// Whether a path begins like one of the program.
pub fn is_of_ours(path: &str) -> bool {
    FIRST.iter().any(|first| first.rest(path).is_some())
}

/// Whether the path of a request needs a signed-in user.
pub fn needs_session(path: &str) -> bool {
    [BOARDS, ACCOUNT, SESSIONS].iter().any(|route| route.rest(path).is_some())
}

/// The link that signs in and then redirects to `target`, an address of this site.
pub fn sign_in(target: &str) -> String {
    with_query(&SIGN_IN.href(), &[(RETURN_TO, target)])
}

/// The same sign-in with another account.
pub fn as_another_account(sign_in: &str) -> String {
    with_query(sign_in, &[(ACCOUNT_CHOICE, OTHER_ACCOUNT)])
}

/// `path?name=value&…`, every name and value percent-encoded; empty values are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        link.push(if link.contains('?') { '&' } else { '?' });
        encode_into(&mut link, name);
        link.push('=');
        encode_into(&mut link, value);
    }
    link
}

/// `name=value&…`, every name and value percent-encoded: a query or the body of a form.
pub fn form(pairs: &[(&str, String)]) -> String {
    let mut form = String::new();
    for (name, value) in pairs {
        if !form.is_empty() {
            form.push('&');
        }
        encode_into(&mut form, name);
        form.push('=');
        encode_into(&mut form, value);
    }
    form
}

/// Everything except RFC 3986's unreserved characters becomes `%XX`.
pub fn encode_into(link: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            link.push(char::from(byte));
        } else {
            link.push('%');
            link.push(char::from(HEX[usize::from(byte >> 4)]));
            link.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn the_page_of_an_action_says_which_it_is() {
        for (panel, action) in [(None, "close"), (Some("open-orders"), "ship"), (Some("rows"), "rows")] {
            let page = super::action("orders", panel, action, None);
            assert_eq!(super::read_action(&page), Some(("orders", panel, action)));
            for other in [
                format!("{page}/x"),
                page.replace("/actions/", "/action/"),
                page.trim_end_matches(action).to_owned(),
                String::new(),
            ] {
                assert_eq!(super::read_action(&other), None, "{other}");
            }
        }
    }

    #[test]
    fn what_a_person_typed_stays_in_its_value() {
        let link = with_query("/boards/orders", &[("q", "a&b=c #ø"), ("sort", ""), ("order", "desc")]);
        assert_eq!(link, "/boards/orders?q=a%26b%3Dc%20%23%C3%B8&order=desc");
        assert_eq!(with_query("/account", &[("q", "")]), "/account");
    }
}
