//! A listener: a TCP port, or a Unix socket with its file.

use std::{
    fs::{self, File, Permissions},
    io::{self, ErrorKind},
    net::SocketAddr,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
        net::UnixStream as BlockingUnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    time::sleep,
};
use tokio_util::either::Either;

use crate::config::{ListenAddress, UnixAddress};

/// The pause after a failed accept that no single client caused, such as when there are no files left.
const ACCEPT_RESTS: Duration = Duration::from_secs(1);

/// The bytes of a connection.
pub(super) type Stream = Either<TcpStream, UnixStream>;

/// Who has connected.
#[derive(Clone, Copy)]
pub(super) enum Peer {
    Ip(SocketAddr),
    /// A process of this machine that may write to the socket.
    Unix,
}

/// Where connections arrive.
#[derive(Debug)]
pub struct Listener(Kind);

#[derive(Debug)]
enum Kind {
    Ip(TcpListener),
    /// The file is removed first: while the listener is there, no other process replaces the file.
    Unix(SocketFile, UnixListener),
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self(Kind::Ip(listener))
    }
}

impl Listener {
    /// Listens at an address. The file of a socket that no process listens on any more is replaced.
    ///
    /// # Errors
    /// The address is in use or not available. Another file is never deleted.
    pub async fn bind(address: &ListenAddress) -> io::Result<Self> {
        Ok(Self(match address {
            ListenAddress::Ip(address) => Kind::Ip(TcpListener::bind(address).await?),
            ListenAddress::Unix(address) => {
                let (listener, file) = bind_socket(address)?;
                Kind::Unix(file, listener)
            }
        }))
    }

    /// Where it listens: with the port that the system chose.
    ///
    /// # Errors
    /// Those of the system.
    pub fn address(&self) -> io::Result<ListenAddress> {
        Ok(match &self.0 {
            Kind::Ip(listener) => ListenAddress::Ip(listener.local_addr()?),
            Kind::Unix(file, _) => ListenAddress::Unix(file.address.clone()),
        })
    }

    /// The IP address and the port.
    ///
    /// # Errors
    /// It is a socket.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.0 {
            Kind::Ip(listener) => listener.local_addr(),
            Kind::Unix(..) => Err(io::Error::new(ErrorKind::Unsupported, "a Unix socket has no port")),
        }
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> (Stream, Peer) {
        loop {
            let accepted = match &self.0 {
                Kind::Ip(listener) => {
                    listener.accept().await.map(|(stream, peer)| (Stream::Left(stream), Peer::Ip(peer)))
                }
                Kind::Unix(_, listener) => {
                    listener.accept().await.map(|(stream, _)| (Stream::Right(stream), Peer::Unix))
                }
            };
            match accepted {
                Ok(accepted) => return accepted,
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections");
                    sleep(ACCEPT_RESTS).await;
                }
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    [ErrorKind::ConnectionRefused, ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset]
        .contains(&error.kind())
}

/// The file of a socket; removed with its listener, unless another process has replaced it.
#[derive(Debug)]
struct SocketFile {
    address: UnixAddress,
    /// Device and inode.
    id: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if id(&self.address.path).is_ok_and(|found| found == self.id) {
            drop(fs::remove_file(&self.address.path));
        }
    }
}

fn id(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|found| (found.dev(), found.ino()))
}

fn bind_socket(address: &UnixAddress) -> io::Result<(UnixListener, SocketFile)> {
    let path = &address.path;
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    let is_folder = fs::metadata(&folder).is_ok_and(|found| found.is_dir());
    if !is_folder {
        let message =
            format!("there is no folder {}: create it, for the user of this program", folder.display());
        return Err(io::Error::new(ErrorKind::NotFound, message));
    }
    // Two processes that start at the same time do not remove each other's socket. File systems without locks have none.
    let _locked = File::open(&folder).and_then(|folder| folder.lock().map(|()| folder));
    remove_stale(path)?;
    let listener = UnixListener::bind(path)?;
    let file = SocketFile { id: id(path)?, address: address.clone() };
    fs::set_permissions(path, Permissions::from_mode(address.mode))?;
    Ok((listener, file))
}

/// Removes the socket of a process that has ended without removing it.
fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        let message = "the file is not a socket, so it is not replaced; delete it, or name another file";
        return Err(io::Error::new(ErrorKind::AlreadyExists, message));
    }
    match BlockingUnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            tracing::info!(event = "socket replaced", path = %path.display(), reason = "no process listens on it");
            fs::remove_file(path)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
        // The queue of a busy process is full.
        Ok(_) | Err(_) => Err(io::Error::new(
            ErrorKind::AddrInUse,
            "another process listens on the socket; stop it, or name another file",
        )),
    }
}
