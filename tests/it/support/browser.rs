//! A browser without scripts: keeps the cookies of each site, sends Chromium's Fetch Metadata, and follows redirects
//! only on request.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use claimcheck_demo::provider::CODE;
use futures::StreamExt;
use tower::ServiceExt;
use url::{Url, form_urlencoded};

use super::{
    APP,
    late_panels::{Came, LatePanel},
};

/// The content type of an event stream.
pub const EVENT_STREAM: &str = "text/event-stream";

/// The headers of a request by a script of a page.
const OF_A_SCRIPT: [(&str, &str); 4] = [
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-site", "same-origin"),
    ("accept", "*/*"),
];

/// The cookies of one site.
pub type Jar = BTreeMap<String, String>;

/// A response and its URL.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The attributes of the root of its document.
    pub fn root(&self) -> &str {
        self.body.split_once("<html").unwrap().1.split_once('>').unwrap().0
    }

    /// The target of its redirect, as an absolute URL.
    pub fn location(&self) -> Url {
        self.url.join(self.header(header::LOCATION)).unwrap()
    }

    /// A parameter of the target's URL.
    pub fn sent(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The URL that it goes on to by itself, after how many seconds.
    pub fn refresh(&self) -> Option<(u32, Url)> {
        let (_, content) = self.body.split_once("<meta http-equiv=\"refresh\" content=\"")?;
        let (delay, url) = content.split_once('"')?.0.split_once("; url=")?;
        Some((delay.parse().unwrap(), self.url.join(&url.replace("&amp;", "&")).unwrap()))
    }

    /// The ID token that it carries to the provider: in the URL that it goes on to, or in its form.
    pub fn id_token_hint(&self) -> Option<String> {
        let refresh = self.refresh().map(|(_, url)| url.query_pairs().into_owned().collect());
        let mut pairs: Vec<(String, String)> = refresh.unwrap_or_default();
        pairs.extend(self.fields());
        pairs.into_iter().find(|(name, _)| name == "id_token_hint").map(|(_, value)| value)
    }

    /// Path and query of its own URL.
    pub fn path(&self) -> String {
        self.url[url::Position::BeforePath..].to_owned()
    }

    pub fn is_of_app(&self) -> bool {
        self.url.as_str().starts_with(APP)
    }

    /// Hidden fields of the page's forms; the same name in several forms counts once.
    pub fn fields(&self) -> Vec<(String, String)> {
        let attribute = |tag: &str, name: &str| {
            let value = tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
            Some(
                value
                    .replace("&amp;", "&")
                    .replace("&quot;", "\"")
                    .replace("&lt;", "<")
                    .replace("&#x27;", "'"),
            )
        };
        let tags =
            self.body.split("<input").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
        let hidden = tags.filter(|tag| tag.contains("type=\"hidden\""));
        let pairs: BTreeMap<_, _> =
            hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect();
        pairs.into_iter().collect()
    }
}

