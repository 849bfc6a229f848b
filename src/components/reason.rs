//! Why access is denied: the missing permission, or the sign-in that the API requires. Split into parts, so that a
//! panel can mark up names and quotes, and a plain page can show the same text.

use claimcheck_model::{AccessDenied, AppError, StepUpChallenge};
use claimcheck_text::{Language, Segment, parts, t};
use leptos::prelude::*;

use crate::components::duration;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    Words(String),
    /// A technical name.
    Code(String),
    /// A display name.
    Name(String),
    /// A quote from an API.
    Quote(String),
}

impl TextPart {
    /// As plain text.
    pub fn text(self, language: Language) -> String {
        match self {
            TextPart::Words(text) | TextPart::Code(text) | TextPart::Name(text) => text,
            TextPart::Quote(text) => t!(language, "reason-quote", text = text),
        }
    }

    /// As markup.
    pub fn view(self) -> AnyView {
        match self {
            TextPart::Words(text) => text.into_any(),
            TextPart::Code(text) => view! { <code>{text}</code> }.into_any(),
            TextPart::Name(text) => view! { <strong>{text}</strong> }.into_any(),
            TextPart::Quote(text) => view! { <q>{text}</q> }.into_any(),
        }
    }
}

/// The reason, as far as it is known; empty for other failures. `was_refused`: the provider was asked for the scope and
/// did not grant it.
pub fn reason(language: Language, error: &AppError, was_refused: bool) -> Vec<TextPart> {
    use TextPart::{Code, Name, Quote, Words};
    let denied = match error {
        AppError::Forbidden(denied) => denied,
        AppError::StepUp(challenge) => return vec![Words(required(language, challenge))],
        _ => return Vec::new(),
    };
    let segments = match denied {
        AccessDenied::Scope(scope) => {
            let scope = vec![Code(scope.clone())];
            match was_refused {
                true => parts!(language, "reason-scope-refused", scope = scope),
                false => parts!(language, "reason-scope", scope = scope),
            }
        }
        AccessDenied::ScopeNotRequested(scope) => {
            parts!(language, "reason-scope-not-requested", scope = vec![Code(scope.clone())])
        }
        AccessDenied::Role(roles) => required_role(language, roles),
        AccessDenied::NoRoles(roles) => {
            return with_cause(required_role(language, roles), t!(language, "reason-no-roles"));
        }
        AccessDenied::TooManyGroups(roles) => {
            return with_cause(required_role(language, roles), t!(language, "reason-too-many-groups"));
        }
        AccessDenied::Claim { name, is } if is.is_empty() => {
            parts!(language, "reason-claim-missing", name = vec![Name(name.clone())])
        }
        AccessDenied::Claim { name, is } => {
            parts!(language, "reason-claim", name = vec![Name(name.clone())], values = any_of(language, is))
        }
        AccessDenied::Said(words) => {
            parts!(language, "reason-said", quote = vec![Quote(words.clone())])
        }
        AccessDenied::Token(api) | AccessDenied::RefreshToken(api) => {
            parts!(language, "reason-token", api = vec![Name(api.clone())])
        }
        AccessDenied::StillRefused => return vec![Words(t!(language, "reason-still-refused").to_owned())],
        AccessDenied::Unsaid => return vec![Words(t!(language, "reason-unsaid").to_owned())],
    };
    flatten(segments)
}

fn required_role(language: Language, roles: &[String]) -> Vec<Segment<Vec<TextPart>>> {
    match roles {
        [role] => parts!(language, "reason-role", role = vec![TextPart::Name(role.clone())]),
        roles => parts!(language, "reason-roles", roles = any_of(language, roles)),
    }
}

/// The requirement, and why it is not met.
fn with_cause(segments: Vec<Segment<Vec<TextPart>>>, cause: &str) -> Vec<TextPart> {
    let mut parts = flatten(segments);
    parts.push(TextPart::Words(format!(" {cause}")));
    parts
}

fn flatten(segments: Vec<Segment<Vec<TextPart>>>) -> Vec<TextPart> {
    let parts = segments.into_iter().map(|segment| match segment {
        Segment::Text(text) => vec![TextPart::Words(text)],
        Segment::Argument(parts) => parts,
    });
    parts.flatten().collect()
}

