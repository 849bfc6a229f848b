//! The table of the settings about what responses say to browsers about the public URL. The columns are explained at the macro, in
//! `declare`.

use crate::config::{
    Settings,
    check::Checker,
    declare::settings,
    is_loopback,
    problem::Warning,
    row::{Requirement, SettingRow, Shape},
    table,
    values::{Parsed, read_text},
};

settings! {
    /// What responses say to browsers about the public URL.
    #[derive(Clone, Debug)]
    pub struct Browsers {}

    /// The header that makes browsers use https only.
    field hsts: Option<Hsts> {
        need: optional("`max-age=31536000`; nothing on loopback, and nothing if `public_url` has a path"),
        read: text(hsts),
        about: "value of the header `Strict-Transport-Security` if `public_url` is https, or `off`; browsers apply it to every \
                port of the host and keep it for `max-age` seconds, and `max-age=0` takes it back",
        example: "max-age=31536000; includeSubDomains",
    }
}

/// `Strict-Transport-Security` (RFC 6797 6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hsts {
    /// No such header.
    Off,
    /// The value of the header.
    Value(String),
}

/// A year, the least of ASVS 3.4.1. Other hosts below this one may not have https, so they are left out.
const DEFAULT: &str = "max-age=31536000";
/// The shortest time that the preload list of browsers accepts, in seconds.
const PRELOAD_SECS: u64 = 31_536_000;

impl Settings {
    /// The value of `Strict-Transport-Security`; `None` for no such header. By default there is none on loopback, where other
    /// programs use plain http, and none below a path, where the origin belongs to others as well.
    pub fn hsts(&self) -> Option<&str> {
        match &self.browsers.hsts {
            _ if !self.is_https() => None,
            Some(Hsts::Off) => None,
            Some(Hsts::Value(value)) => Some(value),
            None => (self.is_production() && self.base_path().is_empty()).then_some(DEFAULT),
        }
    }
}

impl Checker {
    /// What the setting would do to others, or cannot do.
    pub(super) fn check_hsts(&mut self, table::Draft { public_url, .. }: &table::Draft, browsers: &Draft) {
        let (Some(url), Some(Some(Hsts::Value(value)))) = (public_url, &browsers.hsts) else { return };
        let (message, remedy) = if url.scheme() != "https" {
            ("hsts has no effect: public_url is not https", "remove hsts")
        } else if url.path() != "/" {
            (
                "hsts applies to the whole host, and public_url is only a part of it",
                "leave the header to the server of the host: remove hsts",
            )
        } else if is_loopback(url) {
            ("hsts applies to every port of this machine's loopback name", "remove hsts")
        } else if value.ends_with("preload") {
            (
                "hsts has preload: once browsers list the domain, no name below it works without https, and leaving the list \
                 takes months",
                "remove preload unless the whole domain is to use https for good",
            )
        } else {
            return;
        };
        self.warnings.push(Warning::new("hsts", message, remedy));
    }
}

/// `off`, or the directives of the header in any order and case.
fn hsts(text: &str) -> Parsed<Hsts> {
    const FORM: &str = "must be off, or max-age=SECONDS, which includeSubDomains and then preload may follow: \
                        max-age=31536000; includeSubDomains";
    if text.eq_ignore_ascii_case("off") {
        return Ok(Hsts::Off);
    }
    let (mut max_age, mut has_subdomains, mut has_preload) = (None, false, false);
    for directive in text.split(';').map(str::trim) {
        let (name, value) = match directive.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
            None => (directive, None),
        };
        let is_repeated = match (name.to_ascii_lowercase().as_str(), value) {
            ("max-age", Some(value))
                if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                let secs = value.parse::<u64>().map_err(|_| FORM)?;
                max_age.replace(secs).is_some()
            }
            ("includesubdomains", None) => std::mem::replace(&mut has_subdomains, true),
            ("preload", None) => std::mem::replace(&mut has_preload, true),
            _ => return Err(FORM.to_owned()),
        };
        if is_repeated {
            return Err(format!("has {name} twice"));
        }
    }
    let secs = max_age.ok_or(FORM)?;
    if has_preload && !(has_subdomains && secs >= PRELOAD_SECS) {
        return Err(format!(
            "has preload, which browsers accept only with includeSubDomains and a max-age of {PRELOAD_SECS} or more"
        ));
    }
    let subdomains = if has_subdomains { "; includeSubDomains" } else { "" };
    let preload = if has_preload { "; preload" } else { "" };
    Ok(Hsts::Value(format!("max-age={secs}{subdomains}{preload}")))
}

