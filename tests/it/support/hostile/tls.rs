//! A private certificate authority for a test, and servers that use TLS with its certificates: valid ones, and ones
//! that must be refused.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer, version},
    server::TlsStream,
};

/// An issuer of certificates.
pub struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

/// A server's certificate, its key, and its TLS versions.
#[derive(Clone)]
pub struct Identity(Arc<ServerConfig>);

impl Authority {
    pub fn generate() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let name = claimcheck_base::random::text::<8>().unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }

    /// In the format of `ca_file`.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A valid one for a server of that name.
    pub fn identity(&self, name: &str) -> Identity {
        self.sign(params(name), false)
    }

    /// The same for a server that supports only TLS 1.2.
    pub fn identity_for_tls_12(&self, name: &str) -> Identity {
        self.sign(params(name), true)
    }

    /// One that expired in 2001.
    pub fn expired_identity(&self, name: &str) -> Identity {
        let mut params = params(name);
        (params.not_before, params.not_after) =
            (rcgen::date_time_ymd(2000, 1, 1), rcgen::date_time_ymd(2001, 1, 1));
        self.sign(params, false)
    }

    fn sign(&self, params: CertificateParams, is_old: bool) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity::of(&params.signed_by(&key, &self.certificate, &self.key).unwrap(), &key, is_old)
    }
}

impl Identity {
    /// A self-signed one.
    pub fn self_signed(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self::of(&params(name).self_signed(&key).unwrap(), &key, false)
    }

    fn of(certificate: &Certificate, key: &KeyPair, is_old: bool) -> Self {
        let versions = if is_old { vec![&version::TLS12] } else { vec![&version::TLS12, &version::TLS13] };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            );
        Self(Arc::new(config.unwrap()))
    }
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// Accepts connections of clients that trust its certificate.
pub(super) struct TlsListener {
    pub listener: TcpListener,
    pub identity: Identity,
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            let shaken = TlsAcceptor::from(self.identity.0.clone()).accept(stream);
            if let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_secs(2), shaken).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