/// The sign-in that the API requires.
fn required(language: Language, challenge: &StepUpChallenge) -> String {
    let is_second_factor = |acr: &String| {
        let acr = acr.to_ascii_lowercase();
        ["second-factor", "two-factor", "multi-factor", "multifactor", "mfa", "2fa"]
            .iter()
            .any(|word| acr.contains(word))
    };
    let strength = challenge.acr_values.first().map(is_second_factor);
    let age = challenge.max_age_secs.map(|secs| (secs > 0).then(|| duration::exact(language, secs)));
    match (strength, age) {
        (Some(true), None) => t!(language, "reason-second-factor").to_owned(),
        (Some(true), Some(None)) => t!(language, "reason-second-factor-fresh").to_owned(),
        (Some(true), Some(Some(time))) => t!(language, "reason-second-factor-recent", time = time),
        (Some(false), None) => t!(language, "reason-stronger").to_owned(),
        (Some(false), Some(None)) => t!(language, "reason-stronger-fresh").to_owned(),
        (Some(false), Some(Some(time))) => t!(language, "reason-stronger-recent", time = time),
        (None, None | Some(None)) => t!(language, "reason-fresh").to_owned(),
        (None, Some(Some(time))) => t!(language, "reason-recent", time = time),
    }
}

/// "a, b or c".
fn any_of(language: Language, names: &[String]) -> Vec<TextPart> {
    let Some((last, others)) = names.split_last() else { return Vec::new() };
    let last = vec![TextPart::Name(last.clone())];
    if others.is_empty() {
        return last;
    }
    let mut first = Vec::new();
    for name in others {
        if !first.is_empty() {
            first.push(TextPart::Words(", ".to_owned()));
        }
        first.push(TextPart::Name(name.clone()));
    }
    flatten(parts!(language, "reason-any-of", first = first, last = last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &AppError, was_refused: bool) -> String {
        let language = Language::default();
        reason(language, error, was_refused).into_iter().map(|part| part.text(language)).collect()
    }

    #[test]
    fn what_is_lacking_is_named() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let claim = |is: &[&str]| AccessDenied::Claim { name: "Department".into(), is: names(is) };
        for (lack, words) in [
            (AccessDenied::Role(names(&["finance"])), "This requires the role finance."),
            (AccessDenied::Role(names(&["a", "b", "c"])), "This requires one of the roles a, b or c."),
            (claim(&["Finance"]), "This requires Department to be Finance."),
            (claim(&["Finance", "Sales"]), "This requires Department to be Finance or Sales."),
            (AccessDenied::Said("Not on Sundays.".into()), "The API says: \u{201c}Not on Sundays.\u{201d}"),
            (AccessDenied::Unsaid, "The API denies access for your account."),
            (AccessDenied::Scope("a:b c".into()), "Your sign-in doesn’t include a:b c."),
            (
                AccessDenied::ScopeNotRequested("a:b".into()),
                "The API requires a:b, which this service does not request for it.",
            ),
        ] {
            assert_eq!(said(&AppError::Forbidden(lack), false), words);
        }
        let refused = said(&AppError::Forbidden(AccessDenied::Scope("a:b".into())), true);
        assert_eq!(refused, "Your sign-in provider didn’t grant a:b.");
        assert!(reason(Language::default(), &AppError::ApiUnavailable, false).is_empty());
    }

    #[test]
    fn ac_07_what_the_api_wants_of_a_sign_in_is_said() {
        for (acr_values, max_age_secs, words) in [
            (&["urn:x:acr:second-factor"][..], None, "a second factor"),
            (&["gold", "silver"], None, "a stronger sign-in"),
            (&["single-factor"], None, "a stronger sign-in"),
            (&["MFA"], Some(300), "a second factor and a sign-in no more than 5 minutes ago"),
            (&[], Some(0), "a new sign-in"),
            (&[], Some(60), "a sign-in no more than 1 minute ago"),
            (&[], Some(90), "a sign-in no more than 90 seconds ago"),
            (&[], Some(7200), "a sign-in no more than 2 hours ago"),
            (&["mfa"], Some(0), "a new sign-in with a second factor"),
            (&["gold"], Some(0), "a new, stronger sign-in"),
            (&["gold"], Some(60), "a stronger sign-in no more than 1 minute ago"),
            (&[], None, "a new sign-in"),
        ] {
            let acr_values = acr_values.iter().map(|acr| (*acr).to_owned()).collect();
            let demand = StepUpChallenge { acr_values, max_age_secs, scope: None };
            assert_eq!(said(&AppError::StepUp(demand), false), format!("The API requires {words}."));
        }
    }

    #[test]
    fn a_list_reads_as_in_the_language_of_the_page() {
        let german = Language::of_tag("de").unwrap_or_default();
        let roles = AccessDenied::Role(vec!["a".into(), "b".into(), "c".into()]);
        let parts = reason(german, &AppError::Forbidden(roles), false);
        let text: String = parts.into_iter().map(|part| part.text(german)).collect();
        assert_eq!(text, "Dafür ist eine der Rollen a, b oder c erforderlich.");
        let said = AppError::Forbidden(AccessDenied::Said("No.".into()));
        let text: String = reason(german, &said, false).into_iter().map(|part| part.text(german)).collect();
        assert_eq!(text, "Die API meldet: „No.“");
    }
}