#[cfg(test)]
mod tests {
    use super::{Hsts, hsts};
    use crate::config::testing::{KEY, accepts, load};

    #[test]
    fn r30_a_value_is_checked_and_written_in_one_form() {
        let value = |text: &str| {
            hsts(text).map(|value| match value {
                Hsts::Off => "off".to_owned(),
                Hsts::Value(value) => value,
            })
        };
        for (text, sent) in [
            ("off", "off"),
            ("OFF", "off"),
            ("max-age=0", "max-age=0"),
            ("MAX-AGE = 600", "max-age=600"),
            ("includeSubdomains ;max-age=63072000", "max-age=63072000; includeSubDomains"),
            ("preload; max-age=31536000; includeSubDomains", "max-age=31536000; includeSubDomains; preload"),
        ] {
            assert_eq!(value(text).as_deref(), Ok(sent), "{text}");
        }
        for text in [
            "on",
            "31536000",
            "max-age",
            "max-age=",
            "max-age=-1",
            "max-age=1d",
            "max-age=+5",
            "max-age=\"5\"",
            "max-age=99999999999999999999999",
            "includeSubDomains",
            "max-age=5;",
            "max-age=5, max-age=6",
            "max-age=5; max-age=5",
            "max-age=5; includeSubDomains=1",
            "max-age=5; includeSubDomains; includesubdomains",
            "max-age=5; forever",
            "max-age=5\r\nX: y",
            "max-age=31536000; preload",
            "max-age=31535999; includeSubDomains; preload",
        ] {
            assert!(value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn r30_by_default_only_a_whole_host_with_https_is_bound_to_it() {
        let sent = |public_url: &str, hsts: Option<&str>| {
            let mut set = vec![("CLAIMCHECK_PUBLIC_URL", public_url), ("CLAIMCHECK_SESSION_KEYS", KEY)];
            set.extend(hsts.map(|hsts| ("CLAIMCHECK_HSTS", hsts)));
            accepts(&set).hsts().map(str::to_owned)
        };
        let [whole, part] = ["https://dashboard.example.com", "https://intranet.example.com/dash"];
        let [local, plain] = ["https://localhost:3000", "http://localhost:3000"];
        let year = Some("max-age=31536000".to_owned());
        assert_eq!(sent(whole, None), year);
        for url in [part, local, plain] {
            assert_eq!(sent(url, None), None, "{url}");
        }
        for url in [whole, part, local] {
            assert_eq!(sent(url, Some("max-age=60")).as_deref(), Some("max-age=60"), "{url}");
            assert_eq!(sent(url, Some("off")), None, "{url}");
        }
        assert_eq!(sent(plain, Some("max-age=60")), None);
    }

    #[test]
    fn r30_a_value_that_binds_others_or_nobody_is_warned_about() {
        let warned = |public_url: &str, hsts: &str| {
            let set = [
                ("CLAIMCHECK_PUBLIC_URL", public_url),
                ("CLAIMCHECK_SESSION_KEYS", KEY),
                ("CLAIMCHECK_HSTS", hsts),
            ];
            let (_, warnings) = load(None, &set).unwrap();
            warnings.into_iter().map(|warning| warning.message).find(|message| message.starts_with("hsts"))
        };
        let preload = "max-age=31536000; includeSubDomains; preload";
        for (url, hsts, words) in [
            ("http://localhost:3000", "max-age=5", "no effect"),
            ("https://localhost:3000", "max-age=5", "every port"),
            ("https://intranet.example.com/dash", "max-age=5", "the whole host"),
            ("https://dashboard.example.com", preload, "takes months"),
        ] {
            let warning = warned(url, hsts).unwrap_or_default();
            assert!(warning.contains(words), "{url} {hsts}: {warning}");
        }
        for hsts in ["off", "max-age=0", "max-age=31536000; includeSubDomains"] {
            assert_eq!(warned("https://dashboard.example.com", hsts), None, "{hsts}");
        }
        assert_eq!(warned("http://localhost:3000", "off"), None);
    }
}
