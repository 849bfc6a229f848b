//! Lines for syslog: to the local service as `syslog(3)` writes them, which journald and rsyslog both read; to a server in
//! the format of RFC 5424, over UDP (RFC 5426) or TCP with the length before each message (RFC 6587 3.4.1). A crate for
//! this would bring its own dates, host names and log levels for these few lines.

use std::{
    fs,
    io::{self, Write},
    net::{TcpStream, ToSocketAddrs, UdpSocket},
    os::unix::net::UnixDatagram,
    path::PathBuf,
    process,
    time::Duration,
};

use jiff::Timestamp;
use url::Url;

use crate::audit::sink::Sink;

/// Where the local service listens.
pub(super) const LOCAL_SOCKET: &str = "/dev/log";
/// Facility 10, "security/authorization messages", severity 5, "normal but significant condition" (RFC 5424 6.2.1).
const PRIORITY: u8 = 10 * 8 + 5;
const APP: &str = "claimcheck";
/// How long connecting, and one write, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A syslog server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyslogServer {
    host: String,
    port: u16,
    is_tcp: bool,
}

impl SyslogServer {
    /// `syslog+udp://HOST:PORT` or `syslog+tcp://HOST:PORT`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_plain = ["", "/"].contains(&url.path())
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host_str().filter(|host| is_plain && !host.is_empty())?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { host, port: url.port()?, is_tcp: url.scheme() == "syslog+tcp" })
    }
}

enum Connection {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

/// The local service.
pub(super) struct Local {
    socket: PathBuf,
    open: Option<UnixDatagram>,
}

impl Local {
    pub(super) fn new(socket: PathBuf) -> Self {
        Self { socket, open: None }
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let open = UnixDatagram::unbound()?;
                open.connect(&self.socket)?;
                open.set_write_timeout(Some(PATIENCE))?;
                open
            }
        };
        open.send(message)?;
        self.open = Some(open);
        Ok(())
    }
}

impl Sink for Local {
    fn write(&mut self, line: &str) -> io::Result<()> {
        let time = Timestamp::now().strftime("%b %e %H:%M:%S");
        let message = format!("<{PRIORITY}>{time} {APP}[{}]: {}", process::id(), line.trim_end());
        let was_open = self.open.is_some();
        match self.send(message.as_bytes()) {
            // The service has been started again since the last line.
            Err(_) if was_open => self.send(message.as_bytes()),
            sent => sent,
        }
    }
}

/// A syslog server.
pub(super) struct Remote {
    server: SyslogServer,
    host_name: String,
    open: Option<Connection>,
}

impl Remote {
    pub(super) fn new(server: SyslogServer) -> Self {
        let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let name: String = name.chars().filter(char::is_ascii_graphic).take(255).collect();
        // "-": none (RFC 5424 6.2.4).
        let host_name = if name.is_empty() { "-".to_owned() } else { name };
        Self { server, host_name, open: None }
    }

