//! Invalid settings, each next to a valid one.

use std::{fs, net::SocketAddr};

use claimcheck_oidc::{Alg, LogoutTokenTyp};
use claimcheck_session::StoreSetting;

use crate::config::{
    AdminListen, ClaimPath, Requirement, Settings, Warning,
    keys::ALL_ROWS,
    testing::{KEY, MINIMAL, OTHER_KEY, accepts, refuses, variables_with},
};

pub(super) use crate::config::testing::load;

#[test]
fn op_10_defaults_are_those_of_the_contract() {
    let settings = accepts(&[]);
    assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(settings.admin_listen, AdminListen::Default(SocketAddr::from(([127, 0, 0, 1], 3900)).into()));
    assert_eq!(settings.scopes.join(" "), "openid profile email offline_access");
    assert_eq!(settings.client_auth, None);
    assert_eq!(settings.id_token_algs, None);
    assert_eq!(settings.logout_token_typ, LogoutTokenTyp::Lenient);
    assert_eq!(settings.role_claims, [ClaimPath::parse("roles").unwrap()]);
    assert_eq!(settings.store, StoreSetting::parse("sqlite:claimcheck.db").unwrap());
    assert_eq!((settings.idle_secs, settings.absolute_secs), (1800, 43_200));
    assert_eq!((settings.limits.sign_in_rate, settings.trusted_proxies.len()), (600, 0));
    assert_eq!(settings.limits.sessions_per_person, 50);
    assert_eq!(settings.issuer, "https://login.example.com/");
    assert_eq!(settings.redirect_uri(), "http://localhost:3000/auth/callback");
    assert_eq!(settings.origin(), "http://localhost:3000");
    assert_eq!(settings.client_secret.expose(), "canary-secret a:b%+ &é");
    assert!(!settings.is_production() && !settings.is_https());
}

