//! The strength of a sign-in (`acr` and `amr`, Core 2): with a password, or with an additional one-time code. Also
//! reads the strength that a request asks for; the page for the code is in `second_factor.rs`.

use serde::{Deserialize, Serialize};

/// The one-time code of all users.
pub const CODE: &str = "246810";

/// Weakest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Strength {
    #[default]
    Password,
    SecondFactor,
}

impl Strength {
    pub(super) const ALL: [Self; 2] = [Self::Password, Self::SecondFactor];

    /// The authentication context class (Core 2).
    pub(super) fn acr(self) -> &'static str {
        match self {
            Self::Password => "urn:harbour:acr:password",
            Self::SecondFactor => "urn:harbour:acr:second-factor",
        }
    }

    /// The methods, by their names in RFC 8176 2.
    pub(super) fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::SecondFactor => &["pwd", "otp"],
        }
    }

    /// The strength requested by `acr_values`: they are in order of preference, and the first known one counts (Core
    /// 3.1.2.1).
    pub(super) fn wished(acr_values: &str) -> Option<Self> {
        acr_values.split(' ').find_map(|wish| Self::ALL.into_iter().find(|strength| strength.acr() == wish))
    }
}
