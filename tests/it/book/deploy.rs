//! The files in `docs/operating/deploy`: the image, Compose and Kubernetes. Their variables are settings, their values are
//! accepted, and they agree with each other.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};
use serde_json::Value;

use super::{file, files_below, is_known, load, named, none};

const FOLDER: &str = "docs/operating/deploy";
const BOARD: &str = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\nget = \"/a\"\nrows = \"$[*]\"\n";
const KEY: (&str, &str) = ("CLAIMCHECK_SESSION_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

fn of(name: &str) -> String {
    file(&format!("{FOLDER}/{name}"))
}

fn yaml() -> BTreeMap<String, String> {
    let files = files_below(FOLDER, "yaml");
    assert!(files.len() >= 9, "the files were found");
    files
}

/// The texts of a YAML file in their order: keys and values.
fn scalars(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((Event::Scalar(scalar, ..), _)) => found.push(scalar.into_owned()),
            Ok(_) => {}
            Err(error) => panic!("{path}: {error}"),
        }
    }
    found
}

/// The variables of a file with their values: `NAME: value`, or `name: NAME` and `value: …`.
fn variables(path: &str, text: &str) -> Vec<(String, String)> {
    let scalars = scalars(path, text);
    let mut found = Vec::new();
    for (index, name) in scalars.iter().enumerate().filter(|(_, name)| name.starts_with("CLAIMCHECK_")) {
        let next = |after: usize| scalars.get(index + after).cloned().unwrap_or_default();
        found.push((name.clone(), if next(1) == "value" { next(2) } else { next(1) }));
    }
    found
}

/// The number after a key in a text.
fn number(text: &str, key: &str) -> u64 {
    let (_, rest) = text.split_once(key).unwrap_or_else(|| panic!("{key} is missing"));
    rest.trim_start_matches([':', ' '])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect::<String>()
        .parse()
        .unwrap()
}

#[test]
fn dp_04_every_variable_of_image_compose_and_manifests_is_a_setting_with_an_accepted_value() {
    let (demo, mut wrong, mut count) = (file("crates/demo/src/start.rs"), Vec::new(), 0);
    let mut texts = yaml();
    texts.insert(format!("{FOLDER}/Containerfile"), of("Containerfile"));
    for (path, text) in &texts {
        for name in named(text) {
            count += 1;
            let is_there = match name.strip_prefix("CLAIMCHECK_DEMO_") {
                Some(name) => demo.contains(&format!("\"{name}\"")),
                None => is_known(&name),
            };
            if !is_there {
                wrong.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(count > 25, "the variables were found");
    none(&wrong, "a variable has no effect");
    for (path, text) in &yaml() {
        for (name, value) in variables(path, text) {
            let is_literal =
                !value.contains('$') && !name.ends_with("_FILE") && !name.starts_with("CLAIMCHECK_DEMO_");
            if let (true, Err(error)) = (is_literal, load(BOARD, Some((&name, &value)))) {
                wrong.push(format!("{path}: {error}"));
            }
        }
    }
    none(&wrong, "a value is refused");
}

#[test]
fn dp_03_the_image_has_no_shell_another_user_than_root_and_asks_itself_for_its_health() {
    let text = of("Containerfile");
    for line in [
        "FROM scratch",
        "USER 65532:65532",
        "VOLUME /data",
        "STOPSIGNAL SIGTERM",
        "ENTRYPOINT [\"/usr/local/bin/claimcheck\"]",
        "CMD [\"serve\"]",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
    assert!(text.contains("CMD [\"/usr/local/bin/claimcheck\", \"health\"]"));
    assert_eq!(text.lines().filter(|line| line.starts_with("FROM") || line.starts_with("RUN")).count(), 1);
}

#[test]
fn dp_04_the_settings_files_beside_the_manifests_are_accepted() {
    load(&of("kubernetes/claimcheck.toml"), Some(KEY)).unwrap();
    load(&of("compose/keycloak.toml"), None).unwrap();
    let (compose, realm) = (of("compose/keycloak.yaml"), of("compose/realm.json"));
    let realm: Value = serde_json::from_str(&realm).unwrap();
    let client = &realm["clients"][0];
    let values: BTreeMap<_, _> = variables("keycloak.yaml", &compose).into_iter().collect();
    assert_eq!(client["clientId"], values["CLAIMCHECK_CLIENT_ID"].as_str());
    assert_eq!(client["secret"], values["CLAIMCHECK_CLIENT_SECRET"].as_str());
    assert_eq!(client["redirectUris"][0], format!("{}/auth/callback", values["CLAIMCHECK_PUBLIC_URL"]));
    assert!(values["CLAIMCHECK_ISSUER"].ends_with(&format!("/realms/{}", realm["realm"].as_str().unwrap())));
    let audience = &realm["clientScopes"][0]["protocolMappers"][0]["config"]["included.custom.audience"];
    assert!(
        file("crates/demo/src/start.rs").contains(&format!("AUDIENCE: &str = {audience};")),
        "{audience}"
    );
    let tools = file("setup/lib.sh");
    let (_, version) = tools.split_once("keycloak_version=").unwrap();
    let version = version.split([' ', '\n']).next().unwrap();
    assert!(
        compose.contains(&format!("quay.io/keycloak/keycloak:{version}\n")),
        "the tested version, {version}"
    );
}

#[test]
fn dp_04_pods_have_the_least_rights_and_the_time_to_finish() {
    let text = of("kubernetes/deployment.yaml");
    for part in [
        "replicas: 2",
        "maxUnavailable: 0",
        "runAsNonRoot: true",
        "runAsUser: 65532",
        "type: RuntimeDefault",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "drop: [ALL]",
        "automountServiceAccountToken: false",
        "path: /health/live, port: admin",
        "path: /health/ready, port: admin",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // Requests take up to 30 seconds, and what is under way up to 87.
    let (_, delay) = text.split_once("CLAIMCHECK_SHUTDOWN_DELAY").unwrap();
    assert!(number(&text, "terminationGracePeriodSeconds") >= number(delay, "value") + 30 + 87);
    let kustomization = of("kubernetes/kustomization.yaml");
    for (path, _) in files_below(&format!("{FOLDER}/kubernetes"), "yaml") {
        let name = path.rsplit('/').next().unwrap();
        assert!(
            name == "kustomization.yaml" || kustomization.contains(&format!("- {name}\n")),
            "{name} is not applied"
        );
    }
    assert!(kustomization.contains("disableNameSuffixHash: true"), "changed boards restart nothing");
}
