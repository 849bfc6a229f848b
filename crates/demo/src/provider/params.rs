//! Parameters of OAuth requests: an empty value counts as absent, a repeated one is an error (RFC 6749 3.1).

use url::form_urlencoded;

/// Why a request is refused: the code and the description of an error (RFC 6749 5.2).
pub(super) type Refused = (&'static str, &'static str);

/// The decoded pairs of a query or a form body, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn parse(encoded: &str) -> Self {
        Self(
            form_urlencoded::parse(encoded.as_bytes())
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The value of a parameter; the first one if it is repeated (see [`Params::repeated`]).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether this parameter occurs more than once.
    pub(super) fn twice(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// Whether any parameter occurs more than once, except for `resource`, which may (RFC 8707 2).
    pub(super) fn repeated(&self) -> bool {
        self.0.iter().any(|(name, _)| name != "resource" && self.twice(name))
    }

    /// The same without a parameter.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }

    /// The same with one value for a parameter.
    pub(super) fn with(self, name: &str, value: &str) -> Self {
        let mut params = self.without(name);
        params.0.push((name.to_owned(), value.to_owned()));
        params
    }

    pub(super) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn empty_is_absent_and_twice_is_noticed() {
        let params = Params::parse("a=1&b=&c=x+y&resource=r&resource=s");
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), (Some("1"), None, Some("x y")));
        assert!(!params.repeated());
        assert!(Params::parse("a=1&a=1").repeated());
        assert_eq!(params.without("resource").with("a", "2").encode(), "c=x+y&a=2");
    }
}
