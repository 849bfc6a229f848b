//! A browser of a program below a path, behind a proxy that keeps the path or takes it off. Every address of the program that it
//! meets is checked: in markup, scripts, stylesheets, answers of server functions, redirects and cookies.

use reqwest::{Client, Method, redirect::Policy};
use url::Url;

use crate::support::{Jar, Page};

pub const PATH: &str = "/dash";

/// What a browser says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Navigation,
    Script,
    /// The server of the provider, without cookies.
    Server,
}

pub struct Guest {
    client: Client,
    /// Scheme, host and port, without the path.
    pub origin: String,
    /// The path that its installation has.
    pub path: &'static str,
    pub strips: bool,
    pub cookies: Jar,
}

impl Guest {
    pub fn of(origin: &str, path: &'static str, strips: bool) -> Self {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { client, origin: origin.to_owned(), path, strips, cookies: Jar::new() }
    }

    /// Navigates, and follows redirects and pages that go on by themselves.
    pub async fn open(&mut self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..12 {
            let next = match page.refresh() {
                Some((_, next)) => next,
                None if page.status.is_redirection() => page.location(),
                None => return page,
            };
            page = self.request(Method::GET, next.as_str(), Kind::Navigation, None).await;
        }
        panic!("a redirect loop at {}", page.url)
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.request(Method::GET, path, Kind::Navigation, None).await
    }

    pub async fn fetch(&mut self, path: &str) -> Page {
        self.request(Method::GET, path, Kind::Script, None).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.request(Method::POST, path, Kind::Navigation, Some(form)).await
    }

    pub async fn request(&mut self, method: Method, to: &str, kind: Kind, form: Option<String>) -> Page {
        let url = Url::parse(&self.origin).unwrap().join(to).unwrap();
        let is_ours = url.as_str().starts_with(&format!("{}/", self.origin));
        let mut sent = url.clone();
        if is_ours && self.strips {
            let inner = url.path().strip_prefix(self.path).unwrap_or_else(|| panic!("{url} is outside"));
            sent.set_path(if inner.is_empty() { "/" } else { inner });
        }
        let mut request = self.client.request(method.clone(), sent);
        if is_ours {
            request = request.header("x-forwarded-for", "192.0.2.7");
        }
        if kind != Kind::Server {
            let (mode, dest, site, accept) = match kind {
                Kind::Script => ("cors", "empty", "same-origin", "*/*"),
                _ => (
                    "navigate",
                    "document",
                    if method == Method::GET { "none" } else { "same-origin" },
                    "text/html",
                ),
            };
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request
                .header("accept", accept)
                .header("sec-fetch-mode", mode)
                .header("sec-fetch-dest", dest);
            request = request.header("sec-fetch-site", site);
            if is_ours {
                request = request.header("cookie", cookies.join("; "));
            }
        }
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let page = Page { url, status, headers, body: answer.text().await.unwrap_or_default() };
        if is_ours {
            self.keep_cookies(&page);
            self.check_addresses(&page);
        }
        page
    }

    fn keep_cookies(&mut self, page: &Page) {
        for cookie in page.headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let attributes: Vec<_> = text.split("; ").skip(1).collect();
            assert!(attributes.contains(&format!("Path={}", self.path).as_str()), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            assert!(
                name.starts_with("claimcheck-") && name.ends_with(&self.path.replace('/', "!")),
                "{text}"
            );
            if attributes.contains(&"Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        assert!(!page.headers.contains_key("clear-site-data"), "{}", page.url);
    }

    /// Every address of the program in a response begins with its path.
    fn check_addresses(&self, page: &Page) {
        for name in ["location", "link", "content-location", "refresh", "x-onward"] {
            for value in page.headers.get_all(name) {
                let value = value.to_str().unwrap();
                let value = value.trim_start_matches('<');
                assert!(!value.starts_with('/') || self.is_below(value), "{name} of {}: {value}", page.url);
            }
        }
        let kind = page.header("content-type");
        if !(kind.starts_with("text/") || kind.contains("json"))
            || kind.starts_with("text/csv")
            || kind.contains("javascript")
        {
            return;
        }
        // A quote, a parenthesis or an equals sign before a slash is the beginning of an address everywhere here.
        for mark in ["\"/", "'/", "(/", "`/", "url=/"] {
            for (at, _) in page.body.match_indices(mark) {
                let rest = &page.body[at + mark.len() - 1..];
                // The end of an empty element, a comment, and the path itself, for scripts and in names of storage.
                let is_other = ["/>", "/*", "// "].iter().any(|mark| rest.starts_with(mark))
                    || page.body[..at].ends_with(" data-base=")
                    || rest.starts_with(&format!("{}draft:", self.path));
                assert!(
                    is_other || self.is_below(rest),
                    "{}: {}",
                    page.url,
                    rest.chars().take(60).collect::<String>()
                );
            }
        }
        for (at, mark) in page.body.match_indices("return_to=%2F") {
            let rest = page.body[at + mark.len()..].replace("%2F", "/");
            let address = format!("/{rest}");
            assert!(
                self.is_below(&address),
                "{}: {}",
                page.url,
                address.chars().take(60).collect::<String>()
            );
        }
        let absolute = format!("{}/", self.origin);
        for (at, _) in page.body.match_indices(&absolute) {
            let rest = &page.body[at + absolute.len() - 1..];
            assert!(self.is_below(rest), "{}: {}", page.url, rest.chars().take(60).collect::<String>());
        }
    }

    fn is_below(&self, address: &str) -> bool {
        address.strip_prefix(self.path).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// The addresses of links, files and forms on a page, without a fragment.
pub fn addresses(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for mark in [" href=\"/", " src=\"/", " action=\"/"] {
        for (at, _) in page.body.match_indices(mark) {
            let rest = &page.body[at + mark.len() - 1..];
            let address = rest.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            found.push(address);
        }
    }
    found
}
