//! What operators do: commands, changes of files, start, stop, and rotation of the log.

use std::{fs, path::Path};

use claimcheck::{handlers::state::AppState, router};
use claimcheck_base::clock::Clock;
use claimcheck_server::{
    config::{AdminListen, Settings},
    operator::{self, Client, Command},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{line, text, valid, world};
use crate::support::{
    Following, new_folder,
    program::{self, ProgramSettings},
    until,
};

async fn client(services: &AppState) -> (Client, String) {
    let listener = operator::bind(AdminListen::at(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.as_ref().unwrap().local_addr().unwrap();
    let (admin, connections) = (router::admin(services.clone()), services.budget.admin.clone());
    tokio::spawn(operator::serve(listener, admin, CancellationToken::new(), connections));
    let settings = Settings { admin_listen: AdminListen::at(address), ..(*services.settings).clone() };
    (Client::new(&settings, services.clock.clone()).unwrap(), format!("http://{address}"))
}

fn read(path: &Path) -> Vec<Value> {
    valid(&fs::read_to_string(path).unwrap_or_default())
}

#[tokio::test]
async fn au_12_operator_commands_name_who_ran_them_and_what_they_ended() {
    let world = world("").await;
    let (_one, _) = world.signed_in("/account").await;
    let (_two, _) = world.signed_in("/account").await;
    let (client, address) = client(&world.services).await;
    let mut out = Vec::new();
    operator::run(Command::List { sub: None, json: true }, &client, &mut out).await.unwrap();
    let listed = line(&world, "operator.list", &[]).await;
    assert_eq!((listed["listed"].as_u64(), text(&listed, "client")), (Some(2), "127.0.0.1"));
    let references: Vec<String> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<operator::Line>(line).unwrap().reference)
        .collect();
    let end = Command::End { keys: Vec::new(), sub: Some("p-ada".into()), all: false, yes: true };
    operator::run(end, &client, &mut Vec::new()).await.unwrap();
    let ended = line(&world, "operator.end", &[("which", "sub")]).await;
    assert!(text(&ended, "of_sub") == "p-ada", "{ended}");
    let session = line(&world, "session.ended", &[("by", "operator")]).await;
    assert!(references.contains(&text(&session, "session").to_owned()), "{session}");
    assert_eq!(session["operator"], ended["operator"], "who ran the command is in each line");
    // A refused request has a line with its reason.
    let refused = program::client().get(format!("{address}/admin/sessions")).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let refused = line(&world, "operator.refused", &[]).await;
    assert!(!text(&refused, "reason").is_empty() && refused["operator"].is_null(), "{refused}");
}

#[tokio::test]
async fn au_12_changed_files_are_told_with_their_hash_also_if_they_are_refused() {
    const FILE: &str = "public_url = \"http://localhost:3000\"\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"a\"\n\
        client_secret = \"s\"\napi_url = \"http://127.0.0.1:9\"\nstore = \"memory:\"\naudit = \"file:FOLDER/audit.jsonl\"\n\
        [[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\nget = \"/\"\nvalue = \"$\"\n";
    let folder = new_folder();
    let (file, log) = (folder.join("claimcheck.toml"), folder.join("audit.jsonl"));
    fs::write(&file, FILE.replace("FOLDER", &folder.display().to_string())).unwrap();
    let (mut following, _, _) = Following::start(file.clone(), &Clock::fixed()).await;
    following.hang_up();
    following.change("title = \"A\"", "title = \"Other\"");
    assert!(following.hang_up());
    until(|| read(&log).len() == 1).await;
    following.change("kind = \"stat\"", "kind = \"made-up\"");
    assert!(!following.hang_up() && !following.hang_up());
    until(|| read(&log).len() == 2).await;
    let told = read(&log);
    let [taken, refused] = &told[..] else { panic!("{told:?}") };
    assert_eq!((text(taken, "outcome"), text(refused, "outcome")), ("success", "refused"));
    for line in [taken, refused] {
        assert_eq!(text(line, "event"), "settings.reloaded");
        assert_eq!(line["files"][0]["path"], file.display().to_string());
    }
    assert_ne!(taken["files"][0]["sha256"], refused["files"][0]["sha256"]);
    drop(fs::remove_dir_all(folder));
}

#[tokio::test]
async fn au_04_au_12_a_process_tells_start_and_stop_and_its_log_may_be_rotated() {
    let mut settings = ProgramSettings::with("0s").await;
    let (log, old) = (settings.folder.join("audit.jsonl"), settings.folder.join("audit.jsonl.1"));
    settings.add(&format!("audit = \"file:{}\"\n", log.display()));
    let mut server = settings.start().await;
    until(|| read(&log).len() == 1).await;
    fs::rename(&log, &old).unwrap();
    server.signal("-HUP");
    server.signal("-TERM");
    assert!(server.ended().await.success());
    let (before, after) = (read(&old), read(&log));
    assert_eq!((before.len(), text(&before[0], "event")), (1, "server.started"));
    assert_eq!(after.last().map(|line| text(line, "event")), Some("server.stopped"));
    assert_eq!(after.last().unwrap()["pid"], before[0]["pid"]);
    assert!(server.log().lines().all(|line| !line.contains("audit log not written")));
}
