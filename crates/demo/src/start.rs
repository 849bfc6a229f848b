//! Starts the demo servers from the command line: their variables, their data folder, and the settings of a dashboard
//! that uses them. Variables that start with `CLAIMCHECK_DEMO_` are for the demo only.

use std::{collections::HashMap, future::Future, io, net::SocketAddr, path::PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::sync::watch;

use crate::{Api, Error, Provider, api, provider};

const PREFIX: &str = "CLAIMCHECK_DEMO_";
/// The dashboard's own variable: the client is registered with its URLs, unless `CLIENT_ORIGIN` is set.
const PUBLIC_URL: &str = "CLAIMCHECK_PUBLIC_URL";
const AUDIENCE: &str = "https://orders.demo.example";
const WAREHOUSE: &str = "https://warehouse.demo.example";
/// Not all scopes: the others are requested when they are needed.
const SCOPES: &str =
    "openid profile email offline_access orders:read orders:ship service:write reports:read payouts:write";
const CLIENT_ID: &str = "claimcheck-demo";
/// Not a secret: the provider has made-up users and listens on loopback only.
const CLIENT_SECRET: &str = "claimcheck-demo-secret";
/// The file in the data folder that holds the key.
const SESSION_KEY: &str = "session.key";
const BOARDS: &str = include_str!("boards.toml");

/// The servers of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum StandIn {
    Provider,
    Api,
}

impl StandIn {
    pub const ALL: [Self; 2] = [Self::Provider, Self::Api];
}

/// The demo servers, ready to run.
pub struct Demo {
    provider: provider::Options,
    api: api::Options,
    data_dir: PathBuf,
    session_key: String,
    /// The public URL of the dashboard, without a slash at its end.
    origin: String,
}

impl Demo {
    /// The demo that was started with the same variables in the same folder. Creates nothing.
    ///
    /// # Errors
    /// There is no such demo; otherwise as [`Self::prepare`].
    pub fn find(env: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let env: Vec<_> = env.into_iter().collect();
        let data_dir = data_dir(&Variables::of(env.clone()));
        if !data_dir.join(SESSION_KEY).is_file() {
            return Err(Error::NoDemo(data_dir));
        }
        Self::prepare(env)
    }

    /// Reads the demo's variables, and creates its data folder.
    ///
    /// # Errors
    /// An invalid variable, by name; or a folder that is not writable.
    pub fn prepare(env: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let env: Vec<_> = env.into_iter().collect();
        let public_url =
            env.iter().find(|(name, url)| name == PUBLIC_URL && !url.is_empty()).map(|(_, url)| url.clone());
        let variables = Variables::of(env);
        let data_dir = data_dir(&variables);
        let public_url = public_url.unwrap_or_else(|| "http://localhost:3000".to_owned());
        let origin = variables.get("CLIENT_ORIGIN", public_url.trim_end_matches('/'));
        let provider_listen: SocketAddr = variables.parse("PROVIDER_LISTEN", "127.0.0.1:3001")?;
        let issuer = variables.get("ISSUER", &format!("http://{provider_listen}"));
        let api_issuers = variables.get("API_ISSUER", &issuer);
        Ok(Self {
            session_key: session_key(&data_dir).map_err(|error| Error::Data(data_dir.clone(), error))?,
            provider: provider::Options {
                listen: provider_listen,
                is_published: variables.parse("PUBLISHED", "false")?,
                issuer,
                data_dir: data_dir.join("provider"),
                clients: vec![provider::Client {
                    id: CLIENT_ID.to_owned(),
                    secret: CLIENT_SECRET.to_owned(),
                    redirect_uris: vec![format!("{origin}/auth/callback")],
                    post_logout_redirect_uris: vec![format!("{origin}/")],
                    back_channel_logout_uri: Some(format!("{origin}/auth/back-channel-logout")),
                    name: "Order desk".to_owned(),
                }],
                resources: vec![
                    provider::Resource::new(
                        AUDIENCE,
                        &["orders:read", "orders:ship", "service:write", "reports:read", "payouts:write"],
                    ),
                    provider::Resource::new(WAREHOUSE, &["deliveries:read", "deliveries:receive"]),
                ],
                access_token_secs: variables.parse("ACCESS_TOKEN_SECS", "120")?,
                authorities: variables.certificates("CA_FILE")?,
                ..provider::Options::default()
            },
            api: api::Options {
                listen: variables.parse("API_LISTEN", "127.0.0.1:3002")?,
                audience: AUDIENCE.to_owned(),
                warehouse_audience: WAREHOUSE.to_owned(),
                issuers: api_issuers.split_whitespace().map(str::to_owned).collect(),
                authorities: variables.certificates("CA_FILE")?,
            },
            data_dir,
            origin,
        })
    }

