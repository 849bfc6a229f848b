//! How strongly someone has signed in here (`acr` and `amr`, Core 2): with a password, or with a one-time code after it.
//! What a request wishes for is read here, too; the page that asks for the code is in `second_factor.rs`.

use serde::{Deserialize, Serialize};

/// The one-time code of everyone here.
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

    /// What `acr_values` wish for: they stand in order of preference, and the first that is known counts (Core 3.1.2.1).
    pub(super) fn wished(acr_values: &str) -> Option<Self> {
        acr_values.split(' ').find_map(|wish| Self::ALL.into_iter().find(|strength| strength.acr() == wish))
    }
}
