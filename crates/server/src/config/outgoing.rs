//! The table of the settings about outgoing connections: where requests to the provider and the APIs go, how long they may
//! take, how a sign-out reaches the provider, and where traces and the audit log go. The columns are explained at the macro, in `declare`.

use std::{path::PathBuf, time::Duration};

use claimcheck_base::{http_out::HttpSettings, http_proxy::Proxy, insecure_hosts::InsecureHosts};
use claimcheck_oidc::EndSession;
use url::Url;

use crate::config::{
    Api, ApiAuth, AuditSetting, ImageHosts,
    check::Checker,
    declare::settings,
    outgoing_values as values,
    row::{Requirement, Separator, SettingRow, Shape},
    table,
    trace_values::{self, TraceHeaders},
    values::{read_list, read_text},
};

settings! {
    /// The settings about outgoing connections.
    #[derive(Clone, Debug)]
    pub struct Outgoing {}

    /// How a sign-out here reaches the provider.
    field end_session: EndSession {
        need: default("get"),
        read: text(values::end_session),
        values: ["get", "post", "off"],
        about: "how a sign-out reaches the provider: `get` by a redirect; `post` by a form, which keeps the ID token \
                out of URLs; `off` ends the session here only",
        example: "post",
    }

    /// Further parameters of that request; none of them is one the protocol sets itself.
    field end_session_params: Vec<(String, String)> {
        need: default(""),
        read: text(values::end_session_params),
        about: "additional parameters of the request that signs users out at the provider, such as Cognito's \
                `logout_uri`",
        example: "logout_uri=https://dashboard.example.com/",
    }

    /// The provider's end session endpoint, in place of that of its metadata.
    field end_session_url: Option<Url> {
        need: optional("the `end_session_endpoint` of the discovery document"),
        read: text(values::end_session_url),
        about: "where the provider signs users out, if its discovery document does not say so: Auth0's `/v2/logout`",
        example: "https://tenant.eu.auth0.com/v2/logout",
    }

    /// Where the discovery document is, if it is not below the issuer.
    field discovery_url: Option<Url> {
        need: optional("the issuer's `/.well-known/openid-configuration`"),
        read: text(values::discovery_url),
        about: "URL of the provider's discovery document; the issuer in it must still be `issuer`",
        example: "https://login.example.com/tenant/policy/v2.0/.well-known/openid-configuration",
    }

    /// The provider's address for requests of the server: replaces the issuer's origin.
    field provider_base_url: Option<Url> {
        need: optional("the addresses in the discovery document"),
        read: text(values::provider_base_url),
        about: "internal address of the provider for this server's own requests, in place of the issuer's origin, or \
                of the whole issuer if it has a path; browsers still get the public addresses",
        example: "https://id.internal.example.com:8443",
    }

    /// Hosts that may be reached over plain http where the operator names them.
    field insecure_hosts: InsecureHosts {
        need: default(""),
        read: commas(values::insecure_hosts),
        about: "hosts, each with or without a port, that may be reached over plain `http` in `issuer`, `discovery_url`, \
                `provider_base_url`, `api_url`, `[[api]]`, `proxy` and `traces_url`; tokens and secrets are then not \
                encrypted on that network",
        example: "keycloak:8080, api",
    }

    /// The hosts that images of boards may come from besides the APIs.
    field image_hosts: ImageHosts {
        need: default(""),
        read: commas(ImageHosts::parse),
        about: "hosts, each with or without a port, from which boards may show images in addition to those of their APIs; \
                requests to them use https, have no token, and never go to private addresses",
        example: "images.example.com",
    }

    /// The proxy for requests to the provider and the APIs.
    field proxy: Option<Proxy> {
        need: optional("no proxy; proxy variables of the environment are ignored"),
        read: text(values::proxy),
        secret: true,
        about: "HTTP proxy for requests to the provider and the APIs, with user name and password if it needs them",
        example: "https://user:password@proxy.example.com:3128",
    }

    /// Hosts that are reached without the proxy.
    field no_proxy: Vec<String> {
        need: default(""),
        read: commas(values::no_proxy),
        about: "hosts that are reached without the proxy: a domain, which includes all names below it, an IP address \
                or a network",
        example: "api.internal.example.com, 10.0.0.0/8",
    }

    /// The time limit for one response of the provider.
    field provider_timeout: Duration {
        need: default("5s"),
        read: text(values::provider_timeout),
        about: "time limit for one response of the provider, from 1s to 60s; a refresh may take 30 seconds in any case",
        example: "15s",
    }

    /// The time limit for one response of an API to a read request, unless the API has its own.
    field api_timeout: Duration {
        need: default("10s"),
        read: text(values::api_timeout),
        about: "time limit for one response of an API to a read request, from 1s to 120s; `timeout` of an `[[api]]` \
                overrides it",
        example: "30s",
    }

    /// What requests to the API of `api_url` prove.
    part api_auth: ApiAuth {
        need: default("bearer"),
        read: text(ApiAuth::parse),
        values: ["bearer", "none"],
        about: "what requests to the API of `api_url` prove: `bearer` sends the user's access token; `none` sends only the \
                headers of `[api_headers]`",
        example: "none",
    }

    /// Scopes that the API of `api_url` may have users asked for.
    part step_up_scopes: Vec<String> {
        need: default(""),
        read: words(values::step_up_scopes),
        about: "further scopes that the API of `api_url` may demand with `insufficient_scope`, in addition to those that \
                `scopes`, boards, panels and actions name; users are then asked for them",
        example: "payouts:write",
    }

    /// A further certificate authority for outgoing connections: a PEM bundle that was readable at start.
    field ca_file: Option<PathBuf> {
        need: optional(""),
        read: text(values::ca_file),
        about: "PEM file with additional certificate authorities for outgoing connections",
        example: "",
    }

    /// The collector of traces, without the path of a signal.
    field traces_url: Option<Url> {
        need: optional("no traces"),
        read: text(trace_values::traces_url),
        about: "address of an OpenTelemetry collector that takes traces by OTLP over HTTP; `/v1/traces` is appended; \
                `https`, or `http` on loopback and for `insecure_hosts`",
        example: "http://localhost:4318",
    }

    /// Headers of requests to the collector.
    field traces_headers: TraceHeaders {
        need: default(""),
        read: commas(TraceHeaders::parse),
        secret: true,
        about: "headers of requests to the collector of traces, each as `name=value` with a percent-encoded value",
        example: "Authorization=Bearer%20abc, X-Tenant=dashboards",
    }

    /// The part of the traces that is recorded, from 0 to 1.
    field traces_sampling: f64 {
        need: default("1"),
        read: text(trace_values::traces_sampling),
        about: "which part of the traces that begin here is recorded, from 0 to 1; a trace that a trusted proxy began is \
                recorded if the proxy says so",
        example: "0.1",
    }

    /// The name of this service in traces.
    field traces_service: String {
        need: default("claimcheck"),
        read: text(trace_values::traces_service),
        about: "name of this service in traces (`service.name`)",
        example: "orders-dashboard",
    }

    /// Where the audit log is written.
    field audit: AuditSetting {
        need: default("off"),
        read: text(AuditSetting::parse),
        about: "where the audit log is written, one JSON line for each event: `off`, `stdout`, `file:PATH`, `syslog`, `syslog:SOCKET`, `syslog+udp://HOST:PORT` or `syslog+tcp://HOST:PORT`",
        example: "file:/var/log/claimcheck/audit.jsonl",
    }
}