    /// Printed when the demo starts.
    pub fn welcome(&self) -> String {
        format!(
            "Open {} and sign in as Ada Okafor, Jonas Lind, Mei Tanaka or Sam Ortiz.\n\
             Every demo user has the password demo and the one-time code 246810.",
            self.origin
        )
    }

    /// The settings file of a dashboard that uses the demo servers (TOML). As for any file, variables override it.
    pub fn dashboard_settings(&self) -> String {
        let (_, boards) = split_boards();
        format!("{}{boards}", self.settings_without_boards())
    }

    /// The same for other boards: with the claims and the headers that they may use.
    pub fn settings_without_boards(&self) -> String {
        let store = self.data_dir.join("sessions.db");
        let values = [
            ("public_url", self.origin.clone()),
            ("issuer", self.provider.issuer.clone()),
            ("client_id", CLIENT_ID.to_owned()),
            ("client_secret", CLIENT_SECRET.to_owned()),
            ("scopes", SCOPES.to_owned()),
            ("resource", AUDIENCE.to_owned()),
            ("id_token_algs", "ES256".to_owned()),
            ("api_url", format!("http://{}", self.api.listen)),
            ("store", format!("sqlite:{}", store.display())),
            ("session_keys", self.session_key.clone()),
            // Every user of the demo has one of these.
            ("inspect_role", "orders:manager orders:clerk warehouse visitor".to_owned()),
        ];
        let lines: String = values.iter().map(|(key, value)| format!("{key} = {value:?}\n")).collect();
        let warehouse = format!(
            "[[api]]\nid = \"warehouse\"\ntitle = {{ en = \"Warehouse\", de = \"Lager\" }}\nurl = \"http://{}/warehouse\"\nresource = \"{WAREHOUSE}\"\n\
             scopes = [\"deliveries:read\"]\n# As some APIs require: which tenant a request is for. The value is a claim of the user.\n\
             headers = {{ X-Department = \"{{claim.department}}\" }}\n",
            self.api.listen
        );
        format!("{lines}\n{warehouse}\n{}", split_boards().0)
    }

    /// The folder with the demo's data.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// Runs these servers until `shutdown`.
    pub async fn run(self, stand_ins: &[StandIn], shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        let (stop, stopped) = watch::channel(());
        let wait = |mut stopped: watch::Receiver<()>| async move { drop(stopped.changed().await) };
        let provider = async {
            match stand_ins.contains(&StandIn::Provider) {
                true => Provider::bind(self.provider).await?.serve(wait(stopped.clone())).await,
                false => Ok(()),
            }
        };
        let api = async {
            match stand_ins.contains(&StandIn::Api) {
                true => Api::bind(self.api).await?.serve(wait(stopped.clone())).await,
                false => Ok(()),
            }
        };
        let signal = async {
            shutdown.await;
            drop(stop);
            Ok(())
        };
        tokio::try_join!(provider, api, signal).map(|_| ())
    }
}

/// What the boards of the demo have in common, and the boards.
fn split_boards() -> (&'static str, &'static str) {
    BOARDS.split_at(BOARDS.find("[[board]]").unwrap_or(BOARDS.len()))
}

fn data_dir(variables: &Variables) -> PathBuf {
    variables.get("DATA", "claimcheck-demo").into()
}