    fn connect(&self) -> io::Result<Connection> {
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in (self.server.host.as_str(), self.server.port).to_socket_addrs()? {
            let connected = match self.server.is_tcp {
                true => TcpStream::connect_timeout(&address, PATIENCE).and_then(|stream| {
                    stream.set_write_timeout(Some(PATIENCE))?;
                    Ok(Connection::Tcp(stream))
                }),
                false => {
                    let any = if address.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
                    UdpSocket::bind(any).and_then(|socket| {
                        socket.connect(address)?;
                        Ok(Connection::Udp(socket))
                    })
                }
            };
            match connected {
                Ok(connection) => return Ok(connection),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn send(&mut self, message: &str) -> io::Result<()> {
        let mut open = match self.open.take().filter(is_usable) {
            Some(open) => open,
            None => self.connect()?,
        };
        match &mut open {
            Connection::Udp(socket) => socket.send(message.as_bytes()).map(drop)?,
            Connection::Tcp(stream) => stream.write_all(format!("{} {message}", message.len()).as_bytes())?,
        }
        self.open = Some(open);
        Ok(())
    }
}

impl Sink for Remote {
    fn write(&mut self, line: &str) -> io::Result<()> {
        let (time, host) = (Timestamp::now(), &self.host_name);
        let (pid, text) = (process::id(), line.trim_end());
        let message = format!("<{PRIORITY}>1 {time:.6} {host} {APP} {pid} audit - {text}");
        let was_open = self.open.is_some();
        match self.send(&message) {
            Err(_) if was_open => self.send(&message),
            sent => sent,
        }
    }
}

/// Whether the server has not closed the connection: the first write after that would be lost without an error. It sends
/// nothing else.
fn is_usable(open: &Connection) -> bool {
    let Connection::Tcp(stream) = open else { return true };
    let is_quiet = stream.set_nonblocking(true).is_ok()
        && matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
    is_quiet && stream.set_nonblocking(false).is_ok()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read},
        net::TcpListener,
    };

    use super::*;

    const LINE: &str = "{\"v\":1,\"event\":\"consent\"}\n";

    fn server(scheme: &str, port: u16) -> Remote {
        Remote::new(SyslogServer::parse(&format!("syslog+{scheme}://127.0.0.1:{port}")).unwrap())
    }

    #[test]
    fn au_06_a_datagram_is_one_message_of_rfc_5424() {
        let there = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut sink = server("udp", there.local_addr().unwrap().port());
        sink.write(LINE).unwrap();
        let mut bytes = [0; 2000];
        let length = there.recv(&mut bytes).unwrap();
        let message = String::from_utf8(bytes[..length].to_vec()).unwrap();
        let parts: Vec<_> = message.splitn(8, ' ').collect();
        assert_eq!(
            (parts[0], parts[3], parts[5], parts[6]),
            ("<85>1", "claimcheck", "audit", "-"),
            "{message}"
        );
        assert!(parts[1].ends_with('Z') && parts[1].contains('T'), "{message}");
        assert_eq!(parts[7], LINE.trim_end());
    }

    #[test]
    fn au_06_over_tcp_each_message_has_its_length_and_a_closed_connection_loses_none() {
        let there = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sink = server("tcp", there.local_addr().unwrap().port());
        for round in 0..2 {
            sink.write(LINE).unwrap();
            let (stream, _) = there.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut length = Vec::new();
            reader.read_until(b' ', &mut length).unwrap();
            let length: usize = String::from_utf8(length).unwrap().trim().parse().unwrap();
            let mut message = vec![0; length];
            reader.read_exact(&mut message).unwrap();
            assert!(message.ends_with(LINE.trim_end().as_bytes()), "round {round}");
            drop(reader);
            // The end of the connection has arrived once the socket is readable.
            let Some(Connection::Tcp(stream)) = &sink.open else { panic!("no connection") };
            assert_eq!(stream.peek(&mut [0]).unwrap(), 0);
        }
        drop(there);
        assert!(sink.write(LINE).is_err());
    }

    #[test]
    fn au_06_the_local_service_gets_the_usual_form_and_may_be_started_again() {
        let path = std::env::temp_dir().join(format!("claimcheck-syslog-{}", process::id()));
        let mut sink = Local::new(path.clone());
        assert!(sink.write(LINE).is_err(), "there is none");
        for _ in 0..2 {
            let there = UnixDatagram::bind(&path).unwrap();
            sink.write(LINE).unwrap();
            let mut bytes = [0; 2000];
            let length = there.recv(&mut bytes).unwrap();
            let message = String::from_utf8(bytes[..length].to_vec()).unwrap();
            let (head, text) = message.split_once("]: ").unwrap();
            assert!(
                head.starts_with("<85>") && head.ends_with(&format!(" claimcheck[{}", process::id())),
                "{head}"
            );
            assert_eq!(text, LINE.trim_end());
            drop(there);
            fs::remove_file(&path).unwrap();
        }
    }
}