pub struct Browser<'a> {
    app: &'a Router,
    pub at_app: Jar,
    pub at_provider: Jar,
    /// Its user agent, if any.
    pub user_agent: &'static str,
    /// It was asked for its time zone before; otherwise its first sign-in does that.
    pub was_asked_for_zone: bool,
    /// Its pages have their panels, as with scripts. Otherwise they have those that were ready when the page was sent.
    pub waits_for_panels: bool,
    /// Its address, as seen by the app.
    pub address: IpAddr,
    /// Every response of the app so far.
    pub trail: Vec<Page>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a Router) -> Self {
        Self {
            app,
            at_app: Jar::new(),
            at_provider: Jar::new(),
            user_agent: "",
            was_asked_for_zone: true,
            waits_for_panels: true,
            address: Ipv4Addr::LOCALHOST.into(),
            trail: Vec::new(),
        }
    }

    /// Navigates to a URL of the app or the provider.
    pub async fn get(&mut self, address: &str) -> Page {
        self.send(Method::GET, address, &[], None).await
    }

    /// Navigates, and follows redirects until there is a page that stays.
    pub async fn open(&mut self, address: &str) -> Page {
        let page = self.get(address).await;
        self.follow(page).await
    }

    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            let next = match page.refresh() {
                Some((_, next)) => next,
                None if page.status.is_redirection() => page.location(),
                None => return page,
            };
            page = self.get(next.as_str()).await;
        }
        panic!("a redirect loop at {}", page.url)
    }

    /// Submits a form as the page itself would.
    pub async fn post(&mut self, address: &str, pairs: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.send(Method::POST, address, &[("sec-fetch-site", "same-origin")], Some(form)).await
    }

    /// A request by a script of the page.
    pub async fn fetch(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, &OF_A_SCRIPT, None).await
    }

    /// On the provider's sign-in page: signs in as this user, allows everything, and follows redirects until there is a
    /// page.
    pub async fn sign_in(&mut self, page: Page, person: &str) -> Page {
        let page = self.press_sign_in(page, person).await;
        self.follow(page).await
    }

    /// The same up to the redirect to the callback, which is not followed.
    pub async fn press_sign_in(&mut self, page: Page, person: &str) -> Page {
        let mut fields = page.fields();
        fields.retain(|(name, _)| name != "username" && name != "password");
        fields.extend([("username".into(), person.into()), ("password".into(), "demo".into())]);
        let page = self.post_fields(&page, "sign-in", &fields).await;
        self.pass(page).await
    }

    /// The steps after the password, one-time code and consent, up to the redirect to the callback.
    pub async fn pass(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            let is_redirect = page.status.is_redirection();
            if is_redirect && page.location().as_str().starts_with(APP) {
                return page;
            } else if is_redirect {
                page = self.get(page.location().as_str()).await;
            } else if page.body.contains("one-time-code") {
                let mut fields = page.fields();
                fields.push(("code".into(), CODE.into()));
                page = self.post_fields(&page, "code", &fields).await;
            } else {
                return self.answer(page, "consent", "allow").await;
            }
        }
        panic!("the provider does not let through at {}", page.url)
    }

    /// Presses a button of one of the provider's forms.
    pub async fn answer(&mut self, page: Page, form: &str, action: &str) -> Page {
        let mut fields = page.fields();
        fields.retain(|(name, _)| name == "request" || name == "token");
        fields.push(("action".into(), action.into()));
        self.post_fields(&page, form, &fields).await
    }

    async fn post_fields(&mut self, page: &Page, form: &str, fields: &[(String, String)]) -> Page {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(page.url.join(form).unwrap().as_str(), &pairs).await
    }

    /// One request with all details; these headers override those of a navigation. A page comes with its panels, see
    /// `late_panels.rs`.
    pub async fn send(
        &mut self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        form: Option<String>,
    ) -> Page {
        let mut page = self.exchange(method.clone(), address, headers, form).await;
        let mut loads = 1;
        while self.waits_for_panels
            && method == Method::GET
            && let Some(late) = LatePanel::of(&page)
        {
            let came = self.exchange(Method::GET, &late.address(), &OF_A_SCRIPT, None).await;
            if let Came::OfThePage = late.put(&came, &mut page) {
                if loads == 3 {
                    break;
                }
                loads += 1;
                page = self.exchange(Method::GET, address, headers, None).await;
            }
        }
        page
    }

    /// One request, and exactly its response.
    async fn exchange(
        &mut self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        form: Option<String>,
    ) -> Page {
        let url = Url::parse(APP).unwrap().join(address).unwrap();
        let is_app = url.as_str().starts_with(APP);
        let jar = if is_app { &self.at_app } else { &self.at_provider };
        // It has been asked for its time zone, unless a test says otherwise.
        let zones = ["claimcheck-zone", "__Host-claimcheck-zone"].map(str::to_owned);
        let is_asked = is_app && self.was_asked_for_zone && zones.iter().all(|name| !jar.contains_key(name));
        let asked = zones.iter().filter(|_| is_asked).map(|name| format!("{name}=none"));
        let cookies = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .chain(asked)
            .collect::<Vec<_>>()
            .join("; ");
        let mut all: BTreeMap<&str, &str> = [
            ("accept", "text/html,*/*;q=0.8"),
            ("user-agent", self.user_agent),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-site", "none"),
            ("host", url[url::Position::BeforeHost..url::Position::AfterPort].into()),
        ]
        .into();
        all.extend(headers.iter().copied());
        if form.is_some() {
            all.entry("content-type").or_insert("application/x-www-form-urlencoded");
        }
        if !jar.is_empty() || !all.contains_key("cookie") && !cookies.is_empty() {
            all.insert("cookie", &cookies);
        }
        let mut request = Request::builder().method(method).uri(url.as_str());
        for (name, value) in all.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let body = form.unwrap_or_default();
        let page = if is_app {
            let (mut parts, body) = request.body(Body::from(body)).unwrap().into_parts();
            parts.uri = url[url::Position::BeforePath..url::Position::AfterQuery].parse().unwrap();
            parts.extensions.insert(ConnectInfo(SocketAddr::new(self.address, 4711)));
            let answer = self.app.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
            let (parts, body) = answer.into_parts();
            let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == EVENT_STREAM);
            let body = match is_stream {
                // It has no end, so its start is the response. `Listening` reads the rest.
                true => body.into_data_stream().next().await.unwrap().unwrap(),
                false => to_bytes(body, usize::MAX).await.unwrap(),
            };
            let body = without_island_texts(String::from_utf8_lossy(&body).into_owned());
            Page { url, status: parts.status, headers: parts.headers, body }
        } else {
            let client = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                // Whether the user's browser trusts the certificate is not tested.
                .danger_accept_invalid_certs(true)
                .build()
                .unwrap();
            let request: reqwest::Request = request.body(body).unwrap().try_into().unwrap();
            let answer = client.execute(request).await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            Page { url, status, headers, body: answer.text().await.unwrap() }
        };
        keep(if is_app { &mut self.at_app } else { &mut self.at_provider }, &page.headers);
        if is_app {
            self.trail.push(page.clone());
        }
        page
    }
}

/// A page without the hidden texts that its islands may show later: tests look at what it says now.
fn without_island_texts(body: String) -> String {
    let mut parts = body.split("<ul hidden");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("</ul>") {
            Some((list, after)) if list.contains("data-text=") => kept.push_str(after),
            _ => kept.extend(["<ul hidden", part]),
        }
    }
    kept
}

fn keep(jar: &mut Jar, headers: &HeaderMap) {
    for cookie in headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        if cookie.contains("Max-Age=0") || value.is_empty() {
            jar.remove(name);
        } else {
            jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
