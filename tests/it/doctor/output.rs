//! The command: exit codes, lines and JSON.

use serde_json::Value;

use super::healthy;
use crate::{check::BOARD, support::hostile::HostileWorld};

/// Exit code and output of the program in a folder with this settings file.
async fn run(settings: &str, arguments: &[&str]) -> (i32, String) {
    let (settings, arguments) = (settings.to_owned(), arguments.join(" "));
    // The servers of the test run meanwhile.
    let output = tokio::task::spawn_blocking(move || {
        let folder = crate::check::Folder::with(&[("claimcheck.toml", &settings)]);
        let arguments: Vec<_> = arguments.split(' ').collect();
        folder.run(&arguments, &[("CLAIMCHECK_CLIENT_SECRET", "s:e%c&r+et")])
    })
    .await
    .unwrap();
    let code = output.status.code().unwrap();
    assert!(code == 2 || output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (code, String::from_utf8(output.stdout).unwrap())
}

fn settings(world: &HostileWorld) -> String {
    format!(
        "public_url = \"http://localhost:1\"\nissuer = \"{}\"\nclient_id = \"app\"\napi_url = \"{}\"\n\
         store = \"memory:\"\nadmin_listen = \"off\"\n{BOARD}",
        world.provider.origin(),
        world.api.origin()
    )
}

#[tokio::test]
async fn dr_10_doctor_prints_groups_of_checks_with_remedies_and_a_total() {
    let world = healthy().await;
    world.provider.script(|script| script.redirect_uri = Some("http://localhost:1/auth/callback"));
    let text = settings(&world);
    let (code, printed) = run(&text, &["doctor"]).await;
    assert_eq!(code, 0, "{printed}");
    let headings: Vec<_> =
        printed.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert_eq!(headings.len(), 8, "{printed}");
    assert_eq!(
        headings[..7],
        [
            "Settings",
            "Provider",
            "Client at the provider",
            "Sign-out and logout",
            "Store",
            "Public URL",
            "APIs"
        ]
    );
    assert!(headings[7].contains(" checks: ") && headings[7].ends_with(" skipped."), "{printed}");
    assert!(printed.contains("\n  ok       check"), "{printed}");
    assert!(printed.contains("\n  warning  operation"), "{printed}");
    let column = |line: &str, text: &str| line.find(text).unwrap();
    let lines: Vec<_> = printed.lines().filter(|line| line.starts_with("  ok ")).collect();
    let issuer = lines.iter().find(|line| line.contains(" issuer ")).unwrap();
    let pkce = lines.iter().find(|line| line.contains(" pkce ")).unwrap();
    assert_eq!(column(issuer, world.provider.origin()), column(pkce, "S256"), "{printed}");

    world.provider.script(|script| script.metadata.set("issuer", "https://other.example"));
    let (code, printed) = run(&text, &["doctor"]).await;
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("  mistake  issuer"), "{printed}");
    assert!(printed.contains("\n           set `issuer` to \"https://other.example\""), "{printed}");
    assert!(printed.contains("(issuer or CLAIMCHECK_ISSUER; docs/providers/other.md)"), "{printed}");
}

#[tokio::test]
async fn dr_10_doctor_prints_one_json_object_per_finding() {
    let world = healthy().await;
    world.provider.script(|script| script.redirect_uri = Some("https://dashboard.example.com/auth/callback"));
    let (code, printed) = run(&settings(&world), &["doctor", "--json"]).await;
    assert_eq!(code, 1, "{printed}");
    let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let members = "outcome check subject found remedy key variable file line page";
    for line in &lines {
        let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names.join(" "), members);
    }
    let finding = lines.iter().find(|line| line["check"] == "client.redirect_uri").unwrap();
    assert_eq!((&finding["outcome"], &finding["key"]), (&"mistake".into(), &"public_url".into()));
    assert_eq!(finding["variable"], "CLAIMCHECK_PUBLIC_URL");
    assert_eq!(finding["page"], "providers/other.md");
}

#[tokio::test]
async fn dr_10_doctor_stops_at_mistakes_in_the_settings_and_sends_nothing() {
    let world = healthy().await;
    let wrong = settings(&world).replace("client_id", "client_ids");
    let (code, printed) = run(&wrong, &["doctor"]).await;
    assert_eq!(code, 1, "{printed}");
    assert!(printed.starts_with("Settings\n  mistake  client_ids: check"), "{printed}");
    assert!(
        printed.contains("did you mean `client_id`?") && printed.contains("(line 3 of claimcheck.toml)"),
        "{printed}"
    );
    assert!(!printed.contains("Provider"), "{printed}");
    assert_eq!(world.provider.everything().len(), 0);
    let (code, printed) = run("", &["doctor", "--config", "absent.toml"]).await;
    assert_eq!(code, 2, "{printed}");
    assert_eq!(run("", &["doctor", "--jsn"]).await.0, 2);

    // A check needs no secrets, and this does.
    let folder = crate::check::Folder::with(&[("claimcheck.toml", &settings(&world))]);
    let output = folder.run(&["doctor", "--json"], &[]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), printed.lines().count()), (Some(1), 2), "{printed}");
    assert!(printed.contains("client_secret") && printed.contains("\"settings.secrets\""), "{printed}");
    assert_eq!(world.provider.everything().len(), 0);
}

#[test]
fn dr_10_the_example_of_the_book_has_lines_as_they_are_printed() {
    let page = include_str!("../../../docs/operating/doctor.md");
    let (_, example) = page.split_once("```text\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let mut lines = 0;
    for line in example.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let (outcome, rest) = line.trim().split_once(' ').unwrap();
        assert!(["ok", "warning", "mistake", "skipped"].contains(&outcome), "{line}");
        let name = rest.trim().split_once("  ").unwrap().0.rsplit(": ").next().unwrap().replace(' ', "_");
        assert!(page.contains(&format!(".{name}`")), "{line}");
        lines += 1;
    }
    assert!(lines > 10, "the example was found");
}
