//! A proxy before the provider or the API: counts requests, and can block, delay or replace responses.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// A fault.
#[derive(Clone, Debug, Default)]
pub enum Fault {
    #[default]
    None,
    /// Every response is this one.
    Answer(u16, &'static str, &'static str),
    /// Responses for this path have this status and no content.
    At(&'static str, u16),
    /// Every response takes this long.
    Slow(Duration),
    /// Every request arrives, and no response returns.
    Lost,
}

/// A refresh token that arrived at the provider, and the outcome.
#[derive(Clone, Debug)]
pub struct Spent {
    pub token: String,
    /// The provider issued new tokens.
    pub granted: bool,
    /// Its response arrived.
    pub answered: bool,
}

#[derive(Default)]
struct Board {
    upstream: String,
    fault: Fault,
    seen: Vec<String>,
    spent: Vec<Spent>,
}

/// The proxy; runs until the test ends.
pub struct Switchboard {
    origin: String,
    board: Arc<Mutex<Board>>,
}

impl Switchboard {
    pub async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let board = Arc::<Mutex<Board>>::default();
        let router = Router::new().fallback(pass).with_state(board.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, board }
    }

    pub fn origin(&self) -> String {
        self.origin.clone()
    }

    pub fn lead_to(&self, upstream: String) {
        self.board.lock().unwrap().upstream = upstream;
    }

    pub fn set(&self, fault: Fault) {
        self.board.lock().unwrap().fault = fault;
    }

    /// The refresh tokens that have arrived upstream, in order.
    pub fn spent(&self) -> Vec<Spent> {
        self.board.lock().unwrap().spent.clone()
    }

    /// The number of requests so far with this text in `METHOD path grant_type`.
    pub fn count(&self, text: &str) -> usize {
        self.board.lock().unwrap().seen.iter().filter(|seen| seen.contains(text)).count()
    }
}

async fn pass(State(board): State<Arc<Mutex<Board>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let field = |name: &str| {
        let found = url::form_urlencoded::parse(&body).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    let grant = field("grant_type").unwrap_or_default();
    let refresh_token = field("refresh_token");
    let (upstream, fault) = {
        let mut board = board.lock().unwrap();
        board.seen.push(format!("{} {} {grant}", parts.method, parts.uri.path()));
        (board.upstream.clone(), board.fault.clone())
    };
    match &fault {
        Fault::None | Fault::Lost => {}
        Fault::At(path, status) => {
            if parts.uri.path() == *path {
                return StatusCode::from_u16(*status).unwrap().into_response();
            }
        }
        Fault::Slow(wait) => tokio::time::sleep(*wait).await,
        Fault::Answer(status, kind, body) => {
            return (StatusCode::from_u16(*status).unwrap(), [(header::CONTENT_TYPE, *kind)], *body)
                .into_response();
        }
    }
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let answer =
        client.request(parts.method, format!("{upstream}{}", parts.uri)).headers(parts.headers).body(body);
    let answer = answer.send().await.unwrap();
    let answered = !matches!(fault, Fault::Lost);
    if let Some(token) = refresh_token {
        board.lock().unwrap().spent.push(Spent { token, granted: answer.status().is_success(), answered });
    }
    if !answered {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    *response.body_mut() = Body::from(answer.bytes().await.unwrap());
    response
}
