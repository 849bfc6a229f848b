//! `claimcheck doctor --sign-in` at broken installations: what it says about each panel, about the refresh and about the
//! revocation.

use claimcheck_server::doctor::CheckOutcome;

use crate::{
    doctor::sign_in::{finding, healthy, texts, whole_run},
    support::hostile::{At, HostileWorld, Raw, Rotation},
};

#[tokio::test]
async fn dr_05_doctor_names_what_is_wrong_with_each_panel_and_where() {
    let boards = r#"
scopes = "openid profile offline_access orders:read reports:read"

[claims]
customer = "customer_id"
name = "name"

[[board]]
id = "a"
title = "A"

[[board.filter]]
key = "region"
title = "Region"
kind = "text"

[[board.panel]]
id = "static"
title = "Static"
kind = "text"
text = "No request"

[[board.panel]]
id = "waits"
title = "Waits"
kind = "table"
get = "/regions/{region}"
rows = "$[*]"

[[board.panel]]
id = "locked"
title = "Locked"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
scope = "reports:read"

[[board.panel]]
id = "no-claim"
title = "Claim"
kind = "table"
get = "/orders?customer={claim.customer}"
rows = "$.orders[*]"

[[board.panel]]
id = "wrong-path"
title = "Path"
kind = "table"
get = "/orders"
rows = "$.data.items[*]"

[[board.panel]]
id = "columns"
title = "Columns"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Id" }, { key = "citty", title = "City" }]

[[board.panel]]
id = "empty"
title = "Empty"
kind = "table"
get = "/empty"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Id" }]

[[board.panel]]
id = "broken"
title = "Broken"
kind = "table"
get = "/broken"
rows = "$[*]"

[[board.panel]]
id = "html"
title = "HTML"
kind = "table"
get = "/html"
rows = "$[*]"

[[board.panel]]
id = "missing"
title = "Missing"
kind = "table"
get = "/missing"
rows = "$[*]"

[[board.panel]]
id = "scope"
title = "Scope"
kind = "table"
get = "/scope"
rows = "$[*]"

[[board.panel]]
id = "text"
title = "Text"
kind = "stat"
get = "/text"
value = "$.value"

[[board.panel]]
id = "more"
title = "More"
kind = "table"
get = "/more"
rows = "$.items[*]"

[[board.panel]]
id = "cut"
title = "Cut"
kind = "table"
get = "/cut"
rows = "$[*]"

[[board.panel]]
id = "silent"
title = "Silent"
kind = "table"
get = "/silent"
rows = "$[*]"
"#;
    let world = HostileWorld::with(boards).await;
    world.provider.script(|script| {
        script.grants = Some("openid profile offline_access orders:read".into());
        let refusal =
            Raw::json(400, r#"{"error":"unauthorized_client","error_description":"value-canary-1"}"#);
        script.instead.insert(At::Refresh, refusal);
    });
    world.api.script(|script| {
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"stock:read\"";
        let denied = Raw::json(403, "").with("www-authenticate", challenge);
        for (path, answer) in [
            ("/empty", Raw::json(200, r#"{"orders":[]}"#)),
            ("/broken", Raw::json(500, r#"{"error":"value-canary-2"}"#)),
            ("/html", Raw::text(200, "text/html", "<p>value-canary-3</p>")),
            ("/scope", denied),
            ("/text", Raw::json(200, r#"{"value":{"value-canary-4":1}}"#)),
            (
                "/more",
                Raw::json(200, r#"{"items":[{"id":"value-canary-5"}],"next_cursor":"value-canary-6"}"#),
            ),
            ("/cut", Raw::broken_off("[{")),
            ("/silent", Raw::hang_up()),
        ] {
            script.answers.insert(path.into(), answer);
        }
    });
    let findings = whole_run(&world).await;
    use CheckOutcome::{Mistake, Ok, Warning};
    for (check, panel, outcome, found, remedy) in [
        ("panel.access", "locked", Warning, "the scope reports:read was not granted", "at the provider"),
        ("panel.access", "no-claim", Warning, "needs the claim Customer", "[claims]"),
        ("panel.path", "wrong-path", Mistake, "matched nothing; `$` leads to an object", "correct `rows`"),
        (
            "panel.columns",
            "columns",
            Warning,
            "column `citty` is filled in none",
            "correct `citty` in `columns`",
        ),
        ("panel.data", "empty", Ok, "found no rows: an empty list is there", ""),
        ("panel.data", "broken", Mistake, "500 in ", "the API's log"),
        ("panel.data", "html", Mistake, "the answer is text/html, not JSON", "`api_url`"),
        ("panel.data", "missing", Mistake, "404 in ", "correct `get`"),
        ("panel.data", "scope", Mistake, "demands the scope stock:read", "set `scope`"),
        ("panel.path", "text", Mistake, "found an object; one number is needed", "correct `value`"),
        ("panel.pages", "more", Warning, "the member `next_cursor`", "add `page`"),
        ("panel.data", "waits", Warning, "waits for a choice: Region", "a `default`"),
        ("panel.data", "cut", Mistake, "GET /cut: ", ""),
        ("panel.data", "silent", Mistake, "no response", "reaches `api_url`"),
    ] {
        let it = finding(&findings, check, Some(&format!("a/{panel}")));
        assert_eq!(it.outcome, outcome, "{it:?}");
        assert!(it.found.contains(found) && it.remedy.contains(remedy), "{it:?}");
        assert!(it.key.as_ref().unwrap().starts_with("board[0].panel["), "{it:?}");
    }
    let of_static = findings.iter().filter(|it| it.subject.as_deref() == Some("a/static"));
    assert_eq!(of_static.count(), 0, "a panel without a request has nothing to check");
    let scopes = finding(&findings, "sign_in.scopes", None);
    assert!(scopes.outcome == Warning && scopes.found.contains("reports:read"), "{scopes:?}");
    let claims = finding(&findings, "sign_in.claims", Some("claims.customer"));
    assert!(claims.found.contains("customer_id is missing"), "{claims:?}");
    assert!(findings.iter().all(|it| it.subject.as_deref() != Some("claims.name")), "it is there");
    let refresh = finding(&findings, "sign_in.refresh", None);
    assert!(refresh.outcome == Mistake && refresh.remedy.contains("client"), "{refresh:?}");
    let output = texts(&findings);
    assert!(!output.contains("canary") && !output.contains("ORD-1"), "{output}");
    assert!(!world.api.calls().iter().any(|call| call.query.contains("customer")), "sent without the claim");
}

#[tokio::test]
async fn dr_01_doctor_says_whether_refresh_tokens_rotate_and_whether_tokens_can_be_revoked() {
    let world = healthy("").await;
    world.provider.script(|script| {
        script.rotation = Rotation::Never;
        script.metadata.remove("revocation_endpoint");
    });
    let findings = whole_run(&world).await;
    assert!(finding(&findings, "sign_in.refresh", None).found.contains("(not rotated)"));
    let revocation = finding(&findings, "sign_in.revocation", None);
    assert_eq!(revocation.outcome, CheckOutcome::Warning, "{revocation:?}");
    // The same at a provider that refuses, and without a refresh token.
    let world = healthy("").await;
    world.provider.script(|script| {
        script.at_sign_in.answer.remove("refresh_token");
        script.instead.insert(At::Revocation, Raw::json(403, r#"{"error":"value-canary"}"#));
    });
    let findings = whole_run(&world).await;
    let refresh = finding(&findings, "sign_in.refresh", None);
    assert!(
        refresh.outcome == CheckOutcome::Warning && refresh.remedy.contains("offline_access"),
        "{refresh:?}"
    );
    let revocation = finding(&findings, "sign_in.revocation", None);
    assert!(
        revocation.outcome == CheckOutcome::Mistake && revocation.found.contains("refused"),
        "{revocation:?}"
    );
}
