//! Addresses to listen on: an IP address with a port, or a Unix socket. Also reads them without all other settings, for
//! commands that only ask a running server.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use crate::config::{
    AdminListen,
    row::Requirement,
    sources::Sources,
    table::ROWS,
    values::{Parsed, read_text},
};

/// What begins the value of a Unix socket.
const UNIX: &str = "unix:";
/// The longest path of a socket, in bytes: `sun_path` of Linux without the final zero (unix(7)).
const MAX_PATH: usize = 107;
/// Who may connect unless the value says otherwise: the server's user and its group.
const MODE: u32 = 0o660;

/// Where a listener is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    Ip(SocketAddr),
    Unix(UnixAddress),
}

/// A Unix socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixAddress {
    /// Absolute.
    pub path: PathBuf,
    /// The permissions of the file: users who may write to it may connect.
    pub mode: u32,
}

impl ListenAddress {
    /// The address to connect to from this machine; `None` if the system chooses the port. A server on all addresses of
    /// the machine is reachable on loopback, too.
    pub fn reachable(&self) -> Option<Self> {
        let Self::Ip(listens) = self else { return Some(self.clone()) };
        let ip = match listens.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        (listens.port() != 0).then(|| SocketAddr::new(ip, listens.port()).into())
    }

    /// The origin of URLs for requests to this address. The name does not matter to a socket.
    pub fn http_origin(&self) -> String {
        match self {
            Self::Ip(address) => format!("http://{address}"),
            Self::Unix(_) => "http://localhost".to_owned(),
        }
    }

    /// The file of the socket, if it is one.
    pub fn socket(&self) -> Option<&Path> {
        match self {
            Self::Ip(_) => None,
            Self::Unix(socket) => Some(&socket.path),
        }
    }

    /// Whether only this machine reaches it: a loopback address, or a socket.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Ip(address) => address.ip().to_canonical().is_loopback(),
            Self::Unix(_) => true,
        }
    }

    /// Whether two listeners cannot both be there.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ip(one), Self::Ip(other)) => one == other && one.port() != 0,
            _ => self.socket().is_some() && self.socket() == other.socket(),
        }
    }
}

impl From<SocketAddr> for ListenAddress {
    fn from(address: SocketAddr) -> Self {
        Self::Ip(address)
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Unix(socket) => write!(f, "{UNIX}{}", socket.path.display()),
        }
    }
}

/// The value of `listen`.
pub(super) fn listen(text: &str) -> Parsed<ListenAddress> {
    listen_address(text).unwrap_or_else(|| {
        Err("must be an IP address and a port, such as 127.0.0.1:3000 or [::]:8080, or a Unix socket, such as \
             unix:/run/claimcheck/http.sock"
            .to_owned())
    })
}

/// The value of `admin_listen`.
pub(super) fn admin_listen(text: &str) -> Parsed<AdminListen> {
    match text {
        "off" => Ok(AdminListen::Off),
        _ => match listen_address(text) {
            Some(address) => address.map(AdminListen::At),
            None => Err("must be an IP address and a port, such as 127.0.0.1:3900, a Unix socket, such as \
                         unix:/run/claimcheck/admin.sock, or off for no admin listener"
                .to_owned()),
        },
    }
}

/// Reads an address; `None` if it is neither of the two kinds.
fn listen_address(text: &str) -> Option<Parsed<ListenAddress>> {
    match text.strip_prefix(UNIX) {
        Some(rest) => Some(unix_address(rest).map(ListenAddress::Unix)),
        None => text.parse().ok().map(|address| Ok(ListenAddress::Ip(address))),
    }
}

fn unix_address(text: &str) -> Parsed<UnixAddress> {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    // Some programs write `unix:///run/…`.
    let path = path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
    let names_a_file = path.starts_with('/') && !path.ends_with('/') && !path.contains('\0');
    if !names_a_file || path.starts_with("//") {
        return Err(
            "must name the socket with an absolute path, such as unix:/run/claimcheck/http.sock".to_owned()
        );
    }
    if path.len() > MAX_PATH {
        return Err(format!(
            "names a socket with more than {MAX_PATH} bytes: the system allows no longer path"
        ));
    }
    let mode = match query {
        None => Some(MODE),
        Some(query) => query.strip_prefix("mode=").and_then(mode),
    };
    let mode = mode.ok_or(
        "may end in `?mode=` with the permissions of the socket in octal digits, from 600 to 777, such as ?mode=660",
    )?;
    Ok(UnixAddress { path: path.into(), mode })
}

/// Permissions that let the server's own user connect, because its commands do.
fn mode(text: &str) -> Option<u32> {
    let is_octal = matches!(text.len(), 3 | 4) && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    let mode = u32::from_str_radix(text, 8).ok().filter(|_| is_octal)?;
    (mode <= 0o777 && mode & 0o600 == 0o600).then_some(mode)
}

