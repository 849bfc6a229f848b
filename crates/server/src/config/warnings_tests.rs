//! Warnings at start about production, and the bounds of settings about operation.

use crate::config::testing::{KEY, accepts, load, refuses};

#[test]
fn f36_in_production_a_store_on_another_host_without_verified_tls_is_warned_about() {
    let warned = |public_url: &str, store: &str| {
        let production = [("CLAIMCHECK_PUBLIC_URL", public_url), ("CLAIMCHECK_SESSION_KEYS", KEY)];
        let (_, warnings) = load(None, &[production[0], production[1], ("CLAIMCHECK_STORE", store)]).unwrap();
        let warning = warnings.into_iter().find(|warning| warning.message.starts_with("store: "));
        warning.map(|warning| warning.message).unwrap_or_default()
    };
    let (public, local) = ("https://dashboard.example.com", "http://localhost:3000");
    for (store, words) in [
        ("redis://:canary@10.0.0.5/0", "use rediss://"),
        ("postgres://me:canary@db.example.com/x", "use sslmode=verify-full"),
        ("postgres://me:canary@db.example.com/x?sslmode=require", "not verified"),
    ] {
        let said = warned(public, store);
        assert!(said.contains(words) && !said.contains("canary"), "{store}: {said}");
        assert_eq!(warned(local, store), "", "{store}: not in production");
    }
    for store in [
        "rediss://:canary@10.0.0.5/0",
        "redis://127.0.0.1/0",
        "postgres://me@db.example.com/x?sslmode=verify-full",
        "sqlite:a.db",
    ] {
        assert_eq!(warned(public, store), "", "{store}");
    }
}

#[test]
fn r26_a_path_is_warned_about_because_applications_of_an_origin_are_not_separated() {
    let warned = |public_url: &str| {
        let (_, warnings) = load(None, &[("CLAIMCHECK_PUBLIC_URL", public_url)]).unwrap();
        let mut about = warnings.into_iter().filter(|warning| warning.message.starts_with("public_url has"));
        let first = about.next().map(|warning| format!("{}; {}", warning.message, warning.remedy));
        assert!(about.next().is_none(), "{public_url}");
        first.unwrap_or_default()
    };
    for (public_url, path) in [
        ("http://localhost:3000/dash", "/dash"),
        ("http://localhost:3000/dash/", "/dash"),
        ("http://localhost:3000/apps/orders", "/apps/orders"),
    ] {
        let said = warned(public_url);
        assert!(
            said.contains(&format!("the path {path}")) && said.contains("http://localhost:3000 is trusted"),
            "{said}"
        );
        assert!(said.contains("use another host name"), "{said}");
    }
    for public_url in ["http://localhost:3000", "http://localhost:3000/"] {
        assert_eq!(warned(public_url), "", "{public_url}");
    }
}

#[test]
fn r29_a_shutdown_delay_is_bounded() {
    for (text, secs) in [("0s", 0), ("10s", 10), ("5m", 300)] {
        let delay = accepts(&[("CLAIMCHECK_SHUTDOWN_DELAY", text)]).shutdown_delay;
        assert_eq!(delay.as_secs(), secs, "{text}");
    }
    for text in ["301s", "1h", "-1s", "10", "0", "1.5s"] {
        assert!(refuses(&[("CLAIMCHECK_SHUTDOWN_DELAY", text)]).contains("from 0s to 5m"), "{text}");
    }
    assert_eq!(accepts(&[]).shutdown_delay.as_secs(), 0);
}

#[test]
fn au_02_a_place_of_the_audit_log_is_refused_or_warned_about_with_a_remedy() {
    let warned = |place: &str| {
        let (_, warnings) = load(None, &[("CLAIMCHECK_AUDIT", place)]).unwrap();
        warnings.into_iter().find(|warning| warning.key == "audit")
    };
    let warning = warned("file:/no/such/folder/audit.jsonl").unwrap();
    assert!(warning.message.contains("/no/such/folder") && warning.remedy.contains("create the folder"));
    for place in ["off", "stdout", "file:audit.jsonl", "syslog+udp://logs.example.com:514"] {
        assert!(warned(place).is_none(), "{place}");
    }
    for wrong in ["on", "syslog://logs.example.com", "file:/var/log/"] {
        let said = refuses(&[("CLAIMCHECK_AUDIT", wrong)]);
        assert!(said.contains("audit") && said.contains("file:"), "{said}");
    }
}
