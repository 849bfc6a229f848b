//! Changed files that are not taken up: those with mistakes, settings that only a restart takes up, and boards that need these.

use serde_json::json;

use super::STOCK;
use crate::support::{Following, World, log::OwnLog};

async fn world(more: &str) -> (World, Following) {
    let mut world = World::with(more).await;
    let following = world.follow().await;
    (world, following)
}

fn count(log: &OwnLog, text: &str) -> usize {
    log.text().matches(text).count()
}

#[tokio::test]
async fn rl_02_reload_reports_every_mistake_once_and_keeps_the_running_boards() {
    let (world, mut files) = world("").await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    let log = OwnLog::begin();
    let good = files.text();
    files.change("rows = \"$.orders[*]\"", "row = \"$.orders[*]\"\nsize = \"giant\"");
    assert!(!files.hang_up());
    let page = browser.open("/boards/orders").await;
    assert!(page.status.is_success() && page.body.contains("Total, €"), "{}", page.body);
    // As `check` prints them: key, line, what is wrong, and what to do.
    let line = good.lines().position(|line| line.starts_with("rows =")).unwrap() + 1;
    let text = log.text();
    for part in [
        format!("board[0].panel[0].row, line {line} of {}: unknown key", files.file.display()),
        "board[0].panel[0].size".to_owned(),
        "remedy=".to_owned(),
        format!("line={line}"),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
    assert_eq!(
        (count(&log, "event=\"boards refused\""), count(&log, "event=\"mistake in the files\"")),
        (1, 2)
    );
    let health = files.health().await;
    let refused = &health["boards"]["refused"];
    assert_eq!((&health["status"], &refused["mistakes"]), (&json!("ready"), &json!(2)), "{health}");
    assert!(refused["first"].as_str().unwrap().contains("board[0].panel[0]"), "{refused}");
    assert!(refused["since"].as_str().unwrap().ends_with('Z'));
    assert!(health["warnings"].to_string().contains("claimcheck check"), "{health}");
    // The same mistakes are not told again, other ones are.
    assert!(!files.hang_up() && !files.hang_up());
    assert_eq!(count(&log, "event=\"mistake in the files\""), 2, "{}", log.text());
    files.change("size = \"giant\"\n", "");
    assert!(!files.hang_up());
    assert_eq!(count(&log, "event=\"mistake in the files\""), 3, "{}", log.text());
    files.write("claimcheck.toml", &good);
    assert!(!files.hang_up(), "these are the boards that run");
    assert_eq!(count(&log, "event=\"boards unchanged\""), 1);
    let health = files.health().await;
    assert_eq!((health["boards"].get("refused"), &health["warnings"]), (None, &json!([])), "{health}");
}

#[tokio::test]
async fn rl_02_reload_refuses_files_that_a_start_would_refuse() {
    let (world, mut files) = world("").await;
    let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
    let good = files.text();
    let boards = good.find("[[board]]").unwrap();
    let half = good.get(..good.len() - 40).unwrap();
    for bad in [
        half,
        "",
        "[[board",
        "\u{0}",
        &format!("{good}\n[[board]]\nid = \"orders\"\ntitle = \"Twice\"\n"),
        &format!("boards = \"none/*.toml\"\n{good}"),
        &format!("issuer_ = 1\n{good}"),
        good.get(boards..).unwrap(),
    ] {
        files.write("claimcheck.toml", bad);
        assert!(!files.hang_up(), "{bad}");
        assert!(files.health().await["boards"]["refused"]["mistakes"].as_u64().unwrap() > 0, "{bad}");
        assert!(browser.open("/boards/orders").await.status.is_success());
    }
    std::fs::remove_file(&files.file).unwrap();
    assert!(!files.hang_up());
    let refused = files.health().await["boards"]["refused"]["first"].to_string();
    assert!(refused.contains("cannot read"), "{refused}");
    files.write("claimcheck.toml", &format!("{good}{STOCK}"));
    assert!(files.hang_up());
    assert!(browser.open("/boards/stock").await.status.is_success());
}

#[tokio::test]
async fn rl_03_reload_names_settings_that_only_a_restart_takes_up_and_takes_up_the_rest() {
    let (world, mut files) = world("").await;
    let log = OwnLog::begin();
    let changes = "idle_secs = 900\nnotice = \"Back at noon\"\nlog = \"info\"\n";
    files.write("claimcheck.toml", &format!("{changes}{}", files.text()));
    files.write(
        "claimcheck.toml",
        &format!("{}\n[brand]\nname = \"Other\"\n[claims]\nteam = \"$.team\"\n{STOCK}", files.text()),
    );
    assert!(files.hang_up(), "{}", log.text());
    // `log = "info"` is the default: it differs from nothing.
    assert_eq!(
        count(&log, "event=\"restart needed\" keys=\"brand.name, idle_secs, claims\""),
        1,
        "{}",
        log.text()
    );
    let (mut browser, page) = world.signed_in("ada", "/boards/stock").await;
    assert!(page.body.contains("Back at noon") && !page.body.contains("Other"), "{}", page.body);
    let health = files.health().await;
    assert_eq!(health["boards"]["restart_takes_up"], json!(["brand.name", "idle_secs", "claims"]));
    // Not told again while they are the same.
    files.change("title = \"Stock\"", "title = \"Goods\"");
    assert!(files.hang_up());
    assert_eq!(count(&log, "event=\"restart needed\""), 1);
    assert!(browser.open("/boards/stock").await.body.contains("Goods"));
    for (name, change) in [("client_secret", "s:e%c&r+et"), ("audience", "https://orders.demo.example")] {
        files.change(change, "another");
        assert!(!files.hang_up());
        assert!(files.health().await["boards"]["restart_takes_up"].to_string().contains(name));
    }
    assert!(!log.text().contains("s:e%c&r+et"), "no secret is logged");
}

#[tokio::test]
async fn rl_03_reload_refuses_boards_that_need_what_only_a_restart_takes_up() {
    let (world, mut files) = world("[claims]\nteam = \"$.team\"\n").await;
    let good = files.text();
    let with = |api: &str| STOCK.replace("kind = \"table\"", &format!("kind = \"table\"\n{api}"));
    let api =
        "\n[[api]]\nid = \"warehouse\"\ntitle = \"W\"\nurl = \"https://w.example.com\"\nauth = \"none\"\n";
    let action = "\n[[board.action]]\nlabel = \"Go\"\npost = \"/go\"\napi = \"warehouse\"\n";
    for (change, key, name) in [
        (format!("{good}{api}{}", with("api = \"warehouse\"")), "api", "warehouse"),
        (format!("{good}{api}{STOCK}{action}"), "api", "warehouse"),
        (
            good.replace("[claims]\n", "[claims]\nunit = \"$.unit\"\n")
                + &STOCK.replace("/orders", "/{claim.unit}/orders"),
            "claims",
            "unit",
        ),
        // The claim is known, but it is another one now.
        (
            good.replace("$.team", "$.tenant") + &STOCK.replace("/orders", "/{claim.team}/orders"),
            "claims",
            "team",
        ),
        // The board is for another API than the one that runs.
        (
            good.replace("api_url = \"http://127.0.0.1", "api_url = \"http://localhost") + STOCK,
            "api",
            "default",
        ),
    ] {
        files.write("claimcheck.toml", &change);
        assert!(!files.hang_up(), "{change}");
        let refused = files.health().await["boards"]["refused"]["first"].as_str().unwrap().to_owned();
        assert!(refused.starts_with(&format!("{key}, ")), "{refused}");
        assert!(refused.contains(&format!("`{name}`")) && refused.contains("board `stock`"), "{refused}");
        assert!(refused.contains("restart the server"), "{refused}");
    }
    // The same boards are taken up if what they use is what runs; boards that are what they were do not matter.
    files.write("claimcheck.toml", &(good.clone() + &STOCK.replace("/orders", "/{claim.team}/orders")));
    assert!(files.hang_up());
    let other_api = good.replace("api_url = \"http://127.0.0.1", "api_url = \"http://localhost");
    files.write("claimcheck.toml", &format!("notice = \"Moving\"\n{other_api}"));
    assert!(files.hang_up());
    assert!(world.browser().open("/").await.body.contains("Moving"));
    assert_eq!(files.health().await["boards"]["restart_takes_up"], json!(["api_url"]));
}

#[tokio::test]
async fn rl_03_reload_refuses_boards_while_the_rules_about_access_differ() {
    for (key, rule) in [
        ("allow", "[[allow]]\nemail_domain = \"example.com\"\n"),
        ("role_claims", "role_claims = \"groups\"\n"),
        ("access_token_roles", "access_token_roles = \"groups\"\n"),
    ] {
        let (world, mut files) = world("").await;
        let (mut browser, _) = world.signed_in("ada", "/boards/orders").await;
        let good = files.text();
        let with_rule = match rule.starts_with('[') {
            true => format!("{good}\n{rule}"),
            false => format!("{rule}{good}"),
        };
        files.write("claimcheck.toml", &format!("{with_rule}{STOCK}"));
        assert!(!files.hang_up(), "{key}");
        let refused = files.health().await["boards"]["refused"]["first"].to_string();
        assert!(refused.contains(key) && refused.contains("restart the server"), "{key}: {refused}");
        assert!(!browser.open("/boards/stock").await.status.is_success(), "{key}");
        // Without new or changed boards, the notice is taken up, and the rule waits for a restart.
        files.write("claimcheck.toml", &format!("notice = \"Soon\"\n{with_rule}"));
        assert!(files.hang_up(), "{key}");
        assert!(files.health().await["boards"]["restart_takes_up"].to_string().contains(key));
        // The same board without the rule.
        files.write("claimcheck.toml", &format!("{good}{STOCK}"));
        assert!(files.hang_up(), "{key}");
        assert!(browser.open("/boards/stock").await.status.is_success(), "{key}");
    }
}