#[test]
fn op_10_every_bad_value_is_refused_by_key_and_variable_beside_a_good_one() {
    for (key, bad, good) in [
        ("listen", "3000", "[::1]:0"),
        ("admin_listen", "3900", "[::1]:3900"),
        ("admin_listen", "none", "off"),
        ("admin_listen", "127.0.0.1:3000", "127.0.0.1:0"),
        ("issuer", "login.example.com", "https://login.example.com/tenant/v2.0"),
        ("issuer", "http://login.example.com", "http://127.0.0.1:9000"),
        ("issuer", "https://login.example.com?tenant=a", "https://login.example.com"),
        ("issuer", "https://me:canary@login.example.com", "https://login.example.com"),
        ("api_url", "http://api.example.com", "http://[::1]:4000/base/"),
        ("api_url", "ftp://api.example.com", "https://api.example.com"),
        ("scopes", "profile email", "openid"),
        ("scopes", "openid, \"profile\"", "openid read:orders"),
        ("resource", "orders", "urn:example:orders"),
        ("resource", "https://api.example.com/#a", "https://api.example.com/"),
        ("client_auth", "private_key_jwt", "client_secret_post"),
        ("id_token_algs", "none", "ES256 EdDSA"),
        ("id_token_algs", "RS256 HS256", "RS256 PS512"),
        ("id_token_algs", "rs256", "RS256"),
        ("logout_token_typ", "logout+jwt", "strict"),
        ("logout_token_typ", "Strict", "lenient"),
        ("role_claims", "$.roles[", "$.roles[*]"),
        ("role_claims", "$.r[?@.a == 'x']", "$.r[?@.a=='x'].name"),
        ("role_claims", "realm_access..roles", "realm_access.roles resource_access.my-client.roles roles"),
        ("role_claims", ".roles", "https://example.com/roles"),
        ("authorize_params", "access_type=offline&state=a", "access_type=offline&prompt=consent"),
        ("authorize_params", "a=1&a=2", "a=1&b=2"),
        ("authorize_params", "=1", "a="),
        ("authorize_params", "max_age=1h", "max_age=3600"),
        ("store", "canary", "memory:"),
        ("store", "postgres://me:can#ary@db/x", "postgres://me:can%23ary@db:6432/x?sslmode=verify-full"),
        ("store", "postgres://me:canary@db:port/x", "postgresql:///x?host=%2Frun%2Fpostgresql"),
        ("store", "postgres://me:canary@db/x?sslmode=canary", "postgres://db?sslmode=require"),
        ("store", "postgres://me:canary@db/x?passwd=canary", "postgres://db?statement-cache-capacity=0"),
        ("store", "postgres:///canary", "postgres://db"),
        ("store", "redis://:canary@db/canary", "redis://:canary@db/3"),
        ("store", "redis://:canary@db/0?canary", "rediss://me:canary@[::1]:6380"),
        ("store", "rediss://:canary@db/0#insecure", "redis://db"),
        ("store", "mysql://canary@db", "sqlite:claimcheck.db"),
        ("store", "sqlite:", "sqlite:a"),
        ("store", "sqlite:///canary", "sqlite:/a"),
        ("session_keys", "canary!", KEY),
        ("session_keys", "Y2FuYXJ5", KEY),
        ("session_keys", &format!("{KEY},{KEY}"), &format!("{KEY}, {OTHER_KEY}")),
        ("session_keys", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", KEY),
        ("idle_secs", "0", "1"),
        ("idle_secs", "-5", "60"),
        ("idle_secs", "43201", "43200"),
        ("absolute_secs", "12h", "86400"),
        ("absolute_secs", "1799", "1800"),
        ("absolute_secs", "99999999999999999999", "34560000"),
        ("sign_in_rate", "10/min", "10"),
        ("sign_in_rate", "-1", "0"),
        ("sessions_per_person", "0", "1"),
        ("sessions_per_person", "1001", "1000"),
        ("sessions_per_person", "-3", "3"),
        ("sessions_per_person", "many", "50"),
        ("trusted_proxies", "10.0.0.0/8 192.0.2.1", "10.0.0.0/8, 192.0.2.1"),
        ("trusted_proxies", "proxy.example.com", "2001:db8::/32,::1"),
        ("trusted_proxies", "0.0.0.0/0", "10.0.0.0/32"),
        ("trusted_proxies", "10.0.0.0/33", "10.0.0.1/8"),
        ("ca_file", "/nowhere/ca.pem", ""),
        ("ca_file", "Cargo.toml", ""),
        ("log", "info,[", "claimcheck=debug,warn"),
    ] {
        let variable = super::problem::variable(key);
        let message = refuses(&[(&variable, bad)]);
        // A contradiction between the two lifetimes is reported at the first of them.
        let named = if key == "absolute_secs" && bad == "1799" { "idle_secs" } else { key };
        assert!(message.contains(&format!("{named} ({})", super::problem::variable(named))), "{message}");
        assert!(!message.contains("canary"), "{message}");
        accepts(&[(&variable, good)]);
    }
}

#[test]
fn op_10_the_protocols_own_parameters_cannot_be_overridden() {
    for name in super::values::PROTOCOL_PARAMS {
        let message = refuses(&[("CLAIMCHECK_AUTHORIZE_PARAMS", &format!("prompt=consent&{name}=x"))]);
        assert!(message.contains(&format!("`{name}`")), "{message}");
    }
    let both = [("CLAIMCHECK_AUDIENCE", "orders"), ("CLAIMCHECK_AUTHORIZE_PARAMS", "audience=orders")];
    assert!(refuses(&both).contains("CLAIMCHECK_AUDIENCE"));
    accepts(&both[1..]);
    let params = accepts(&[("CLAIMCHECK_AUTHORIZE_PARAMS", "a=b+c%26&d=%C3%A9")]).authorize_params;
    assert_eq!(params, [("a".to_owned(), "b c&".to_owned()), ("d".to_owned(), "é".to_owned())]);
}

#[test]
fn op_10_everything_is_reported_at_once() {
    let errors = Settings::load(None, None, Vec::new()).expect_err("nothing is set");
    let keys: Vec<_> = errors.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["public_url", "issuer", "client_id", "client_secret", "api_url"]);
    let file = "isuer = \"x\"\nlisten = true\n\n[[board]]\nid = \"Orders\"\n[[board.panel]]\ntitel = \"a\"\nget = \"x\"\n";
    let errors = load(Some(file), &[("CLAIMCHECK_STORE", "x")]).expect_err("much is wrong").to_string();
    for named in [
        "isuer, line 1 of the built-in settings: unknown setting\n      did you mean `issuer`?",
        "listen (CLAIMCHECK_LISTEN), line 2",
        "board[0].id, line 5",
        "board[0].title, line 4 of the built-in settings: is missing",
        "board[0].panel[0].titel, line 7 of the built-in settings: unknown key\n      did you mean `title`?",
        "board[0].panel[0].kind, line 6",
        "board[0].panel[0].get, line 8",
        "store (CLAIMCHECK_STORE), from the environment",
    ] {
        assert!(errors.contains(named), "{named} is not in {errors}");
    }
}

