//! Why somebody may not see or do something, in words: what they lack, or how the API wants them to have signed in.
//! In pieces, so that a panel can set names and quotes apart and a plain page can say the same.

use claimcheck_model::{AccessDenied, AppError, StepUpChallenge};
use leptos::prelude::*;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    Words(&'static str),
    /// A name that a machine reads.
    Code(String),
    /// A name that people read.
    Name(String),
    /// What an API says, as it says it.
    Quote(String),
    /// A length of time.
    Time(String),
}

impl TextPart {
    /// As plain text.
    pub fn text(&self) -> String {
        match self {
            TextPart::Words(words) => (*words).to_owned(),
            TextPart::Code(text) | TextPart::Name(text) | TextPart::Time(text) => text.clone(),
            TextPart::Quote(text) => format!("\u{201c}{text}\u{201d}"),
        }
    }

    /// As markup.
    pub fn view(self) -> AnyView {
        match self {
            TextPart::Words(words) => words.into_any(),
            TextPart::Code(text) => view! { <code>{text}</code> }.into_any(),
            TextPart::Name(text) => view! { <strong>{text}</strong> }.into_any(),
            TextPart::Quote(text) => view! { <q>{text}</q> }.into_any(),
            TextPart::Time(text) => text.into_any(),
        }
    }
}

/// Why, as far as it is known; nothing for other failures. `was_refused`: the provider was asked for it and did not
/// grant it.
pub fn reason(error: &AppError, was_refused: bool) -> Vec<TextPart> {
    use TextPart::{Code, Name, Quote, Words};
    let one_of = |names: &[String]| listed(names.iter().map(|name| Name(name.clone())), " or ");
    let mut pieces = match error {
        AppError::Forbidden(AccessDenied::Scope(scope)) => vec![
            Words(if was_refused {
                "Your provider did not grant "
            } else {
                "Your sign-in does not include "
            }),
            Code(scope.clone()),
        ],
        AppError::Forbidden(AccessDenied::Role(roles)) => {
            let begin = match roles.len() {
                1 => "This is for people with the role ",
                _ => "This is for people with one of the roles ",
            };
            [vec![Words(begin)], one_of(roles)].concat()
        }
        AppError::Forbidden(AccessDenied::Claim { name, is }) => {
            [vec![Words("This is for people whose "), Name(name.clone()), Words(" is ")], one_of(is)].concat()
        }
        AppError::Forbidden(AccessDenied::Said(words)) => {
            return vec![Words("The API says: "), Quote(words.clone())];
        }
        AppError::Forbidden(AccessDenied::Token(api) | AccessDenied::RefreshToken(api)) => {
            vec![Words("Your sign-in provider gives no access to "), Name(api.clone())]
        }
        AppError::Forbidden(AccessDenied::StillRefused) => {
            vec![Words("The API still is not satisfied, although you have signed in as it asks")]
        }
        AppError::Forbidden(AccessDenied::Unsaid) => vec![Words("The API keeps this from your account")],
        AppError::StepUp(demand) => {
            [vec![Words("The API wants ")], listed(wanted(demand).into_iter(), " and ")].concat()
        }
        _ => return Vec::new(),
    };
    pieces.push(Words("."));
    pieces
}

/// How the API wants the sign-in to have been.
fn wanted(demand: &StepUpChallenge) -> Vec<TextPart> {
    let is_second_factor = |acr: &String| {
        let acr = acr.to_ascii_lowercase();
        ["second-factor", "two-factor", "multi-factor", "multifactor", "mfa", "2fa"]
            .iter()
            .any(|word| acr.contains(word))
    };
    let strength = demand.acr_values.first().map(|most_wanted| match is_second_factor(most_wanted) {
        true => TextPart::Words("a second factor"),
        false => TextPart::Words("a stronger sign-in"),
    });
    let freshness = demand.max_age_secs.map(|secs| match secs {
        0 => TextPart::Words("a fresh sign-in"),
        secs => TextPart::Time(format!("a sign-in at most {} ago", length(secs))),
    });
    let pieces: Vec<_> = strength.into_iter().chain(freshness).collect();
    if pieces.is_empty() { vec![TextPart::Words("a fresh sign-in")] } else { pieces }
}

/// "5 minutes": in the largest unit that says it exactly.
fn length(secs: u32) -> String {
    let (number, unit) = match secs {
        secs if secs.is_multiple_of(3600) => (secs / 3600, "hour"),
        secs if secs.is_multiple_of(60) => (secs / 60, "minute"),
        secs => (secs, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// "a, b or c".
fn listed(items: impl Iterator<Item = TextPart>, last: &'static str) -> Vec<TextPart> {
    let items: Vec<_> = items.collect();
    let count = items.len();
    let mut pieces = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match index {
            0 => {}
            index if index + 1 == count => pieces.push(TextPart::Words(last)),
            _ => pieces.push(TextPart::Words(", ")),
        }
        pieces.push(item);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &AppError, was_refused: bool) -> String {
        reason(error, was_refused).iter().map(TextPart::text).collect()
    }

    #[test]
    fn what_is_lacking_is_named() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let claim = |is: &[&str]| AccessDenied::Claim { name: "Department".into(), is: names(is) };
        for (lack, words) in [
            (AccessDenied::Role(names(&["finance"])), "This is for people with the role finance."),
            (
                AccessDenied::Role(names(&["a", "b", "c"])),
                "This is for people with one of the roles a, b or c.",
            ),
            (claim(&["Finance"]), "This is for people whose Department is Finance."),
            (claim(&["Finance", "Sales"]), "This is for people whose Department is Finance or Sales."),
            (AccessDenied::Said("Not on Sundays.".into()), "The API says: \u{201c}Not on Sundays.\u{201d}"),
            (AccessDenied::Unsaid, "The API keeps this from your account."),
            (AccessDenied::Scope("a:b c".into()), "Your sign-in does not include a:b c."),
        ] {
            assert_eq!(said(&AppError::Forbidden(lack), false), words);
        }
        let refused = said(&AppError::Forbidden(AccessDenied::Scope("a:b".into())), true);
        assert_eq!(refused, "Your provider did not grant a:b.");
        assert!(reason(&AppError::ApiUnavailable, false).is_empty());
    }

    #[test]
    fn ac_07_what_the_api_wants_of_a_sign_in_is_said() {
        for (acr_values, max_age_secs, words) in [
            (&["urn:x:acr:second-factor"][..], None, "a second factor"),
            (&["gold", "silver"], None, "a stronger sign-in"),
            (&["single-factor"], None, "a stronger sign-in"),
            (&["MFA"], Some(300), "a second factor and a sign-in at most 5 minutes ago"),
            (&[], Some(0), "a fresh sign-in"),
            (&[], Some(60), "a sign-in at most 1 minute ago"),
            (&[], Some(90), "a sign-in at most 90 seconds ago"),
            (&[], Some(7200), "a sign-in at most 2 hours ago"),
            (&[], None, "a fresh sign-in"),
        ] {
            let acr_values = acr_values.iter().map(|acr| (*acr).to_owned()).collect();
            let demand = StepUpChallenge { acr_values, max_age_secs, scope: None };
            assert_eq!(said(&AppError::StepUp(demand), false), format!("The API wants {words}."));
        }
    }
}
