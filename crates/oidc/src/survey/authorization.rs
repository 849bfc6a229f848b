//! An authorization request without a person (`prompt=none`, OpenID Connect Core 3.1.2.1): an error at the redirect URI
//! means that the provider knows it. Providers show anything else on their own pages, and must not redirect (RFC 6749
//! 4.1.2.1).

use claimcheck_base::{http_out::HttpOutError, random};
use http::header;
use url::Url;

use crate::{
    authorization_request::{AuthorizationRequest, Pkce, authorization_url},
    relying_party::RelyingParty,
    survey::ProviderFacts,
};

/// The longest part of a page that is searched and quoted, in bytes.
const PAGE_MAX_BYTES: usize = 64 * 1024;

/// What the provider answers to a request without a person. Its words are not safe to show as they are.
#[derive(Debug)]
pub enum SilentAnswer {
    /// A redirect to the redirect URI: with this error, or with a code.
    AtRedirectUri { error: Option<String>, description: Option<String> },
    /// A redirect to another address, without its query. The words are those of the query about an error.
    Elsewhere { to: String, error: Option<String> },
    /// A page, with its words.
    Page { status: u16, words: String },
    /// Nothing.
    NoAnswer(HttpOutError),
    /// The request cannot be made.
    NoRequest(String),
}

impl RelyingParty {
    /// Sends the request of a sign-in with `prompt=none`, as a browser without a session at the provider.
    pub async fn survey_authorization(&self, facts: &ProviderFacts) -> SilentAnswer {
        let url = match silent_request(self, facts) {
            Ok(url) => url,
            Err(cause) => return SilentAnswer::NoRequest(cause),
        };
        match self.get(&url, "text/html").await {
            Ok(answer) => {
                let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                let to =
                    location.and_then(|to| url.join(to).ok()).filter(|_| answer.status().is_redirection());
                match to {
                    Some(to) => read_redirect(&to, &self.settings().redirect_uri),
                    None => SilentAnswer::Page {
                        status: answer.status().as_u16(),
                        words: words_of_page(answer.body()),
                    },
                }
            }
            Err(error) => SilentAnswer::NoAnswer(error),
        }
    }
}

fn silent_request(relying_party: &RelyingParty, facts: &ProviderFacts) -> Result<Url, String> {
    let metadata = facts.metadata.as_ref().map_err(Clone::clone)?;
    let settings = relying_party.settings();
    let random = || random::text::<24>().map_err(|error| error.to_string());
    let request = AuthorizationRequest {
        state: random()?,
        nonce: random()?,
        pkce: Pkce::generate(),
        scopes: settings.scopes.clone(),
        acr_values: Vec::new(),
        max_age_secs: None,
        ui_locales: None,
        is_other_account: false,
        passed: Vec::new(),
    };
    let mut url = authorization_url(settings, metadata, request).map_err(|error| error.to_string())?;
    let others: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "prompt").collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("prompt", "none");
    Ok(url)
}

fn read_redirect(to: &Url, redirect_uri: &str) -> SilentAnswer {
    let parameter = |name: &str| {
        // A provider may also use the fragment for errors.
        let fragment = to.fragment().unwrap_or_default().as_bytes();
        let mut pairs = to.query_pairs().chain(url::form_urlencoded::parse(fragment));
        pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    };
    let mut bare = to.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    let is_ours = Url::parse(redirect_uri).is_ok_and(|ours| ours == bare);
    if is_ours {
        return SilentAnswer::AtRedirectUri {
            error: parameter("error"),
            description: parameter("error_description"),
        };
    }
    let error = parameter("error_description").or_else(|| parameter("error"));
    // Google packs the error into one parameter.
    let error = error.or_else(|| parameter("authError").map(|packed| printable(&decode(&packed))));
    SilentAnswer::Elsewhere { to: bare.to_string(), error }
}

/// Google's `authError`: a message in Base64.
fn decode(packed: &str) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let packed = packed.replace('+', "-").replace('/', "_");
    BASE64_URL_SAFE_NO_PAD.decode(packed.trim_end_matches('=')).unwrap_or_default()
}

/// The texts in bytes of another form.
fn printable(bytes: &[u8]) -> String {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let parts = bytes.split(|byte| !is_text(byte)).filter(|part| part.len() > 3);
    parts.map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// The text of a page: of JSON its description, of HTML what is outside tags, scripts and styles.
fn words_of_page(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body.get(..PAGE_MAX_BYTES).unwrap_or(body)).into_owned();
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(&body) {
        let texts = ["error", "error_description", "message", "errorSummary"]
            .map(|name| members.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned());
        return texts.join(" ").trim().to_owned();
    }
    let (mut words, mut rest) = (String::new(), body.as_str());
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(text);
        words.push(' ');
        let hidden = ["script", "style"].into_iter().find(|name| starts_with(after, name));
        let end = hidden.map_or(">", |name| if name == "script" { "</script>" } else { "</style>" });
        rest = match find(after, end) {
            Some(at) => after.get(at + end.len()..).unwrap_or_default(),
            None => "",
        };
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn starts_with(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn find(text: &str, what: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://dashboard.example.com/auth/callback";

    fn read(to: &str) -> String {
        format!("{:?}", read_redirect(&Url::parse(to).unwrap(), OURS))
    }

    #[test]
    fn dr_08_doctor_an_error_at_the_redirect_uri_is_told_from_one_elsewhere() {
        let at = format!("{OURS}?error=login_required&state=x");
        assert!(read(&at).starts_with("AtRedirectUri { error: Some(\"login_required\")"));
        assert!(read(&format!("{OURS}#error=login_required")).starts_with("AtRedirectUri { error: Some("));
        assert!(read(&format!("{OURS}?code=x")).starts_with("AtRedirectUri { error: None"));
        for elsewhere in [
            "https://dashboard.example.com/auth/callback/?error=x",
            "http://dashboard.example.com/auth/callback?error=x",
            "https://evil.example.com/auth/callback?error=x",
            "https://id.example.com/error?error=redirect_mismatch&client_id=a",
        ] {
            assert!(read(elsewhere).starts_with("Elsewhere"), "{elsewhere}");
        }
        // Google's form of an error.
        let packed = "ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gSB1lvdSBjYW4";
        let found =
            read(&format!("https://accounts.google.com/signin/oauth/error?authError={packed}&client_id=a"));
        assert!(found.contains("redirect_uri_mismatch") && !found.contains("client_id"), "{found}");
    }

    #[test]
    fn dr_08_doctor_the_words_of_a_page_are_its_text() {
        let page =
            b"<html><HEAD><title>Error</title><script>var a = '<b>';</script><style>p{}</style></head>\
            <body><p class=\"x\">Invalid parameter: <b>redirect_uri</b></p></body></html>";
        assert_eq!(words_of_page(page), "Error Invalid parameter: redirect_uri");
        let json = br#"{"error":"invalid_request","error_description":"redirect_uri is missing","x":[1]}"#;
        assert_eq!(words_of_page(json), "invalid_request redirect_uri is missing");
        assert_eq!(words_of_page(b"plain \xff text"), "plain \u{fffd} text");
        assert_eq!(words_of_page(b"a <script>never ends"), "a");
    }
}
