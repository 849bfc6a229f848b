//! For every document, the reader of settings accepts the file, or the document is refused.

use std::{io::Read, path::Path};

use claimcheck_openapi::{Proposal, propose};
use serde_json::{Value, json};

use super::text::{self, Basics};
use crate::{config::Settings, doctor::KnownProvider};

fn basics() -> Basics {
    Basics {
        public_url: "http://localhost:3000".to_owned(),
        issuer: "https://login.example.com/".to_owned(),
        client_id: "dashboard".to_owned(),
        api_url: "https://api.example.com/v1".to_owned(),
    }
}

fn provider() -> KnownProvider {
    KnownProvider {
        name: "",
        page: "providers/other.md",
        callback: String::new(),
        sign_out: String::new(),
        offline: None,
        issuer: Ok("https://login.example.com/".to_owned()),
    }
}

fn file(proposal: &Proposal) -> String {
    text::file(&basics(), &provider(), Some(proposal), "")
}

/// The settings of a file for a document; a mistake in it fails the test.
fn accepted(document: &[u8], what: &str) -> Option<Settings> {
    let proposal = propose(document, Some("https://api.example.com/openapi.json")).ok()?;
    let text = file(&proposal);
    let secrets = || [("CLAIMCHECK_CLIENT_SECRET".to_owned(), "s".to_owned())];
    let report = Settings::check(Some(&text), None, secrets());
    assert_eq!(report.mistakes(), 0, "{what}: {report}\n{text}");
    assert_eq!(report.boards, proposal.boards, "{what}");
    Settings::load(Some(&text), None, secrets()).ok().map(|(settings, _)| settings)
}

/// A document of a real API.
fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/tests/fixtures").join(name);
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn nw_02_files_for_real_documents_are_accepted() {
    for name in ["box.json.gz", "asana.yaml.gz", "adyen.json.gz"] {
        let settings = accepted(&fixture(name), name).unwrap();
        assert!(settings.boards.len() >= 5, "{name}");
    }
    let text = text::file(&basics(), &provider(), None, " --config x.toml");
    assert!(text.starts_with("#:schema ") && text.contains("claimcheck check --config x.toml"), "{text}");
    assert_eq!(Settings::check(Some(&text), None, []).mistakes(), 0);
}

/// Texts that mean something to TOML, to settings, or to a page.
const HOSTILE: [&str; 18] = [
    "\"\nissuer = \"https://evil.example/",
    "x\"]\n[[allow]]\nclaim = { path = \"sub\", is = \"1\" }\n",
    "'''\n\"\"\"\n[[api]]\nid = \"evil\"\n",
    "# \r\nclient_secret = \"stolen\"\r",
    "${CLAIMCHECK_VAR_SECRET}",
    "$${HOME} ${",
    "{claim.sub}",
    "{id",
    "}{",
    "{}",
    "\u{202e}drowssap\u{2066}",
    "\u{0}\u{7}\u{1b}[2J\u{7f}\u{85}\u{2028}",
    "<script>alert(1)</script>",
    "../../admin",
    "//evil.example/..;/%2e%2e",
    "\\\\\\",
    "",
    "ÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅÅ🦀",
];

