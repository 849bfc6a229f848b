//! `claimcheck new`, by the program itself: questions, documents from files and servers, and what it writes.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};

use crate::{
    check::Folder,
    support::hostile::{HostileWorld, Raw},
};

/// A document with one collection.
const DOCUMENT: &str = r#"{
  "openapi": "3.1.0",
  "info": { "title": "Orders", "version": "1" },
  "servers": [{ "url": "https://api.example.com/v1/" }],
  "security": [{ "login": ["orders:read"] }],
  "paths": {
    "/orders": {
      "get": { "responses": { "200": { "content": { "application/json": { "schema": { "properties": {
        "orders": { "type": "array", "items": { "properties": {
          "id": { "type": "string" }, "customer": { "type": "string" }, "status": { "type": "string" } } } },
        "total": { "type": "integer" } } } } } } } }
    },
    "/orders/{id}": { "delete": { "responses": {} } }
  },
  "components": { "securitySchemes": { "login": { "type": "openIdConnect" } } }
}"#;
/// A document in YAML, with a server that is relative to its URL.
const YAML: &str = "openapi: 3.0.3
servers: [{ url: ../v1 }]
paths:
  /orders:
    get:
      responses:
        200:
          content:
            application/json:
              schema: { type: array, items: { type: object, properties: { id: { type: integer } } } }
";
/// Nothing listens there.
const NOBODY: &str = "http://127.0.0.1:9";

/// A server that answers each path with a status, headers and a body.
fn serve(answer: impl Fn(&str, &str) -> (u16, String, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let own = origin.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut first = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            drop(reader.read_line(&mut first));
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, headers, body) = answer(&own, &path);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
            );
            drop(stream.write_all(format!("{head}{body}").as_bytes()));
        }
    });
    origin
}

