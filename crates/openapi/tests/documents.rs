//! What is proposed for documents of real APIs; see `fixtures/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that panics has failed")]

use std::{
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use claimcheck_openapi::{Proposal, propose};

/// A fixture.
fn document(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn proposed(name: &str) -> Proposal {
    propose(&document(name), None).unwrap()
}

/// The table with this title.
fn table<'a>(boards: &'a toml::Table, title: &str) -> &'a toml::Value {
    let boards = boards["board"].as_array().unwrap();
    let mut panels = boards.iter().flat_map(|board| board["panel"].as_array().unwrap());
    panels.find(|panel| panel["title"].as_str() == Some(title)).unwrap_or_else(|| panic!("no table {title}"))
}

fn keys(panel: &toml::Value) -> Vec<&str> {
    panel["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect()
}

#[test]
fn nw_04_boards_of_box_in_json_and_openapi_3_0() {
    let proposal = proposed("box.json.gz");
    assert_eq!((proposal.title.as_str(), proposal.operations), ("Box Platform API", 294));
    assert_eq!(proposal.servers, ["https://api.box.com/2.0"]);
    let boards: toml::Table = proposal.text.parse().unwrap();
    assert_eq!(boards["board"].as_array().unwrap().len(), proposal.boards);
    let users = table(&boards, "Users");
    assert_eq!(users["rows"].as_str(), Some("$.entries[*]"));
    assert_eq!(users["total"].as_str(), Some("$.total_count"));
    assert_eq!(users["search"].as_str(), Some("filter_term"));
    assert_eq!(users["detail"].as_str(), Some("/users/{id}"));
    assert_eq!(users["page"]["offset"].as_str(), Some("offset"));
    assert_eq!(keys(users)[0], "name");
    // The form of the edit lacks members, and PUT may remove them: it is commented out.
    let (before, after) = proposal.text.split_once("# put = \"/users/{id}\"\n").unwrap();
    assert!(before.ends_with("the marks.\n# [[board.panel.action]]\n# label = \"Edit\"\n"), "{before}");
    let edit: toml::Table = after
        .lines()
        .map_while(|line| line.strip_prefix("# "))
        .collect::<Vec<_>>()
        .join("\n")
        .parse()
        .unwrap();
    let fields = edit["fields"].as_array().unwrap();
    let status = fields.iter().find(|field| field["key"].as_str() == Some("status"));
    assert_eq!(status.unwrap()["choices"].as_array().unwrap().len(), 4);
    // The members of a box are always sent, so a box whose state is not known is not offered.
    assert!(fields.iter().all(|field| field["key"].as_str() != Some("is_sync_enabled")));
    let policies = table(&boards, "Retention policies");
    assert_eq!(policies["page"]["cursor"].as_str(), Some("marker"));
    assert_eq!(policies["page"]["next"].as_str(), Some("$.next_marker"));
    assert!(proposal.text.contains("# delete = \"/users/{id}\"") && !proposal.text.contains("\ndelete = "));
    for left_out in [
        "POST /files/content",
        "GET /files/{file_id}/thumbnail.{extension}",
        "PUT /files/{file_id}#add_shared_link",
    ] {
        assert!(proposal.text.contains(left_out), "{left_out}");
    }
}

#[test]
fn nw_04_boards_of_asana_in_yaml_with_scopes() {
    let proposal = proposed("asana.yaml.gz");
    assert_eq!(proposal.operations, 247);
    assert!(proposal.scopes.contains(&"tasks:read".to_owned()), "{:?}", proposal.scopes);
    let boards: toml::Table = proposal.text.parse().unwrap();
    let tasks = table(&boards, "Tasks");
    assert_eq!(tasks["scope"].as_str(), Some("tasks:read"));
    // A list returns names only, unless it is asked for more.
    let selected = format!("/tasks?opt_fields={}", keys(tasks).join(","));
    assert_eq!(tasks["get"].as_str(), Some(selected.as_str()));
    assert_eq!((tasks["key"].as_str(), keys(tasks)[1]), (Some("gid"), "assignee.name"));
    assert_eq!(
        (tasks["page"]["cursor"].as_str(), tasks["page"]["next"].as_str()),
        (Some("offset"), Some("$.next_page.offset"))
    );
    // Its bodies are wrapped in `data`, which no form can send.
    assert!(proposal.text.contains("#   POST /tasks (data)"), "bodies in an envelope are named");
}

#[test]
fn nw_04_boards_of_adyen_in_json_and_openapi_3_1() {
    let proposal = proposed("adyen.json.gz");
    assert_eq!(proposal.operations, 134);
    assert!(proposal.notes[0].contains("X-API-Key"), "{:?}", proposal.notes);
    let boards: toml::Table = proposal.text.parse().unwrap();
    let stores = table(&boards, "Stores");
    assert_eq!(stores["page"]["page"].as_str(), Some("pageNumber"));
    assert_eq!(stores["total"].as_str(), Some("$.itemsTotal"));
    let labels: Vec<_> = table(&boards, "Merchants")["action"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| action["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels[0], "Activate");
    assert!(labels.len() <= 3, "{labels:?}");
    let titles: Vec<_> =
        boards["board"].as_array().unwrap().iter().map(|board| board["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Merchants"), "{titles:?}");
}

#[test]
fn nw_02_a_document_has_one_proposal_and_takes_little_time() {
    for name in ["box.json.gz", "asana.yaml.gz", "adyen.json.gz"] {
        let bytes = document(name);
        let begun = Instant::now();
        let first = propose(&bytes, None).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(120), "{name}");
        assert_eq!(first.text, propose(&bytes, None).unwrap().text, "{name}");
        assert!(!first.notes.iter().any(|note| note.contains("too often")), "{name}: {:?}", first.notes);
        let longest = first.text.lines().map(str::len).max().unwrap();
        assert!(longest < 20_000 && first.text.len() < 500_000, "{name}");
    }
}

#[test]
fn nw_01_references_and_alternatives_cannot_grow() {
    // Each schema names the next one many times, in every way.
    let mut schemas = serde_json::Map::new();
    for level in 0..40 {
        let next = serde_json::json!({ "$ref": format!("#/components/schemas/S{}", (level + 1) % 40) });
        let many = vec![next.clone(); 30];
        let members: serde_json::Map<_, _> =
            (0..30).map(|count| (format!("m{count}"), next.clone())).collect();
        schemas.insert(format!("S{level}"), serde_json::json!({ "allOf": many, "oneOf": many, "anyOf": many, "properties": members, "items": next }));
    }
    let paths: serde_json::Map<_, _> = (0..300)
        .map(|count| {
            let schema = serde_json::json!({ "$ref": "#/components/schemas/S0" });
            let json = serde_json::json!({ "application/json": { "schema": schema } });
            (format!("/things{count}"), serde_json::json!({ "get": { "responses": { "200": { "content": json } } }, "post": { "requestBody": { "content": json } } }))
        })
        .collect();
    let document =
        serde_json::json!({ "openapi": "3.1.0", "paths": paths, "components": { "schemas": schemas } });
    let begun = Instant::now();
    propose(document.to_string().as_bytes(), None).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(300), "{:?}", begun.elapsed());
}

/// Documents of several megabytes that use one large thing many times; each has to be read within seconds, in a release build on an idle
/// machine.
#[test]
fn nw_01_large_parts_that_are_used_often_take_little_time() {
    let text = serde_json::json!({ "type": "string" });
    let large = 8 << 20;
    let many: serde_json::Map<_, _> =
        (0..400_000).map(|count| (format!("p{count}"), serde_json::json!({}))).collect();
    let of_large: serde_json::Map<_, _> = (0..300)
        .map(|count| (format!("m{count}"), serde_json::json!({ "$ref": "#/components/schemas/Large" })))
        .collect();
    let words: Vec<_> = (0..1_000_000).map(|count| format!("w{count}")).collect();
    let names: Vec<_> = (0..500_000).map(|count| format!("p{count}")).collect();
    let long = "long ".repeat(large / 5);
    let variants: Vec<_> =
        (0..100).map(|_| serde_json::json!({ "$ref": "#/components/schemas/Many" })).collect();
    for (what, schemas) in [
        ("members", serde_json::json!({ "Row": { "properties": many } })),
        ("variants", serde_json::json!({ "Row": { "oneOf": variants }, "Many": { "properties": many } })),
        (
            "required",
            serde_json::json!({ "Row": { "properties": of_large, "required": names }, "Large": text }),
        ),
        (
            "enum",
            serde_json::json!({ "Row": { "properties": of_large }, "Large": { "type": "string", "enum": words } }),
        ),
        (
            "description",
            serde_json::json!({ "Row": { "properties": of_large }, "Large": { "type": "integer", "description": long } }),
        ),
        (
            "default",
            serde_json::json!({ "Row": { "properties": of_large }, "Large": { "type": "string", "default": long } }),
        ),
        (
            "long words",
            serde_json::json!({ "Row": { "properties": of_large }, "Large": { "type": "string", "enum": [long, "x"] } }),
        ),
        (
            "name",
            serde_json::json!({ "Row": { "properties": { long.clone(): text, "\u{200b}".repeat(large / 3): text, "id": text } } }),
        ),
    ] {
        let row = serde_json::json!({ "$ref": "#/components/schemas/Row" });
        let json = |schema: serde_json::Value| serde_json::json!({ "content": { "application/json": { "schema": schema } } });
        let list = json(serde_json::json!({ "type": "array", "items": row }));
        let paths: serde_json::Map<_, _> = (0..200)
            .map(|count| (format!("/things{count}"), serde_json::json!({ "get": { "responses": { "200": list } }, "post": { "requestBody": json(row.clone()) } })))
            .collect();
        let document =
            serde_json::json!({ "openapi": "3.1.0", "paths": paths, "components": { "schemas": schemas } });
        let bytes = document.to_string();
        let begun = Instant::now();
        propose(bytes.as_bytes(), None).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(300), "{what}: {:?}", begun.elapsed());
    }
}