/// A document with a text in every place that has one.
fn with_text(text: &str, count: usize) -> Value {
    let row = json!({ "type": "object", "required": ["id"], "properties": {
        "id": { "type": "string", "description": text }, "name": { "type": "string", "description": text, "default": text },
        "status": { "type": "string", "enum": [text, "open"] }, "amount": { "type": "integer", "description": text },
        "currency": { "type": "string" }, text: { "type": "string" }, format!("x{text}"): { "type": "number" },
        "owner": { "type": "object", "properties": { "name": { "type": "string" }, text: { "type": "string" } } } } });
    let json = |schema: &Value| json!({ "content": { "application/json": { "schema": schema } }, "description": text, "headers": { text: {} } });
    let parameters = json!([
        { "name": text, "in": "query", "schema": { "type": "string", "default": text } },
        { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": count } },
        { "name": "sort", "in": "query", "required": count.is_multiple_of(2), "schema": { "type": "string", "enum": [text] } },
        { "name": "cursor", "in": "query", "schema": { "type": "string" } }
    ]);
    let list = json!({ "properties": { "items": { "type": "array", "items": row }, "total": { "type": "integer" }, "next_cursor": { "type": "string" }, text: {} } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": text, "version": text, "description": text },
        "servers": [{ "url": text, "description": text }, { "url": "https://api.example.com/{x}", "variables": { "x": { "default": text } } }],
        "tags": [{ "name": text }],
        "paths": {
            "/things": { "get": { "tags": [text], "summary": text, "parameters": parameters, "security": [{ text: [text, "things:read"] }], "responses": { "200": json(&list) } },
                         "post": { "tags": [text], "operationId": text, "requestBody": json(&row), "responses": {} } },
            "/plain": { "get": { "tags": [text], "responses": { "200": json(&list) } } },
            "/things/{thing_id}": { "get": { "responses": { "200": json(&row) } }, "patch": { "requestBody": json(&row) }, "delete": {} },
            format!("/things/{{id}}/{text}"): { "post": {} },
            format!("/{text}"): { "get": { "tags": [text], "responses": { "200": json(&list) } }, "put": { "requestBody": json(&row) } },
            text: { "get": { "responses": { "200": json(&json!({ "type": "array", "items": row })) } }, "servers": [{ "url": text }] },
            format!("/more/{{{text}}}"): { "get": { "responses": { "200": json(&row) } } }
        },
        "components": { "securitySchemes": { text: { "type": "oauth2" }, "key": { "type": "apiKey", "in": "header", "name": text } } }
    })
}

#[test]
fn nw_03_nothing_of_a_document_becomes_a_setting() {
    for (count, text) in HOSTILE.iter().enumerate() {
        let document = with_text(text, count).to_string();
        let settings = accepted(document.as_bytes(), text).unwrap();
        assert_eq!(settings.issuer, "https://login.example.com/", "{text:?}");
        assert_eq!(settings.api("default").unwrap().url.as_str(), "https://api.example.com/v1", "{text:?}");
        assert_eq!((settings.apis.all().count(), settings.allow.len()), (1, 0), "{text:?}");
        assert!(settings.claim_slots.iter().next().is_none(), "{text:?}");
        let board = settings.boards.iter().find(|board| {
            board
                .panels
                .iter()
                .any(|panel| panel.kind.as_table().is_some_and(|table| table.columns.is_some()))
        });
        let board = board.unwrap_or_else(|| panic!("no board for {text:?}"));
        let title = board.title.text(claimcheck_text::Language::default());
        assert!(
            !title.contains(['\n', '\u{202e}', '\u{0}', '\u{1b}']) && title.chars().count() <= 61,
            "{title:?}"
        );
        let panels = settings.boards.iter().flat_map(|board| &board.panels);
        for path in panels.filter_map(|panel| panel.read.as_ref()).map(|read| read.path.label()) {
            assert!(!path.contains("evil") && !path.contains(".."), "{path}");
        }
    }
}

/// Changes one thing in a document: removes a member, repeats it elsewhere, or puts another value there.
fn mutate(value: &mut Value, random: &mut fastrand::Rng, spare: &[Value], depth: usize) {
    // The frame of a document stays, so that most of them are read to the end.
    let goes_on = depth < 3 || (depth < 14 && random.u8(..) < 235);
    match value {
        Value::Object(members) if !members.is_empty() => {
            let at = random.usize(..members.len());
            let key = members.keys().nth(at).cloned().unwrap_or_default();
            match random.u8(..) {
                0..4 if depth >= 3 => drop(members.shift_remove(&key)),
                4..7 if depth >= 3 => {
                    let moved = members.shift_remove(&key).unwrap_or_default();
                    members.insert(HOSTILE[random.usize(..HOSTILE.len())].to_owned(), moved);
                }
                _ if goes_on => {
                    if let Some(member) = members.get_mut(&key) {
                        mutate(member, random, spare, depth + 1);
                    }
                }
                _ => *value = spare[random.usize(..spare.len())].clone(),
            }
        }
        Value::Array(items) if !items.is_empty() && goes_on => {
            let at = random.usize(..items.len());
            mutate(&mut items[at], random, spare, depth + 1);
        }
        _ => *value = spare[random.usize(..spare.len())].clone(),
    }
}

#[test]
fn nw_02_changed_documents_are_accepted_or_refused() {
    let mut random = fastrand::Rng::with_seed(19);
    let mut spare: Vec<Value> = HOSTILE.iter().map(|text| json!(text)).collect();
    spare.extend([
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!([]),
        json!({}),
        json!([null, {}]),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths" }),
        json!({ "$ref": "https://example.com/x" }),
        json!({ "type": ["null", 7] }),
        json!({ "type": "object", "required": [1, "x"] }),
        json!("array"),
        json!("integer"),
        json!(true),
    ]);
    let mut documents: Vec<Value> =
        HOSTILE.iter().take(4).enumerate().map(|(count, text)| with_text(text, count)).collect();
    // A part of a real document, so that each of many is read quickly.
    let mut real: Value = serde_json::from_slice(&fixture("adyen.json.gz")).unwrap();
    if let Some(paths) = real["paths"].as_object_mut() {
        let mut count = 0;
        paths.retain(|path, _| {
            count += 1;
            count % 5 == 0 || path.starts_with("/stores")
        });
    }
    documents.push(real);
    let mut proposals = 0;
    for round in 0..500 {
        let mut document = documents[round % documents.len()].clone();
        for _ in 0..random.usize(1..60) {
            mutate(&mut document, &mut random, &spare, 0);
        }
        // So that not every document is refused at once.
        if !document.is_object() {
            continue;
        }
        document["openapi"] = json!("3.0.3");
        proposals +=
            usize::from(accepted(document.to_string().as_bytes(), &format!("round {round}")).is_some());
    }
    assert!(proposals > 250, "{proposals} proposals");
    // Broken bytes: refused, or read as something.
    let whole = fixture("asana.yaml.gz");
    let part = &whole[..whole.len().min(60_000)];
    for round in 0..60 {
        let mut bytes = part.to_vec();
        for _ in 0..random.usize(1..20) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        bytes.truncate(random.usize(..bytes.len()));
        accepted(&bytes, &format!("bytes {round}"));
    }
}

#[test]
fn nw_06_the_file_has_the_settings_of_the_provider_and_no_secret() {
    let document = with_text("Things", 7).to_string();
    let proposal = propose(document.as_bytes(), None).unwrap();
    let google = KnownProvider {
        name: "Google",
        page: "providers/google.md",
        offline: Some("access_type=offline&prompt=consent"),
        ..provider()
    };
    let text = text::file(&basics(), &google, Some(&proposal), "");
    let (settings, _) =
        Settings::load(Some(&text), None, [("CLAIMCHECK_CLIENT_SECRET".to_owned(), "s".to_owned())]).unwrap();
    assert_eq!(settings.scopes, ["openid", "profile", "email", "Things", "things:read"]);
    assert!(text.contains("authorize_params") && text.contains("docs/providers/google.md"), "{text}");
    assert!(!text.contains("client_secret =") && text.contains("CLAIMCHECK_CLIENT_SECRET"), "{text}");
}