/// The listeners of a server, read without its other settings.
#[derive(Clone, Debug)]
pub struct Listeners {
    pub listen: ListenAddress,
    pub admin: AdminListen,
}

impl Listeners {
    /// Reads the two settings from the file and the environment.
    ///
    /// # Errors
    /// The file cannot be read, or one of the two has no valid value: the key, and what is wrong.
    pub fn read(
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, String> {
        let mut sources = Sources::new(env);
        if let Some(path) = file {
            sources.read_file(path);
        }
        sources.read_env();
        if sources.is_unreadable {
            let problem = sources.problems.first().map(ToString::to_string);
            return Err(problem.unwrap_or_else(|| "the settings file cannot be read".to_owned()));
        }
        let listen = read(&sources, "listen", listen)?;
        let admin = match (read(&sources, "admin_listen", admin_listen)?, sources.get("admin_listen")) {
            (AdminListen::At(address), None) => AdminListen::Default(address),
            (admin, _) => admin,
        };
        Ok(Self { listen, admin })
    }
}

/// The value of a setting with a default.
fn read<T>(sources: &Sources, key: &str, parse: fn(&str) -> Parsed<T>) -> Parsed<T> {
    let row = ROWS.iter().find(|row| row.key == key).ok_or_else(|| format!("{key} is no setting"))?;
    let Requirement::Default(default) = row.need else { return Err(format!("{key} has no default")) };
    let default = row.shape.content_of_text(default);
    let content = sources.get(key).map_or(&default, |raw| &raw.content);
    read_text(parse)(content).map_err(|message| format!("{key} {message}"))
}

#[cfg(test)]
mod tests {
    use super::{AdminListen, ListenAddress, Listeners, listen_address};

    fn address(text: &str) -> ListenAddress {
        listen_address(text).unwrap().unwrap()
    }

    #[test]
    fn dp_01_a_server_on_every_address_is_found_on_this_machine() {
        for (listens, found) in [
            ("0.0.0.0:3900", Some("127.0.0.1:3900")),
            ("[::]:3900", Some("[::1]:3900")),
            ("127.0.0.1:1", Some("127.0.0.1:1")),
            ("10.0.0.7:3900", Some("10.0.0.7:3900")),
            ("unix:/run/a.sock?mode=600", Some("unix:/run/a.sock")),
            ("0.0.0.0:0", None),
        ] {
            let reachable = address(listens).reachable().map(|found| found.to_string());
            assert_eq!(reachable.as_deref(), found, "{listens}");
        }
    }

    #[test]
    fn dp_02_a_socket_has_an_absolute_path_and_permissions() {
        for (text, path, mode) in [
            ("unix:/run/claimcheck/http.sock", "/run/claimcheck/http.sock", 0o660),
            ("unix:///run/http.sock?mode=0600", "/run/http.sock", 0o600),
            ("unix:/a?mode=777", "/a", 0o777),
        ] {
            let ListenAddress::Unix(found) = address(text) else { panic!("{text} is no socket") };
            assert_eq!((found.path.to_str().unwrap(), found.mode), (path, mode), "{text}");
        }
        let long = format!("unix:/{}", "a".repeat(107));
        for wrong in [
            "unix:",
            "unix:run/a.sock",
            "unix://run/a.sock",
            "unix:/run/",
            "unix:/a?mode=",
            "unix:/a?mode=060",
            "unix:/a?mode=888",
            "unix:/a?mode=66",
            "unix:/a?mode=1777",
            "unix:/a?mode=+60",
            "unix:/a?user=x",
            &long,
        ] {
            assert!(listen_address(wrong).unwrap().is_err(), "{wrong}");
        }
        assert!(listen_address(&long[..long.len() - 1]).unwrap().is_ok());
        assert!(
            ["3000", "localhost:3000", "/run/a.sock", "UNIX:/a"]
                .iter()
                .all(|text| listen_address(text).is_none())
        );
    }

    #[test]
    fn dp_01_the_listeners_are_read_although_other_settings_are_missing_or_wrong() {
        let of = |env: &[(&str, &str)]| {
            let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Listeners::read(None, env)
        };
        let found = of(&[("CLAIMCHECK_ISSUER", "nonsense")]).unwrap();
        assert_eq!(found.listen, address("127.0.0.1:3000"));
        assert_eq!(found.admin, AdminListen::Default(address("127.0.0.1:3900")));
        let found = of(&[("CLAIMCHECK_LISTEN", "unix:/run/a"), ("CLAIMCHECK_ADMIN_LISTEN", "off")]).unwrap();
        assert_eq!((found.listen, found.admin), (address("unix:/run/a"), AdminListen::Off));
        assert!(of(&[("CLAIMCHECK_LISTEN", "3000")]).unwrap_err().starts_with("listen must be"));
        assert!(Listeners::read(Some("/no/such/file".as_ref()), []).is_err());
    }
}