/// The dashboard's session key: created once, so that a restart signs nobody out.
fn session_key(data_dir: &std::path::Path) -> io::Result<String> {
    let file = data_dir.join(SESSION_KEY);
    match std::fs::read_to_string(&file) {
        Ok(key) => Ok(key.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
            let key = BASE64_STANDARD.encode(key);
            std::fs::create_dir_all(data_dir)?;
            write_private(&file, &key)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

fn write_private(file: &std::path::Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?
        .write_all(text.as_bytes())
}

/// The demo's own variables, without their prefix; an empty one is unset.
struct Variables(HashMap<String, String>);

impl Variables {
    fn of(env: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |(name, value): (String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value));
        Self(env.into_iter().filter_map(ours).filter(|(_, value)| !value.is_empty()).collect())
    }

    fn get(&self, name: &str, default: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| default.to_owned())
    }

    fn parse<T: std::str::FromStr>(&self, name: &str, default: &str) -> Result<T, Error> {
        let text = self.get(name, default);
        text.parse().map_err(|_| Error::Variable { name: format!("{PREFIX}{name}"), text })
    }

    /// The certificates of a PEM file; empty if none is named.
    fn certificates(&self, name: &str) -> Result<Vec<reqwest::Certificate>, Error> {
        let file = self.get(name, "");
        if file.is_empty() {
            return Ok(Vec::new());
        }
        let found =
            std::fs::read(&file).ok().and_then(|pem| reqwest::Certificate::from_pem_bundle(&pem).ok());
        let is_none = || Error::Variable { name: format!("{PREFIX}{name}"), text: file };
        found.filter(|found| !found.is_empty()).ok_or_else(is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> (String, String) {
        (format!("{PREFIX}{name}"), value.to_owned())
    }

    #[test]
    fn r26_the_demo_registers_the_client_below_the_path_of_the_dashboard() {
        let folder = std::env::temp_dir().join(format!("claimcheck-demo-path-{}", std::process::id()));
        let data = variable("DATA", &folder.display().to_string());
        let registered = |more: &[(String, String)]| {
            let env = more.iter().cloned().chain([data.clone()]);
            let demo = Demo::prepare(env).unwrap();
            let client = demo.provider.clients.first().unwrap();
            assert!(demo.welcome().contains(&format!("Open {} and", demo.origin)));
            [&client.redirect_uris[0], &client.post_logout_redirect_uris[0]].map(String::clone)
        };
        let public_url = |url: &str| (PUBLIC_URL.to_owned(), url.to_owned());
        for (env, address) in [
            (vec![], "http://localhost:3000"),
            (vec![public_url("")], "http://localhost:3000"),
            (vec![public_url("http://localhost:3000/dash")], "http://localhost:3000/dash"),
            (vec![public_url("http://localhost:3000/dash/")], "http://localhost:3000/dash"),
            (
                vec![
                    public_url("http://localhost:3000/a"),
                    variable("CLIENT_ORIGIN", "http://localhost:1/b"),
                ],
                "http://localhost:1/b",
            ),
        ] {
            assert_eq!(registered(&env), [format!("{address}/auth/callback"), format!("{address}/")]);
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_wrong_variable_is_refused_by_name_and_a_right_one_is_taken() {
        let folder = std::env::temp_dir().join(format!("claimcheck-demo-start-{}", std::process::id()));
        let data = || variable("DATA", &folder.display().to_string());
        let nowhere = Demo::find([data()]).err().unwrap().to_string();
        assert!(nowhere.contains("CLAIMCHECK_DEMO_DATA") && !folder.exists(), "{nowhere}");
        let wrong = Demo::prepare([data(), variable("API_LISTEN", "here")]).err().unwrap().to_string();
        assert!(wrong.contains("CLAIMCHECK_DEMO_API_LISTEN"), "{wrong}");
        let first = Demo::prepare([data(), variable("API_LISTEN", "127.0.0.1:4000")]).unwrap();
        assert_eq!(first.api.listen.port(), 4000);
        let wrong = Demo::prepare([data(), variable("CA_FILE", "Cargo.toml")]).err().unwrap().to_string();
        assert!(wrong.contains("CLAIMCHECK_DEMO_CA_FILE"), "{wrong}");
        let second = Demo::find([data()]).unwrap();
        assert_eq!(first.session_key, second.session_key, "a restart signs nobody out");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
