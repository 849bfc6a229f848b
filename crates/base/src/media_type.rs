//! The media type of a response.

use http::{HeaderMap, header::CONTENT_TYPE};

/// The media type of a body in lower case, without parameters: `application/json ; charset=utf-8` is JSON, too (RFC
/// 9110 8.3.1). `None` if there is none, or it is not text.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_compared_without_its_parameters_and_case() {
        for (value, expected) in [
            ("application/json", "application/json"),
            ("Application/JSON; charset=utf-8", "application/json"),
            (" application/json ;charset=\"UTF-8\"", "application/json"),
            ("", ""),
        ] {
            let headers = [(CONTENT_TYPE, value.parse().unwrap())].into_iter().collect();
            assert_eq!(media_type(&headers).as_deref(), Some(expected), "{value}");
        }
        assert_eq!(media_type(&HeaderMap::new()), None);
        let latin = http::HeaderValue::from_bytes(b"text/\xe9").unwrap();
        assert_eq!(media_type(&[(CONTENT_TYPE, latin)].into_iter().collect()), None);
    }
}
