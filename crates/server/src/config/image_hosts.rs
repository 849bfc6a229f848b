//! The hosts that images may come from besides the APIs: names that the operator writes, reached over https only.

use claimcheck_base::private_network::is_of_here;
use url::{Host, Url};

/// Names of hosts, each with its port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageHosts(Vec<(String, u16)>);

impl ImageHosts {
    /// Reads `images.example.com` or `images.example.com:8443`.
    ///
    /// # Errors
    /// The first entry that is no such name, with what is wrong with it.
    pub(super) fn parse(items: &[String]) -> Result<Self, String> {
        let words = items.iter().flat_map(|item| item.split_whitespace());
        words.map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// Whether images may be requested from this URL.
    pub fn allow(&self, url: &Url) -> bool {
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_it = |(name, port): &(String, u16)| {
            url.host_str() == Some(name) && url.port_or_known_default() == Some(*port)
        };
        url.scheme() == "https" && is_plain && !is_of_here(url) && self.0.iter().any(is_it)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn entry(word: &str) -> Result<(String, u16), String> {
    let wrong = || {
        format!("`{word}` is not the name of a host, with or without a port. Example: \"images.example.com\"")
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    let url = word.chars().all(is_plain).then(|| Url::parse(&format!("https://{word}"))).ok_or_else(wrong)?;
    let url = url.map_err(|_| wrong())?;
    let port = url.port_or_known_default().ok_or_else(wrong)?;
    match url.host() {
        Some(Host::Domain(_)) if is_of_here(&url) => {
            Err(format!("`{word}` is this machine, which images cannot come from"))
        }
        Some(Host::Domain(name)) => Ok((name.to_owned(), port)),
        _ => Err(format!(
            "`{word}` is an address: write the name of the host. Example: \"images.example.com\""
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(words: &[&str]) -> Result<ImageHosts, String> {
        ImageHosts::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn im_03_an_entry_is_that_host_and_port_over_https_and_no_other() {
        let hosts = hosts(&["Images.example.com, cdn.example.com:8443".replace(',', "").as_str()]).unwrap();
        for url in [
            "https://images.example.com/a.png",
            "https://cdn.example.com:8443/a",
            "https://IMAGES.example.com:443/",
        ] {
            assert!(hosts.allow(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "http://images.example.com/a.png",
            "https://images.example.com:8443/a.png",
            "https://cdn.example.com/a",
            "https://images.example.com.evil.example/a",
            "https://a.images.example.com/a",
            "https://user@images.example.com/a",
            "https://images.example.com./a",
            "ftp://images.example.com/a",
        ] {
            assert!(!hosts.allow(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!ImageHosts::default().allow(&Url::parse("https://images.example.com/").unwrap()));
    }

    #[test]
    fn im_03_what_is_no_public_name_is_refused() {
        for word in [
            "https://images.example.com",
            "images.example.com/a",
            "*.example.com",
            "a@b",
            "10.0.0.5",
            "0x7f.1",
            "169.254.169.254",
            "[::1]",
            "localhost",
            "x.localhost",
            ":443",
            "images.example.com:70000",
            "a_b:x",
        ] {
            assert!(hosts(&[word]).is_err(), "{word}");
        }
        assert!(hosts(&[]).unwrap().is_empty());
    }
}