/// The exit code and both outputs.
fn run(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let output = folder.run(&[&["new"], arguments].concat(), &[]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A file of a folder.
fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn nw_06_a_file_is_written_once_checked_and_never_overwritten() {
    let folder = Folder::with(&[("openapi.json", DOCUMENT)]);
    let flags = ["--openapi", "openapi.json", "--issuer", NOBODY, "--client-id", "dashboard", "--yes"];
    let (code, out, _) = run(&folder, &flags);
    assert_eq!(code, 0, "{out}");
    for expected in [
        "claimcheck.toml has been written.",
        "1 board, 1 panel, 0 actions, 1 commented out",
        "The settings are valid, with 1 board.",
        "The issuer cannot be reached now",
        "http://localhost:3000/auth/callback",
        "claimcheck serve",
    ] {
        assert!(out.contains(expected), "{expected}: {out}");
    }
    let text = read(&folder, "claimcheck.toml");
    for expected in [
        "#:schema ./claimcheck.schema.json\n",
        "api_url = \"https://api.example.com/v1\"\n",
        "scopes = [\"openid\", \"profile\", \"email\", \"offline_access\", \"orders:read\"]\n",
        "rows = \"$.orders[*]\"\n",
        "# delete = \"/orders/{id}\"\n",
        "CLAIMCHECK_CLIENT_SECRET",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let (code, findings) = folder.check(&[]);
    assert_eq!((code, findings.iter().filter(|finding| finding["severity"] == "mistake").count()), (0, 0));
    // A second run keeps it, and so does one that names it.
    for more in [&[][..], &["claimcheck.toml"]] {
        let (code, _, errors) = run(&folder, &[more, &flags].concat());
        assert!(
            code == 1 && errors.contains("claimcheck.toml exists") && errors.contains("--force"),
            "{errors}"
        );
    }
    assert_eq!(read(&folder, "claimcheck.toml"), text);
    let (code, out, _) =
        run(&folder, &[&flags[..], &["--force", "--public-url", "https://dashboard.example.com"]].concat());
    assert_eq!(code, 0, "{out}");
    assert!(read(&folder, "claimcheck.toml").contains("public_url = \"https://dashboard.example.com\""));
    // Another file is named in the commands.
    let (code, out, _) = run(&folder, &[&["other.toml"], &flags[..]].concat());
    assert!(code == 0 && out.contains("claimcheck doctor --config other.toml"), "{out}");
}

#[test]
fn nw_06_what_is_missing_or_wrong_is_named_and_nothing_is_written() {
    let swagger = r#"{"swagger":"2.0","paths":{}}"#;
    let folder =
        Folder::with(&[("openapi.json", DOCUMENT), ("swagger.json", swagger), ("text.txt", "hello")]);
    for (arguments, code, expected) in [
        (&["--yes"][..], 2, "missing: --issuer, --client-id, --api"),
        (&[], 2, "missing: --issuer, --client-id, --api"),
        (&["--openapi", "openapi.json", "--issuer", NOBODY], 2, "missing: --client-id"),
        (&["--openapi", "swagger.json"], 1, "Convert it first"),
        (&["--openapi", "text.txt"], 1, "no OpenAPI document"),
        (&["--openapi", "nowhere.json"], 1, "nowhere.json: "),
        (&["--issuer", "not a URL", "--client-id", "x", "--api", "https://api.example.com"], 1, "issuer"),
        (&["--issuer", NOBODY, "--client-id", "x", "--api", "http://api.example.com"], 1, "api_url"),
        (
            &[
                "--issuer",
                NOBODY,
                "--client-id",
                "x",
                "--api",
                "https://a.example",
                "--public-url",
                "http://b.example",
            ],
            1,
            "public_url",
        ),
    ] {
        let (found, out, errors) = run(&folder, arguments);
        assert!(
            found == code && format!("{out}{errors}").contains(expected),
            "{arguments:?}: {found} {out}{errors}"
        );
        assert!(!folder.path().join("claimcheck.toml").exists(), "{arguments:?}");
    }
    // A variable that would override the file is not used for it: the values themselves are read, and it is named.
    let overrides = [("CLAIMCHECK_ISSUER", "not a URL either"), ("CLAIMCHECK_BOARDS", "nowhere.d/*.toml")];
    let output = folder.run(
        &["new", "other.toml", "--issuer", NOBODY, "--client-id", "x", "--api", "https://a.example"],
        &overrides,
    );
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{out}");
    assert!(out.contains("override the file: CLAIMCHECK_ISSUER, CLAIMCHECK_BOARDS."), "{out}");
    assert!(read(&folder, "other.toml").contains("issuer = \"http://127.0.0.1:9\""));
    // Without a document the file has an example, and the same values made right are accepted.
    let right = ["--issuer", NOBODY, "--client-id", "x", "--api", "https://a.example"];
    let (code, out, _) = run(&folder, &right);
    assert!(code == 0 && read(&folder, "claimcheck.toml").contains("# [[board]]"), "{out}");
}

#[test]
fn nw_06_documents_and_issuers_are_read_from_servers() {
    let provider = serve(|own, path| match path {
        "/.well-known/openid-configuration" => {
            let body = format!(
                r#"{{"issuer":"{own}/","authorization_endpoint":"{own}/authorize",
                "token_endpoint":"{own}/oauth/token","jwks_uri":"{own}/.well-known/jwks.json"}}"#
            );
            (200, "content-type: application/json\r\n".to_owned(), body)
        }
        _ => (404, String::new(), String::new()),
    });
    let files = serve(|own, path| match path {
        "/latest" => (302, format!("location: {own}/v1/openapi.yaml\r\n"), String::new()),
        "/v1/openapi.yaml" => (200, String::new(), YAML.to_owned()),
        "/loop" => (302, "location: /loop\r\n".to_owned(), String::new()),
        "/huge" => (200, String::new(), "x".repeat(33 * 1024 * 1024)),
        _ => (500, String::new(), String::new()),
    });
    let folder = Folder::with(&[]);
    let flags = ["--issuer", provider.as_str(), "--client-id", "x", "--yes", "--openapi"];
    for (path, expected) in
        [("/loop", "too many redirects"), ("/huge", "larger than 32 MB"), ("/gone", "status 500")]
    {
        let (code, _, errors) = run(&folder, &[&flags[..], &[&format!("{files}{path}")]].concat());
        assert!(code == 1 && errors.contains(expected), "{path}: {errors}");
    }
    let (code, out, _) = run(&folder, &[&flags[..], &[&format!("{files}/latest")]].concat());
    assert_eq!(code, 0, "{out}");
    // Its slash is corrected, and its endpoints are those of a provider with a page in the book.
    assert!(
        out.contains("It is Auth0. See docs/providers/auth0.md.") && out.contains("Allowed Callback URLs"),
        "{out}"
    );
    let text = read(&folder, "claimcheck.toml");
    assert!(text.contains(&format!("issuer = \"{provider}/\"\n")), "{text}");
    assert!(text.contains(&format!("api_url = \"{files}/v1\"\n")) && text.contains("# audience ="), "{text}");
    drop(fs::remove_file(folder.path().join("claimcheck.toml")));
}

#[tokio::test]
async fn nw_04_a_proposed_board_shows_the_rows_of_the_api_and_sends_its_actions() {
    let row = json!({ "type": "object", "required": ["id"], "properties": {
        "id": { "type": "string" }, "etag": { "type": "string" }, "number": { "type": "string" },
        "customer": { "properties": { "id": { "type": "string" }, "name": { "type": "string" } } },
        "status": { "enum": ["open", "paid"] }, "amount_cents": { "type": "integer" }, "currency": { "type": "string" },
        "due_on": { "type": ["string", "null"], "format": "date" } } });
    let list = json!({ "type": "object", "properties": {
        "invoices": { "type": "array", "items": row },
        "meta": { "properties": { "total": { "type": "integer" } } } } });
    let content = |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
    let parameters = json!([
        { "name": "page[size]", "in": "query", "schema": { "type": "integer", "maximum": 2 } },
        { "name": "page[number]", "in": "query", "schema": { "type": "integer" } },
        { "name": "search", "in": "query", "schema": { "type": "string" } }
    ]);
    let note = json!({ "type": "object", "required": ["text"], "properties": {
        "text": { "type": "string", "maxLength": 20 },
        "urgent": { "type": "boolean", "default": false } } });
    let document = json!({ "openapi": "3.1.0", "servers": [{ "url": "https://api.example.com" }], "paths": {
        "/invoices": { "get": { "parameters": parameters, "responses": { "200": content(&list) } } },
        "/invoices/{invoice_id}/remind": { "post": { "requestBody": content(&note), "responses": {} } } } });
    let folder = Folder::with(&[("openapi.json", &document.to_string())]);
    let (code, out, _) = run(&folder, &["--openapi", "openapi.json", "--issuer", NOBODY, "--client-id", "x"]);
    assert_eq!(code, 0, "{out}");
    let file = read(&folder, "claimcheck.toml");
    let boards = file.find("\n[[board]]").map(|at| file.split_at(at).1).unwrap();

    let world = HostileWorld::with(boards).await;
    let invoice = |id: u32| {
        json!({
            "id": format!("i{id}"), "number": format!("2026-{id}"), "customer": { "id": "c1", "name": "Birch & Sons" },
            "status": "open", "amount_cents": 129_900, "currency": "EUR", "due_on": "2026-04-01"
        })
    };
    let answer = json!({ "invoices": [invoice(1), invoice(2)], "meta": { "total": 5 } });
    world
        .api
        .script(|script| script.answers.insert("/invoices".to_owned(), Raw::json(200, &answer.to_string())));
    let (mut browser, page) = world.signed_in("/boards/invoices?invoices.q=birch&invoices.page=2").await;
    for shown in ["2026-1", "Birch &amp; Sons", "1,299.00", "1 Apr 2026", "Remind", "5 rows"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let asked = world.api.calls().last().map(|call| call.query.clone()).unwrap_or_default();
    for sent in ["search=birch", "page%5Bsize%5D=2", "page%5Bnumber%5D=2"] {
        assert!(asked.contains(sent), "{asked}");
    }
    let form = browser.get("/boards/invoices/rows/invoices/actions/remind?key=i1").await;
    assert!(form.body.contains("Urgent") && form.body.contains("Remind"), "{}", form.body);
}
