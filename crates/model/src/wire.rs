//! The encoding of the browser's calls: forms so simple that the browser needs neither serde_json nor serde_qs, which
//! every visit would have to download. The server still accepts arguments in any form encoding, and returns errors as
//! JSON.

use std::convert::Infallible;

use leptos::server_fn::{
    Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post, request::ClientReq,
};

use crate::{AccessDenied, AppError, Markup, SessionState, StepUpChallenge, paths};

/// The output of a function that returns [`Markup`].
pub type MarkupText = Post<MarkupEncoding>;

/// Markup as text: the first line is the failure or empty; the HTML follows.
///
/// Not `text/html`: a request that accepts that is treated as a form or a link, and redirected to a page.
pub struct MarkupEncoding;

impl ContentType for MarkupEncoding {
    const CONTENT_TYPE: &'static str = "text/plain; charset=utf-8";
}

impl FormatType for MarkupEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<Markup> for MarkupEncoding {
    type Error = Infallible;

    fn encode(markup: &Markup) -> Result<Bytes, Infallible> {
        let failure = markup.failure.as_deref().unwrap_or_default().replace('\n', " ");
        Ok(format!("{failure}\n{}", markup.html).into())
    }
}

impl Decodes<Markup> for MarkupEncoding {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<Markup, Self::Error> {
        let text = String::from_utf8(bytes.into()).map_err(|_| "not UTF-8")?;
        let (failure, html) = text.split_once('\n').ok_or("no first line")?;
        Ok(Markup { html: html.to_owned(), failure: (!failure.is_empty()).then(|| failure.to_owned()) })
    }
}

/// The output of a function that returns a [`SessionState`].
pub type StateText = Post<StateEncoding>;

/// [`SessionState`] as plain text.
pub struct StateEncoding;

impl ContentType for StateEncoding {
    const CONTENT_TYPE: &'static str = MarkupEncoding::CONTENT_TYPE;
}

impl FormatType for StateEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<SessionState> for StateEncoding {
    type Error = Infallible;

    fn encode(state: &SessionState) -> Result<Bytes, Infallible> {
        Ok(state.to_string().into())
    }
}

impl Decodes<SessionState> for StateEncoding {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<SessionState, Self::Error> {
        std::str::from_utf8(&bytes).ok().and_then(SessionState::read).ok_or("no state of a session")
    }
}

/// [`AppError`] in JSON, as serde writes it. Read without serde and without the details, which the server renders.
pub struct ErrorEncoding;

impl ContentType for ErrorEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ErrorEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<AppError> for ErrorEncoding {
    type Error = serde_json::Error;

    fn encode(error: &AppError) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(error).map(Bytes::from)
    }
}

impl Decodes<AppError> for ErrorEncoding {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(|_| "not UTF-8")?;
        let name = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        if let Some((_, error)) = AppError::UNITS.iter().flatten().find(|(unit, _)| Some(*unit) == name) {
            return Ok(error.clone());
        }
        match text {
            _ if text.starts_with("{\"Forbidden\":") => Ok(AppError::Forbidden(AccessDenied::Unsaid)),
            _ if text.starts_with("{\"StepUp\":") => Ok(AppError::StepUp(StepUpChallenge::default())),
            _ => Err("no such error"),
        }
    }
}

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Arguments in the query of a `GET` request.
pub fn get<R: ClientReq<AppError>>(
    path: &str,
    accepts: &str,
    pairs: &[(&str, String)],
) -> Result<R, AppError> {
    R::try_new_get(path, FORM, accepts, &paths::form(pairs))
}

/// Arguments in the body of a `POST` request, encoded like a form.
pub fn post<R: ClientReq<AppError>>(
    path: &str,
    accepts: &str,
    pairs: &[(&str, String)],
) -> Result<R, AppError> {
    R::try_new_post(path, FORM, accepts, paths::form(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_reads_every_error_as_serde_writes_it() {
        let wired = |error: &AppError| ErrorEncoding::decode(ErrorEncoding::encode(error).unwrap());
        for (_, error) in AppError::UNITS.iter().flatten() {
            assert_eq!(wired(error), Ok(error.clone()));
        }
        let forbidden = AppError::Forbidden(AccessDenied::Scope("reports:read offline_access".to_owned()));
        assert_eq!(wired(&forbidden), Ok(AppError::Forbidden(AccessDenied::Unsaid)));
        let demand = StepUpChallenge { max_age_secs: Some(5), ..StepUpChallenge::default() };
        assert_eq!(wired(&AppError::StepUp(demand)), Ok(AppError::StepUp(StepUpChallenge::default())));
        for text in ["", "\"Other\"", "SignedOut", "Forbidden"] {
            assert!(ErrorEncoding::decode(text.to_owned().into()).is_err(), "{text}");
        }
    }

    /// Does not compile if an error is missing in the test below.
    #[test]
    fn no_error_is_left_out() {
        use AppError::*;
        for (_, error) in AppError::UNITS.iter().flatten() {
            match error {
                Forbidden(_) | StepUp(_) => panic!("there is more in it"),
                SignedOut | NotSameOrigin | NotFound | Invalid | ApiUnavailable | ProviderUnavailable => {}
                SignInExpired | ClientRefused | StoreUnavailable | Busy | Offline | Internal => {}
            }
        }
        let names: std::collections::BTreeSet<_> =
            AppError::UNITS.iter().flatten().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 12);
    }

    #[test]
    fn markup_comes_as_it_went() {
        for (failure, html) in [(None, "<p>\nrows\n</p>"), (Some("The API does not answer"), ""), (None, "")]
        {
            let markup = Markup { html: html.to_owned(), failure: failure.map(str::to_owned) };
            assert_eq!(MarkupEncoding::decode(MarkupEncoding::encode(&markup).unwrap()), Ok(markup));
        }
        let failure = "The API\n<script>\r\nfails\n";
        let markup = Markup { html: "<p>rows</p>".to_owned(), failure: Some(failure.to_owned()) };
        let encoded = MarkupEncoding::encode(&markup).unwrap();
        assert_eq!(encoded.iter().filter(|byte| **byte == b'\n').count(), 1, "a failure is one line");
        let read = MarkupEncoding::decode(encoded).unwrap();
        assert_eq!((read.html.as_str(), read.failure.unwrap().contains("<script>")), ("<p>rows</p>", true));
        assert!(MarkupEncoding::decode("no first line".into()).is_err());
        assert!(MarkupEncoding::decode(Bytes::from_static(b"\n\xff")).is_err());
    }
}
