//! The address of an image, as an API sends it: compared with the base of the API and with the hosts of the settings. Nothing
//! else is requested, and no page contains it.

use url::{Position, Url};

use crate::{
    api::{below, path_below},
    config::{Api, ImageHosts, has_dot_segment},
};

/// Longer addresses would not fit into a URL once they are sealed.
const MAX_BYTES: usize = 1500;
/// What a sealed address begins with.
const OF_API: &str = "api ";
const ELSEWHERE: &str = "url ";

/// Where an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ImageAddress {
    /// Path and query below the base of the API.
    OfApi(String),
    /// On a host in `image_hosts`.
    Elsewhere(Url),
}

/// Why an address is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotUsed {
    #[error("it is not the address of an image")]
    NotAddress,
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("its path contains `.` or `..`")]
    DotSegment,
    #[error("it is neither below the base of the API nor on a host in `image_hosts` with https")]
    UnknownHost(String),
}

impl NotUsed {
    /// The host of the address, for the log.
    pub(super) fn host(&self) -> &str {
        match self {
            Self::UnknownHost(host) => host,
            _ => "",
        }
    }
}

impl ImageAddress {
    /// Reads an address of an answer: a URL, or a path below the base of the API, with the path of the base or without.
    ///
    /// # Errors
    /// [`NotUsed`] says why it is not requested.
    pub(super) fn read(text: &str, api: &Api, hosts: &ImageHosts) -> Result<Self, NotUsed> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(if text.starts_with("data:") { NotUsed::NotAddress } else { NotUsed::TooLong });
        }
        if text.is_empty()
            || text.starts_with(['?', '#'])
            || text.contains(|c: char| c == '\\' || c.is_control())
        {
            return Err(NotUsed::NotAddress);
        }
        let path = text.split(['?', '#']).next().unwrap_or_default();
        if has_dot_segment(path) {
            return Err(NotUsed::DotSegment);
        }
        let is_absolute =
            path.starts_with("//") || path.split('/').next().is_some_and(|first| first.contains(':'));
        let url = match is_absolute {
            true => api.url.join(text),
            false => Url::parse(&below(api, text)),
        };
        let url = url.map_err(|_| NotUsed::NotAddress)?;
        if let Some(path) = path_below(api, &url) {
            return Ok(Self::OfApi(path.to_owned()));
        }
        if hosts.allow(&url) {
            let url = Url::parse(&url[..Position::AfterQuery]).map_err(|_| NotUsed::NotAddress)?;
            return Ok(Self::Elsewhere(url));
        }
        match url.host_str() {
            Some(host) => Err(NotUsed::UnknownHost(host.to_owned())),
            None => Err(NotUsed::NotAddress),
        }
    }

    /// What is sealed.
    pub(super) fn to_plain(&self) -> String {
        match self {
            Self::OfApi(path) => format!("{OF_API}{path}"),
            Self::Elsewhere(url) => format!("{ELSEWHERE}{url}"),
        }
    }

    /// The address of what was sealed, if it may still be requested.
    pub(super) fn of_plain(plain: &[u8], hosts: &ImageHosts) -> Option<Self> {
        let plain = std::str::from_utf8(plain).ok()?;
        if let Some(path) = plain.strip_prefix(OF_API) {
            return Some(Self::OfApi(path.to_owned()));
        }
        let url = Url::parse(plain.strip_prefix(ELSEWHERE)?).ok()?;
        // The settings may have changed.
        hosts.allow(&url).then_some(Self::Elsewhere(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ImageHosts, testing::accepts};

    /// With an API at this base, and `images.example.com`.
    fn read(base: &str, address: &str) -> Result<ImageAddress, NotUsed> {
        let hosts = ("CLAIMCHECK_IMAGE_HOSTS", "images.example.com, cdn.example.com:8443");
        let settings = accepts(&[("CLAIMCHECK_API_URL", base), hosts]);
        ImageAddress::read(address, settings.api("default").unwrap(), &settings.outgoing.image_hosts)
    }

    #[test]
    fn im_01_an_address_below_the_base_is_one_of_the_api() {
        let base = "https://api.example.com/v1";
        for (address, path) in [
            ("/photos/7.png", "/photos/7.png"),
            ("photos/7.png", "/photos/7.png"),
            (" /photos/7.png?s=48&t=%2F#x ", "/photos/7.png?s=48&t=%2F"),
            ("/v1/photos/7.png", "/photos/7.png"),
            ("/v10/7.png", "/v10/7.png"),
            ("https://api.example.com/v1/photos/7.png", "/photos/7.png"),
            ("HTTPS://API.example.com:443/v1/photos/7.png?s=4", "/photos/7.png?s=4"),
            ("//api.example.com/v1/photos/7.png", "/photos/7.png"),
            ("/photos/my photo.png", "/photos/my%20photo.png"),
            ("/photos/a%2Fb..png", "/photos/a%2Fb..png"),
            ("/who?next=https://evil.example/", "/who?next=https://evil.example/"),
        ] {
            assert_eq!(read(base, address), Ok(ImageAddress::OfApi(path.to_owned())), "{address}");
        }
        for base in ["https://api.example.com", "https://api.example.com/"] {
            let found = read(base, "https://api.example.com/a.png");
            assert_eq!(found, Ok(ImageAddress::OfApi("/a.png".to_owned())), "{base}");
            assert_eq!(read(base, "/a.png"), found, "{base}");
        }
    }

    #[test]
    fn im_03_other_addresses_are_used_only_on_the_hosts_of_the_settings() {
        let base = "https://api.example.com/v1";
        for (address, url) in [
            ("https://images.example.com/a.png?b#c", "https://images.example.com/a.png?b"),
            ("//images.example.com/a.png", "https://images.example.com/a.png"),
            ("https://cdn.example.com:8443/a", "https://cdn.example.com:8443/a"),
        ] {
            assert_eq!(
                read(base, address),
                Ok(ImageAddress::Elsewhere(Url::parse(url).unwrap())),
                "{address}"
            );
        }
        for (address, host) in [
            ("https://evil.example/a.png", "evil.example"),
            ("http://images.example.com/a.png", "images.example.com"),
            ("https://images.example.com:444/a.png", "images.example.com"),
            ("https://cdn.example.com/a", "cdn.example.com"),
            ("https://user@images.example.com/a", "images.example.com"),
            ("http://api.example.com/v1/a.png", "api.example.com"),
            ("https://api.example.com/v10/a.png", "api.example.com"),
            ("https://api.example.com/admin", "api.example.com"),
            ("https://api.example.com:8443/v1/a", "api.example.com"),
            ("https://me:x@api.example.com/v1/a", "api.example.com"),
            ("https://169.254.169.254/latest", "169.254.169.254"),
            ("https://2852039166/latest", "169.254.169.254"),
            ("https://[::1]/a", "[::1]"),
            ("ftp://images.example.com/a", "images.example.com"),
        ] {
            assert_eq!(read(base, address), Err(NotUsed::UnknownHost(host.to_owned())), "{address}");
        }
    }

    #[test]
    fn im_03_what_leads_elsewhere_or_is_no_address_is_not_used() {
        let base = "https://api.example.com/v1";
        for (address, reason) in [
            ("", NotUsed::NotAddress),
            ("?a=b", NotUsed::NotAddress),
            ("#a", NotUsed::NotAddress),
            ("data:image/png;base64,iVBORw0KGgo=", NotUsed::NotAddress),
            ("javascript:alert(1)", NotUsed::NotAddress),
            ("/a\\..\\b", NotUsed::NotAddress),
            ("/a\nb", NotUsed::NotAddress),
            ("ht\ttps://images.example.com/a", NotUsed::NotAddress),
            ("https://", NotUsed::NotAddress),
            ("/../admin.png", NotUsed::DotSegment),
            ("/a/./b", NotUsed::DotSegment),
            ("https://api.example.com/v1/../admin", NotUsed::DotSegment),
            ("/%2e%2e/admin", NotUsed::DotSegment),
            ("/a/..%2fadmin", NotUsed::DotSegment),
            ("/a/%252e%252e%252fadmin", NotUsed::DotSegment),
            ("https://images.example.com/../a", NotUsed::DotSegment),
        ] {
            assert_eq!(read(base, address), Err(reason), "{address:?}");
        }
        let long = |bytes: usize| format!("/{}", "a".repeat(bytes - 1));
        assert!(read(base, &long(MAX_BYTES)).is_ok());
        assert_eq!(read(base, &long(MAX_BYTES + 1)), Err(NotUsed::TooLong));
    }

    #[test]
    fn im_02_what_was_sealed_is_read_back_and_checked_again() {
        let base = "https://api.example.com/v1";
        let settings = accepts(&[("CLAIMCHECK_IMAGE_HOSTS", "images.example.com")]);
        let hosts = &settings.outgoing.image_hosts;
        for address in ["/a.png?b=c", "https://images.example.com/a"] {
            let read = read(base, address).unwrap();
            let plain = read.to_plain();
            assert_eq!(ImageAddress::of_plain(plain.as_bytes(), hosts), Some(read.clone()));
            let is_of_api = matches!(read, ImageAddress::OfApi(_));
            let without = ImageAddress::of_plain(plain.as_bytes(), &ImageHosts::default());
            assert_eq!(without.is_some(), is_of_api, "{address}");
        }
        for plain in ["", "/a.png", "https://images.example.com/a", "url https://evil.example/", "\u{ff}"] {
            assert_eq!(ImageAddress::of_plain(plain.as_bytes(), hosts), None, "{plain}");
        }
    }
}
