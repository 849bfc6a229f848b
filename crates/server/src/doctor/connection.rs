//! Why a server could not be reached, and what to do about it. The cause is known as a text of the TLS library or of the
//! operating system.

use claimcheck_base::http_out::HttpOutError;

/// Parts of causes, and what to do.
const CAUSES: [(&[&str], &str); 8] = [
    (
        &["resolves to an address of this machine or of a private network"],
        "set `provider_base_url` if the provider has an internal address",
    ),
    (&["lookup", "dns", "resolve", "name or service"], "check the host name, and DNS where the server runs"),
    (&["expired"], "renew the certificate of that server; check the clock of this machine"),
    (
        &["notvalidforname", "not valid for name", "hostname"],
        "the certificate is for another name: use the name in the certificate, or renew it",
    ),
    (
        &["corruptmessage", "corrupt message", "invalidcontenttype"],
        "that port does not speak TLS: check port and scheme",
    ),
    (
        &["certificate", "unknownissuer", "invalid peer"],
        "set `ca_file` to the authority that signed the certificate; a self-signed certificate cannot be used otherwise",
    ),
    (&["refused"], "check that the server runs, and the port"),
    (&["proxy", "tunnel"], "check `proxy` and `no_proxy`"),
];
const OTHERWISE: &str = "check network and firewall between this machine and that server";

/// What happened in words, and what to do.
pub(super) fn explain(error: &HttpOutError) -> (String, &'static str) {
    let text = error.to_string();
    let lower = text.to_lowercase();
    let known = CAUSES.iter().find(|(parts, _)| parts.iter().any(|part| lower.contains(part)));
    let remedy = match error {
        HttpOutError::TooLarge(_) => {
            "check what is at this address: the response is too large for such a document"
        }
        _ => known.map_or(OTHERWISE, |(_, remedy)| remedy),
    };
    (text, remedy)
}

/// Whether the certificate of the server is the problem.
pub(super) fn is_about_certificate(error: &HttpOutError) -> bool {
    let text = error.to_string().to_lowercase();
    matches!(error, HttpOutError::Connect(_))
        && (text.contains("certificate") || text.contains("invalid peer"))
}

/// Whether nothing listens there.
pub(super) fn is_refused(error: &HttpOutError) -> bool {
    matches!(error, HttpOutError::Connect(cause) if cause.to_lowercase().contains("refused"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dr_08_doctor_each_cause_has_its_own_remedy() {
        let of = |cause: &str| explain(&HttpOutError::Connect(cause.to_owned())).1;
        for (cause, words) in [
            ("invalid peer certificate: UnknownIssuer", "ca_file"),
            ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "ca_file"),
            ("invalid peer certificate: certificate expired: verification time 1", "renew"),
            ("invalid peer certificate: NotValidForName", "another name"),
            ("invalid peer certificate: certificate not valid for name \"a\"", "another name"),
            ("received corrupt message of type InvalidContentType", "does not speak TLS"),
            ("failed to lookup address information: Name or service not known", "DNS"),
            ("Connection refused (os error 111)", "runs"),
            ("something else", "firewall"),
        ] {
            assert!(of(cause).contains(words), "{cause}: {}", of(cause));
        }
        assert!(explain(&HttpOutError::Timeout).1.contains("firewall"));
    }
}