#[test]
fn op_10_variables_override_the_file_and_empty_ones_do_not() {
    let file = "scopes = [\"openid\", \"a\"]\nidle_secs = 60\nid_token_algs = \"ES256\"\nsign_in_rate = 5\n\
                trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\nrole_claims = [\"groups\", \"$.roles[*]\"]";
    let (settings, _) =
        load(Some(file), &[("CLAIMCHECK_IDLE_SECS", "90"), ("CLAIMCHECK_SCOPES", "")]).unwrap();
    assert_eq!((settings.idle_secs, settings.scopes.join(" ").as_str()), (90, "openid a"));
    assert_eq!(settings.id_token_algs, Some(vec![Alg::Es256]));
    assert_eq!(settings.limits.sign_in_rate, 5);
    assert_eq!(settings.role_claims, ["groups", "$.roles[*]"].map(|path| ClaimPath::parse(path).unwrap()));
    let proxies: Vec<_> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
}

#[test]
fn op_10_a_file_overrides_the_built_in_settings() {
    let path = std::env::temp_dir().join(format!("claimcheck-file-{}.toml", std::process::id()));
    fs::write(&path, "idle_secs = 61\n").unwrap();
    let env = variables_with(&MINIMAL, &[]);
    let base = "idle_secs = 60\nabsolute_secs = 120";
    let (settings, _) = Settings::load(Some(base), Some(&path), env.clone()).unwrap();
    assert_eq!((settings.idle_secs, settings.absolute_secs), (61, 120));
    fs::remove_file(&path).unwrap();
    let errors = Settings::load(Some(base), Some(&path), env).expect_err("the file is gone").to_string();
    assert!(errors.contains("CLAIMCHECK_CONFIG") && errors.contains("claimcheck-file"), "{errors}");
}