impl Outgoing {
    /// The settings of outgoing HTTP clients.
    pub(super) fn http(&self) -> HttpSettings {
        HttpSettings {
            ca_file: self.ca_file.clone(),
            proxy: self.proxy.clone(),
            no_proxy: self.no_proxy.clone(),
            provider_timeout: self.provider_timeout,
            api_timeout: self.api_timeout,
        }
    }

    /// The addresses of the provider that the operator wrote, besides the issuer.
    pub fn internal_urls(&self) -> Vec<Url> {
        self.discovery_url.iter().chain(&self.provider_base_url).cloned().collect()
    }
}

impl Checker {
    /// The audit log can be written, as far as can be seen.
    pub(super) fn check_audit(&mut self, outgoing: &Draft) {
        if let Some((concern, remedy)) = outgoing.audit.as_ref().and_then(AuditSetting::concern) {
            self.warn("audit", format!("audit: {concern}"), remedy);
        }
    }

    /// Plain http is for loopback and for hosts in `insecure_hosts`, each with a warning. It never is for `public_url`.
    pub(super) fn check_plain_http(&mut self, draft: &table::Draft, outgoing: &Draft, apis: &[Api]) {
        let Some(hosts) = &outgoing.insecure_hosts else { return };
        let issuer = draft.issuer.as_ref().and_then(|issuer| Url::parse(issuer).ok());
        let proxy = outgoing.proxy.clone().flatten().map(|proxy| proxy.url);
        for (key, url) in [
            ("issuer", issuer),
            ("api_url", draft.api_url.clone()),
            ("discovery_url", outgoing.discovery_url.clone().flatten()),
            ("provider_base_url", outgoing.provider_base_url.clone().flatten()),
            ("proxy", proxy),
            ("traces_url", outgoing.traces_url.clone().flatten()),
        ] {
            if let Some(url) = url.filter(|url| values::is_insecure(url) && !hosts.allow(url)) {
                self.report_contradiction(key, values::insecure(&url));
            }
        }
        for problem in apis.iter().filter(|api| !hosts.allow(&api.url)).filter_map(|api| api.insecure.clone())
        {
            self.report(problem);
        }
        for host in hosts.iter() {
            let message = format!(
                "insecure_hosts allows plain http to {host}: tokens and secrets are not encrypted on the way there"
            );
            self.warn("insecure_hosts", message, "use https where the host offers it");
        }
    }
}
