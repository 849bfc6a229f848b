//! How changes of files are noticed: by looking at them about once a second, and only when they are at rest.

use std::{fs, os::unix::fs::symlink, time::Duration};

use super::STOCK;
use crate::support::{Following, World};

/// Longer than files must be at rest.
const REST: u64 = 1000;

/// A world whose boards are in `boards.d` as well.
async fn world() -> (World, Following) {
    let mut world = World::start().await;
    let first = STOCK.replace("stock", "first");
    let mut following =
        world.follow_with("boards = \"boards.d/*.toml\"\n", &[("boards.d/1.toml", &first)]).await;
    // What was read at the start is what there is.
    assert!(!following.look_at(0) && !following.look_at(REST) && !following.look_at(2 * REST));
    (world, following)
}

/// The boards of the navigation.
async fn boards(world: &World) -> Vec<String> {
    let (_, page) = world.signed_in("ada", "/account").await;
    let links = page.body.split("href=\"/boards/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut ids: Vec<_> = links.map(str::to_owned).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[tokio::test]
async fn rl_01_reload_notices_new_changed_and_removed_files() {
    let (world, mut files) = world().await;
    assert_eq!(boards(&world).await, ["first", "orders", "reports"]);
    files.write("boards.d/2.toml", STOCK);
    assert!(!files.look_at(3000), "it may not be complete");
    assert!(files.look_at(3000 + REST));
    assert_eq!(boards(&world).await, ["first", "orders", "reports", "stock"]);
    files.write("boards.d/1.toml", &STOCK.replace("stock", "second"));
    assert!(!files.look_at(5000) && files.look_at(5000 + REST));
    assert_eq!(boards(&world).await, ["orders", "reports", "second", "stock"]);
    fs::remove_file(files.folder().join("boards.d/1.toml")).unwrap();
    assert!(!files.look_at(7000) && files.look_at(7000 + REST));
    assert_eq!(boards(&world).await, ["orders", "reports", "stock"]);
    // Hidden files and other names are not boards.
    files.write("boards.d/.3.toml", "[[");
    files.write("boards.d/3.toml~", "[[");
    assert!(!files.look_at(9000) && !files.look_at(9000 + REST));
    assert_eq!(files.health().await["boards"].get("refused"), None);
    // The settings file as well, and files that it names from now on.
    files.change("boards.d/*.toml", "more.d/*.toml");
    files.write("more.d/1.toml", &STOCK.replace("stock", "more"));
    assert!(!files.look_at(11_000) && files.look_at(11_000 + REST));
    assert_eq!(boards(&world).await, ["more", "orders", "reports"]);
    assert!(!files.look_at(13_000) && !files.look_at(13_000 + REST));
    files.write("more.d/2.toml", STOCK);
    assert!(!files.look_at(15_000) && files.look_at(15_000 + REST));
    assert_eq!(boards(&world).await, ["more", "orders", "reports", "stock"]);
}

#[tokio::test]
async fn rl_02_reload_waits_while_a_file_is_being_written() {
    let (world, mut files) = world().await;
    let two = format!("{STOCK}{}", STOCK.replace("stock", "other"));
    // Each half is valid by itself.
    files.write("boards.d/2.toml", STOCK);
    assert!(!files.look_at(3000) && !files.look_at(3400));
    files.write("boards.d/2.toml", &two);
    assert!(!files.look_at(3500) && !files.look_at(4000), "it has changed a moment ago");
    assert!(files.look_at(3500 + REST));
    assert_eq!(boards(&world).await, ["first", "orders", "other", "reports", "stock"]);
    // An editor that truncates first: nothing is taken away.
    files.write("boards.d/2.toml", "");
    assert!(!files.look_at(5000) && !files.look_at(5000 + 2 * REST));
    files.write("boards.d/2.toml", &two);
    assert!(!files.look_at(7500) && !files.look_at(7500 + 2 * REST), "it is what it was");
    // A file that stays empty is meant to be.
    files.write("boards.d/2.toml", "");
    assert!(!files.look_at(10_000) && !files.look_at(15_000) && files.look_at(21_000));
    assert_eq!(boards(&world).await, ["first", "orders", "reports"]);
    // An empty file beside others delays nothing.
    files.write("boards.d/1.toml", &STOCK.replace("stock", "third"));
    assert!(!files.look_at(22_000) && files.look_at(22_000 + REST));
}

#[tokio::test]
async fn rl_01_reload_notices_replaced_files_and_exchanged_links_and_ignores_touched_ones() {
    let (world, mut files) = world().await;
    let folder = files.folder().join("boards.d");
    // As editors save: a temporary file takes the place of the old one, here of the same size.
    fs::write(folder.join(".tmp"), STOCK.replace("stock", "sixth")).unwrap();
    fs::rename(folder.join(".tmp"), folder.join("1.toml")).unwrap();
    assert!(!files.look_at(3000) && files.look_at(3000 + REST));
    assert_eq!(boards(&world).await, ["orders", "reports", "sixth"]);
    // The old file is away for a moment.
    fs::rename(folder.join("1.toml"), folder.join("1.toml~")).unwrap();
    assert!(!files.look_at(5000));
    fs::rename(folder.join("1.toml~"), folder.join("1.toml")).unwrap();
    assert!(!files.look_at(5200) && !files.look_at(5200 + REST));
    // Touched, with the same content.
    let text = fs::read_to_string(folder.join("1.toml")).unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    fs::write(folder.join("1.toml"), text).unwrap();
    assert!(!files.look_at(7000) && !files.look_at(7000 + REST));
    // A mounted ConfigMap: the files are links through `..data`, which is exchanged as a whole.
    for (name, board) in [("..1", "stock"), ("..2", "later")] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("map.toml"), STOCK.replace("stock", board)).unwrap();
    }
    symlink("..1", folder.join("..data")).unwrap();
    symlink("..data/map.toml", folder.join("map.toml")).unwrap();
    assert!(!files.look_at(9000) && files.look_at(9000 + REST));
    assert_eq!(boards(&world).await, ["orders", "reports", "sixth", "stock"]);
    symlink("..2", folder.join("..new")).unwrap();
    fs::rename(folder.join("..new"), folder.join("..data")).unwrap();
    assert!(!files.look_at(11_000) && files.look_at(11_000 + REST));
    assert_eq!(boards(&world).await, ["later", "orders", "reports", "sixth"]);
}

#[tokio::test]
async fn rl_01_reload_takes_up_corrected_files_by_themselves() {
    let (world, mut files) = world().await;
    files.write("boards.d/2.toml", "[[board]]\nid = \"stock\"\n");
    assert!(!files.look_at(3000) && !files.look_at(3000 + REST));
    assert!(files.health().await["boards"]["refused"]["mistakes"].as_u64() > Some(0));
    files.write("boards.d/2.toml", STOCK);
    assert!(!files.look_at(5000) && files.look_at(5000 + REST));
    assert_eq!(boards(&world).await, ["first", "orders", "reports", "stock"]);
    assert_eq!(files.health().await["boards"].get("refused"), None);
}
