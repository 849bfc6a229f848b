//! The target of a sign-in: for any input, the result is a page of this site.
#![no_main]

use axum::http::HeaderValue;
use claimcheck_server::sign_in::return_to::return_target;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|asked: &str| {
    let target = return_target(asked);
    assert!(target.starts_with('/') && !target.starts_with("//") && !target.contains('\\'), "{target:?}");
    assert!(target.is_ascii() && !target.bytes().any(|byte| byte <= b' ' || byte == 0x7f), "{target:?}");
    assert!(HeaderValue::from_str(&target).is_ok());
    assert!(target.len() <= 3 * 2048 + 1);
    // Resolved like in a browser, from any page of this site.
    for base in ["http://localhost:3000/", "https://dashboard.example/auth/callback?a=b#c"] {
        let base = Url::parse(base).unwrap();
        let there = base.join(&target).unwrap();
        assert_eq!(there.origin(), base.origin(), "{target:?}");
        assert!(there.username().is_empty() && there.password().is_none() && there.fragment().is_none());
        assert_eq!(&there[url::Position::BeforePath..], target, "written otherwise than it is read");
        let never = ["/auth", "/api", "/pkg", "/health"];
        let is_below = |prefix: &str| {
            there.path().strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        assert!(!never.iter().any(|prefix| is_below(prefix)), "{target:?}");
    }
    if target.len() <= 2048 {
        assert_eq!(return_target(&target), target, "not the same a second time");
    }
});
