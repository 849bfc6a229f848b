//! Links that carry a query. The browser build has no URL crate, and this is all it needs of one.

/// `path?name=value&…`, every name and value percent-encoded; empty values are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        link.push(if link.contains('?') { '&' } else { '?' });
        encode_into(&mut link, name);
        link.push('=');
        encode_into(&mut link, value);
    }
    link
}

/// Everything but RFC 3986's unreserved characters becomes `%XX`.
fn encode_into(link: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            link.push(char::from(byte));
        } else {
            link.push('%');
            link.push(char::from(HEX[usize::from(byte >> 4)]));
            link.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn what_a_person_typed_stays_in_its_value() {
        let link = with_query("/boards/orders", &[("q", "a&b=c #ø"), ("sort", ""), ("order", "desc")]);
        assert_eq!(link, "/boards/orders?q=a%26b%3Dc%20%23%C3%B8&order=desc");
        assert_eq!(with_query("/account", &[("q", "")]), "/account");
    }
}