#[test]
fn op_10_unknown_variables_are_only_warned_about() {
    let board = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\n\
                 get = \"/\"\nvalue = \"$\"\n";
    let warned = |name: &str| {
        let (_, warnings) = load(Some(board), &[(name, "canary")]).unwrap();
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert!(warned("CLAIMCHECK_ISUER").contains("did you mean CLAIMCHECK_ISSUER?"));
    assert!(warned("CLAIMCHECK_ISSUER_FILE").contains("only secrets"));
    assert!(!warned("CLAIMCHECK_FROBNICATE").contains("canary"));
    for silent in ["CLAIMCHECK_DEMO_PORT", "CLAIMCHECK_CONFIG", "OTHER"] {
        assert_eq!(warned(silent), "");
    }
}

#[test]
fn op_10_secrets_come_from_files_too_but_not_twice() {
    let path = std::env::temp_dir().join(format!("claimcheck-secret-{}", std::process::id()));
    fs::write(&path, "canary from file\r\n").unwrap();
    let by_file = ("CLAIMCHECK_CLIENT_SECRET_FILE", path.to_str().unwrap());
    let settings = accepts(&[("CLAIMCHECK_CLIENT_SECRET", ""), by_file]);
    assert_eq!(settings.client_secret.expose(), "canary from file");
    assert!(refuses(&[by_file]).contains("CLAIMCHECK_CLIENT_SECRET_FILE are both set"));
    fs::write(&path, "\n").unwrap();
    assert!(refuses(&[("CLAIMCHECK_CLIENT_SECRET", ""), by_file]).contains("is empty"));
    fs::remove_file(&path).unwrap();
    assert!(refuses(&[("CLAIMCHECK_CLIENT_SECRET", ""), by_file]).contains("cannot read"));
}

#[test]
fn op_10_no_secret_is_printed() {
    let settings = accepts(&[("CLAIMCHECK_SESSION_KEYS", KEY)]);
    let keys = settings.session_keys.as_ref().unwrap();
    assert_eq!(keys.expose().len(), 1);
    let first = keys.expose()[0][0].to_string();
    let printed = format!("{settings:?} {settings:#?}");
    assert!(!printed.contains("canary") && !printed.contains(KEY) && !format!("{keys:?}").contains(&first));
    // Nor does a file that is not valid TOML in the line of the secret.
    for broken in ["client_secret = \"canary", "client_secret = canary", "session_keys = [\"canary\", 1]"] {
        let errors = load(Some(broken), &[]).expect_err(broken);
        assert!(!format!("{errors} {errors:?}").contains("canary"), "{errors}");
        assert!(errors.to_string().contains("line 1"), "{errors}");
    }
}

#[test]
fn op_10_production_needs_session_keys() {
    let public = ("CLAIMCHECK_PUBLIC_URL", "https://dashboard.example.com/");
    assert!(refuses(&[public]).contains("session_keys (CLAIMCHECK_SESSION_KEYS)"));
    let settings = accepts(&[public, ("CLAIMCHECK_SESSION_KEYS", KEY)]);
    assert!(settings.is_production() && settings.is_https());
    assert_eq!(settings.redirect_uri(), "https://dashboard.example.com/auth/callback");
    // An invalid key is one problem; it is not also reported as missing.
    assert!(refuses(&[public, ("CLAIMCHECK_SESSION_KEYS", "x")]).contains("not valid base64"));
    let memory = load(None, &[public, ("CLAIMCHECK_SESSION_KEYS", KEY), ("CLAIMCHECK_STORE", "memory:")]);
    assert!(memory.unwrap().1.iter().any(|warning| warning.message.contains("signs everyone out")));
}

#[test]
fn op_06_production_without_a_trusted_proxy_is_warned_about() {
    let production = [
        ("CLAIMCHECK_PUBLIC_URL", "https://dashboard.example.com/"),
        ("CLAIMCHECK_SESSION_KEYS", KEY),
        ("CLAIMCHECK_TRUSTED_PROXIES", "10.0.0.0/8"),
    ];
    let warned = |changes: &[(&str, &str)], words: &str| {
        let (_, warnings) = load(None, changes).unwrap();
        let text = |warning: &Warning| format!("{}: {}", warning.message, warning.remedy);
        warnings.iter().map(text).any(|text| text.contains("trusted_proxies") && text.contains(words))
    };
    assert!(warned(&production[..2], "set trusted_proxies to the proxy's address, such as 127.0.0.1"));
    let anywhere = [production[0], production[1], ("CLAIMCHECK_LISTEN", "0.0.0.0:3000")];
    assert!(warned(&anywhere, "behind a reverse proxy") && !warned(&anywhere, "127.0.0.1"));
    assert!(!warned(&production, ""));
    assert!(!warned(&[], ""), "nobody but the one at the machine is expected on loopback");
}

#[test]
fn an_idle_time_too_short_to_act_in_is_warned_about() {
    for (idle_secs, is_short) in [("1", true), ("39", true), ("40", false), ("1800", false)] {
        let (settings, warnings) = load(None, &[("CLAIMCHECK_IDLE_SECS", idle_secs)]).unwrap();
        assert_eq!(settings.idle_secs.to_string(), idle_secs, "it is no refusal");
        assert_eq!(
            warnings.iter().any(|warning| warning.message.contains("idle_secs")),
            is_short,
            "{idle_secs}"
        );
    }
}

#[test]
fn sc_07_plain_http_is_for_loopback_only() {
    let key = ("CLAIMCHECK_SESSION_KEYS", KEY);
    for (host, loopback) in [
        ("localhost:3000", true),
        ("127.0.0.1", true),
        ("127.8.9.10:80", true),
        ("[::1]:3000", true),
        ("example.com", false),
        ("localhost.example.com", false),
        ("127.0.0.1.example.com", false),
        ("10.0.0.1", false),
        ("0.0.0.0:3000", false),
        ("[::]:3000", false),
    ] {
        let (http, https) = (format!("http://{host}"), format!("https://{host}"));
        if loopback {
            assert!(!accepts(&[("CLAIMCHECK_PUBLIC_URL", &http), key]).is_production(), "{http}");
        } else {
            let message = refuses(&[("CLAIMCHECK_PUBLIC_URL", &http), key]);
            assert!(message.contains("public_url (CLAIMCHECK_PUBLIC_URL)"), "{message}");
        }
        assert_eq!(accepts(&[("CLAIMCHECK_PUBLIC_URL", &https), key]).is_production(), !loopback, "{https}");
    }
    for not_an_origin in ["/?a", "/#a", "//", "/?", "/app?a", "/app#a"] {
        let url = format!("https://example.com{not_an_origin}");
        refuses(&[("CLAIMCHECK_PUBLIC_URL", &url), key]);
    }
    refuses(&[("CLAIMCHECK_PUBLIC_URL", "https://me:canary@example.com"), key]);
}

/// A certificate without a known private key.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBcDCCARWgAwIBAgIUDc5IlyoH5adzvCuQ+qIq6lAniP4wCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdDAgFw0yNjExMjMwNjU0NTJaGA8yMTI2MTAzMDA2NTQ1Mlow
DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHLurfbiWCFY
B4VyshpepSlsNNM5nq+PYJoauStLDswrT340KSYCwh2OVZtNCm2NH1QJLxlWR35o
Ln8mFfst+uGjUzBRMB0GA1UdDgQWBBStQXaUFpsI1bPqLtq0p57qcNmQkzAfBgNV
HSMEGDAWgBStQXaUFpsI1bPqLtq0p57qcNmQkzAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0kAMEYCIQCcgA7ZO3SO0aeJDKCDJxmT2GaxAi1TxrLL+OnN2MI+
xgIhAP1V699DPq8hYayuWQSRlqvzem3r98Xu7XDSCKyCIAsN
-----END CERTIFICATE-----
";

#[test]
fn op_10_a_certificate_authority_must_be_readable_pem() {
    let path = std::env::temp_dir().join(format!("claimcheck-ca-{}.pem", std::process::id()));
    let setting = ("CLAIMCHECK_CA_FILE", path.to_str().unwrap());
    fs::write(&path, CERTIFICATE).unwrap();
    assert_eq!(accepts(&[setting]).outgoing.ca_file.as_ref(), Some(&path));
    for bad in ["", "canary", "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n"] {
        fs::write(&path, bad).unwrap();
        assert!(refuses(&[setting]).contains("ca_file (CLAIMCHECK_CA_FILE)"));
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn op_10_the_url_of_a_store_comes_from_a_file_too_and_its_password_is_never_shown() {
    let path = std::env::temp_dir().join(format!("claimcheck-store-url-{}", std::process::id()));
    fs::write(&path, "postgres://me:canary@db.example.com:6432/claimcheck\n").unwrap();
    let settings = accepts(&[("CLAIMCHECK_STORE_FILE", path.to_str().unwrap())]);
    fs::remove_file(&path).unwrap();
    assert_eq!(settings.store.kind().name, "postgres");
    let server = settings.store.server().unwrap();
    assert_eq!(server.place(), "db.example.com:6432");
    assert!(server.url.expose().contains("canary"));
    assert!(!format!("{settings:?}").contains("canary"));
    for (url, place) in [
        ("redis://:canary@db.example.com", "db.example.com:6379"),
        ("rediss://me:canary@[::1]:6380/4", "[::1]:6380"),
        ("postgresql://db/x?host=%2Frun%2Fpostgresql&port=6000", "/run/postgresql:6000"),
    ] {
        let store = accepts(&[("CLAIMCHECK_STORE", url)]).store;
        assert_eq!(store.server().unwrap().place(), place);
    }
}

#[test]
fn op_10_every_default_and_example_of_the_table_is_accepted() {
    let unset = format!("{:?}", accepts(&[]));
    for row in &ALL_ROWS {
        if let Requirement::Default(text) = row.need {
            // A written default gives the same settings, except that the admin address must then be free.
            let written = format!("{:?}", accepts(&[(&row.variable(), text)]));
            assert_eq!(
                written.replace("At(Ip(127.0.0.1:3900))", "Default(Ip(127.0.0.1:3900))"),
                unset,
                "{}",
                row.key
            );
        }
        for value in row.values {
            accepts(&[(&row.variable(), value)]);
        }
        if !row.values.is_empty() {
            assert!(refuses(&[(&row.variable(), "zzz")]).contains("must be"), "{}", row.key);
        }
        assert_eq!(
            row.example.is_empty(),
            matches!(
                row.key,
                "session_keys" | "tenants" | "ca_file" | "boards" | "brand_logo" | "brand_favicon"
            ),
            "{}",
            row.key
        );
        accepts(&[(&row.variable(), row.example), ("CLAIMCHECK_SESSION_KEYS", KEY)]);
        assert!(!row.about.contains('|') && !row.about.ends_with('.'), "{} is a cell of a table", row.key);
    }
}
