//! Listening on Unix sockets, and `claimcheck health`: the program itself, as a process.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, net::UnixListener as BlockingListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use claimcheck_server::{
    budget::Connections,
    config::{AdminListen, ListenAddress, UnixAddress},
    http_server::{self, Door, Limits, Listener},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::oneshot,
};

use crate::support::{hostile::HostileWorld, load_settings, new_folder, new_key, port::Port};

/// The provider is not reachable: the server is ready, and says that it is degraded.
const SETTINGS: &str = "public_url = \"http://localhost:3000\"\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"app\"\n\
                        client_secret = \"secret\"\napi_url = \"http://127.0.0.1:9\"\nstore = \"memory:\"\n";
const BOARD: &str = "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\ntitle = \"Orders\"\nkind = \"table\"\n\
                     get = \"/orders\"\nrows = \"$[*]\"\n";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with settings; its servers are stopped and it is removed at the end.
struct Place {
    folder: PathBuf,
    key: String,
    servers: Vec<Child>,
}

impl Drop for Place {
    fn drop(&mut self) {
        for server in &mut self.servers {
            drop(server.kill());
            drop(server.wait());
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Place {
    fn new() -> Self {
        let folder = new_folder();
        fs::write(folder.join("claimcheck.toml"), format!("{SETTINGS}{BOARD}")).unwrap();
        Self { folder, key: new_key(), servers: Vec::new() }
    }

    fn socket(&self, name: &str) -> String {
        format!("unix:{}", self.folder.join(name).display())
    }

    fn command(&self, arguments: &[&str], listen: &str, admin: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("CLAIMCHECK_LISTEN", listen).env("CLAIMCHECK_ADMIN_LISTEN", admin);
        command.env("CLAIMCHECK_SESSION_KEYS", &self.key);
        command
    }

    /// Starts a server, and waits until it is ready.
    fn start(&mut self, listen: &str, admin: &str) -> &mut Child {
        let mut command = self.command(&["serve"], listen, admin);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.servers.push(child);
        let begun = Instant::now();
        while !self.health(listen, admin, &[]).status.success() {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.health(listen, admin, &[]));
            std::thread::sleep(Duration::from_millis(100));
        }
        self.servers.last_mut().unwrap()
    }

    /// A start that is refused: what it says.
    fn refused(&self, listen: &str) -> String {
        let output = self.command(&["serve"], listen, "off").output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// `claimcheck health` with nothing but the two addresses and the settings of the server.
    fn health(&self, listen: &str, admin: &str, flags: &[&str]) -> Output {
        self.command(&[&["health"], flags].concat(), listen, admin).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn dp_01_health_asks_the_server_with_the_same_addresses_and_says_why_it_is_not_ready() {
    let mut place = Place::new();
    let (port, admin) = (Port::keep(), Port::keep());
    let (listen, admin_listen) = (format!("0.0.0.0:{}", port.number), format!("127.0.0.1:{}", admin.number));
    for flags in [&[][..], &["--live"]] {
        let output = place.health(&listen, "off", flags);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(text(&output.stderr).contains(&format!("no server answers on 127.0.0.1:{}", port.number)));
    }
    place.start(&listen, &admin_listen);
    for admin in [admin_listen.as_str(), "off"] {
        assert_eq!(text(&place.health(&listen, admin, &[]).stdout), "degraded\n");
        assert_eq!(text(&place.health(&listen, admin, &["--live"]).stdout), "alive\n");
    }
    // No other setting matters.
    let mut bare = place.command(&["health", "--config", "/dev/null"], &listen, "off");
    assert!(bare.env("CLAIMCHECK_ISSUER", "nonsense").status().unwrap().success());
    for (listen, admin, said) in [
        ("127.0.0.1:0", "off", "port 0"),
        ("3000", "off", "listen must be"),
        ("unix:/no/such/socket", "off", "no server answers on unix:/no/such/socket"),
    ] {
        let output = place.health(listen, admin, &[]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let lines = text(&output.stderr);
        assert!(lines.contains(said) && lines.lines().count() == 1, "{lines}");
    }
}

#[test]
fn dp_01_health_fails_while_the_server_is_stopping_and_its_liveness_does_not() {
    let mut place = Place::new();
    let path = place.folder.join("claimcheck.toml");
    fs::write(path, format!("shutdown_delay = \"60s\"\n{SETTINGS}{BOARD}")).unwrap();
    let listen = place.socket("http.sock");
    let id = place.start(&listen, "off").id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let begun = Instant::now();
    let output = loop {
        let output = place.health(&listen, "off", &[]);
        if !output.status.success() {
            break output;
        }
        assert!(begun.elapsed() < PATIENCE);
    };
    let said = text(&output.stderr);
    assert!(said.contains("is not ready: the program is stopping (status 503)"), "{said}");
    assert!(place.health(&listen, "off", &["--live"]).status.success());
}

#[test]
fn dp_02_a_socket_of_a_dead_process_is_replaced_and_one_in_use_is_refused() {
    let mut place = Place::new();
    let (listen, admin) = (place.socket("http.sock?mode=600"), place.socket("admin.sock"));
    let [file, admin_file] = ["http.sock", "admin.sock"].map(|name| place.folder.join(name));
    place.start(&listen, &admin);
    let modes = [&file, &admin_file].map(|file| fs::metadata(file).unwrap().permissions().mode() & 0o7777);
    assert_eq!(modes, [0o600, 0o660]);
    let said = place.refused(&listen);
    assert!(said.contains("cannot listen on unix:") && said.contains("another process listens"), "{said}");
    // Commands reach the server through the socket.
    let list = place.command(&["sessions", "list"], &listen, &admin).output().unwrap();
    assert!(list.status.success(), "{list:?}");
    // Killed, it leaves its files; the next one replaces them.
    let server = place.servers.last_mut().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(file.exists() && admin_file.exists());
    assert_eq!(place.health(&listen, &admin, &[]).status.code(), Some(1));
    let server = place.start(&listen, &admin);
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    assert!(!file.exists() && !admin_file.exists(), "a server that is stopped removes its sockets");
}

#[test]
fn dp_02_a_file_that_is_no_socket_is_never_deleted() {
    let place = Place::new();
    let file = place.folder.join("notes");
    fs::write(&file, "mine").unwrap();
    std::os::unix::fs::symlink("notes", place.folder.join("link")).unwrap();
    for name in ["notes", "link"] {
        let said = place.refused(&place.socket(name));
        assert!(said.contains("not a socket") && said.contains("name another file"), "{name}: {said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    let said = place.refused(&place.socket("folder/http.sock"));
    assert!(said.contains("there is no folder") && said.contains("create it"), "{said}");
    // The socket of another program that listens is refused, too.
    let _other = BlockingListener::bind(place.folder.join("other")).unwrap();
    assert!(place.refused(&place.socket("other")).contains("another process listens"));
    assert!(place.folder.join("other").exists());
}

#[tokio::test]
async fn dp_02_a_listener_does_not_remove_the_socket_of_its_successor() {
    let place = Place::new();
    let path = place.folder.join("http.sock");
    let address = ListenAddress::Unix(UnixAddress { path: path.clone(), mode: 0o660 });
    let first = Listener::bind(&address).await.unwrap();
    assert_eq!((first.address().unwrap(), first.local_addr().is_err()), (address.clone(), true));
    fs::remove_file(&path).unwrap();
    let second = Listener::bind(&address).await.unwrap();
    drop(first);
    assert!(path.exists());
    drop(second);
    assert!(!path.exists());
}

/// The status of the start of a sign-in over a socket, for a client with this header.
async fn sign_in(path: &Path, forwarded: &str) -> u16 {
    let mut stream = UnixStream::connect(path).await.unwrap();
    let request = format!(
        "GET /auth/sign-in HTTP/1.1\r\nhost: localhost:3000\r\n{forwarded}sec-fetch-mode: navigate\r\n\
         sec-fetch-dest: document\r\naccept: text/html\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn dp_02_what_connects_to_a_socket_is_a_trusted_proxy_and_no_share_limits_it() {
    let world = HostileWorld::with("sign_in_rate = 2\n").await;
    let place = Place::new();
    let path = place.folder.join("http.sock");
    let address = ListenAddress::Unix(UnixAddress { path: path.clone(), mode: 0o660 });
    let listener = Listener::bind(&address).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    // With so few places, one network has a share of them; a proxy may have them all.
    let door = Door::direct(Connections::of(8, 2));
    let serving =
        tokio::spawn(http_server::serve(listener, world.app.clone(), stopped, Limits::default(), door));
    let mut held = Vec::new();
    for _ in 0..7 {
        held.push(UnixStream::connect(&path).await.unwrap());
    }
    let one = "x-forwarded-for: 198.51.100.9, 203.0.113.7\r\n";
    assert_eq!([sign_in(&path, one).await, sign_in(&path, one).await], [303, 303]);
    assert_eq!(sign_in(&path, one).await, 429);
    assert_eq!(sign_in(&path, "x-forwarded-for: 203.0.113.8\r\n").await, 303, "another client");
    // Without the header, all clients are one.
    assert_eq!(
        [sign_in(&path, "").await, sign_in(&path, "").await, sign_in(&path, "").await],
        [303, 303, 429]
    );
    drop(held);
    stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap();
    assert!(!path.exists());
}

#[test]
fn dp_02_settings_name_sockets_and_both_listeners_need_their_own() {
    let of = |more: &str| load_settings(&format!("{more}\n{BOARD}"), None);
    let production = "public_url = \"https://dashboard.example.com\"\nsession_keys = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"\n";
    let in_production = |more: &str| {
        let (settings, warnings) = of(&format!("{production}{more}")).unwrap();
        (settings, warnings.iter().any(|warning| warning.key == "trusted_proxies"))
    };
    let (settings, warns) =
        in_production("listen = \"unix:/run/a.sock\"\nadmin_listen = \"unix:/run/b.sock?mode=600\"");
    assert!(!warns && settings.listen.is_local());
    assert!(
        matches!(&settings.admin_listen, AdminListen::At(ListenAddress::Unix(admin)) if admin.mode == 0o600)
    );
    assert!(in_production("listen = \"127.0.0.1:3000\"").1, "a port needs trusted_proxies");
    let refused =
        of("listen = \"unix:/run/a.sock\"\nadmin_listen = \"unix:/run/a.sock?mode=600\"").unwrap_err();
    assert!(refused.to_string().contains("must not be the same as listen"), "{refused}");
}
