//! A path of the API with slots: `/orders/{id}?from={from}`. Values from a row, a URL or a period reach requests only
//! through it, and each stays within its segment or parameter.

use claimcheck_model::paths::{encode_into, with_query};
use url::form_urlencoded;

use crate::config::{
    boards::{
        body::Parameter,
        segment::{has_dot_segment, has_separator},
        slot::SlotValue,
    },
    claim_slots::claim_name,
    values,
};

/// A longer value is not an id, a date or a word.
const VALUE_MAX_CHARS: usize = 256;

/// Path and query below the API's base URL, checked when the settings are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<TemplatePart>);

/// A part of a text with slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::config) enum TemplatePart {
    Fixed(String),
    /// A slot for the value of that name.
    Slot(String),
}

/// Parses a text with slots such as `{id}`.
pub(in crate::config) fn pieces(text: &str) -> Result<Vec<TemplatePart>, String> {
    let unpaired = || "has an unmatched brace; a placeholder looks like {id}".to_owned();
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((fixed, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(unpaired)?;
        if fixed.contains('}') || name.contains('{') {
            return Err(unpaired());
        }
        if name.trim().is_empty() {
            return Err("has an empty placeholder {}; a placeholder looks like {id}".to_owned());
        }
        pieces.push(TemplatePart::Fixed(fixed.to_owned()));
        pieces.push(TemplatePart::Slot(name.trim().to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return Err(unpaired());
    }
    pieces.push(TemplatePart::Fixed(rest.to_owned()));
    Ok(pieces)
}

/// The names of the slots among the parts.
pub(in crate::config) fn slots(pieces: &[TemplatePart]) -> impl Iterator<Item = &str> {
    pieces.iter().filter_map(|piece| match piece {
        TemplatePart::Slot(name) => Some(name.as_str()),
        TemplatePart::Fixed(_) => None,
    })
}

/// A value that must not be put into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a placeholder of the path has no value")]
    Missing,
    #[error("a value must not be put into the path")]
    Hostile,
}

impl Template {
    /// Parses `text`; its fixed parts are checked by `values::api_path`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let pieces = pieces(text)?;
        let template = Self(pieces);
        let sample = template.fill(|_| Some("x".to_owned())).map_err(|unfit| unfit.to_string())?;
        values::api_path(&sample)?;
        Ok(template)
    }

    /// A template of these parts, which are not checked.
    pub(super) fn of_pieces(pieces: Vec<TemplatePart>) -> Self {
        Self(pieces)
    }

    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        slots(&self.0)
    }

    /// The names of the parameters in its query.
    pub fn parameters(&self) -> Vec<String> {
        let sample = self.fill(|_| Some("x".to_owned())).unwrap_or_default();
        let query = sample.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect()
    }

    /// The path as in the settings, without its query, for the log.
    pub fn label(&self) -> String {
        let text = self.0.iter().map(|piece| match piece {
            TemplatePart::Fixed(text) => text.clone(),
            TemplatePart::Slot(name) => format!("{{{name}}}"),
        });
        text.collect::<String>().split('?').next().unwrap_or_default().to_owned()
    }

    /// The path with every slot filled. Values are percent-encoded (RFC 3986 2.1); none can create a dot segment, also for
    /// gateways that decode it, or an empty segment, or contain a control character. A claim in the path is one segment
    /// in any reading.
    ///
    /// # Errors
    /// `Missing` if there is no value, `Hostile` if it may not be in a path.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, Unfit> {
        path_of(&self.0, &|slot| Ok((checked(value(slot))?, false)))
    }

    /// The same with filters among the values. A parameter of the query whose filter is unset is left out, and one whose
    /// filter has several values is repeated. The value of a filter in the path is one segment in any reading.
    ///
    /// # Errors
    /// As [`Template::fill`]; `Missing` also if a filter in the path is unset.
    pub fn fill_slots(&self, value: &dyn Fn(&str) -> Option<SlotValue>) -> Result<String, Unfit> {
        let values: Vec<(&str, Option<SlotValue>)> = self.slots().map(|slot| (slot, value(slot))).collect();
        let value = |slot: &str| values.iter().find(|(name, _)| *name == slot)?.1.as_ref();
        if !values.iter().any(|(_, value)| value.as_ref().is_some_and(SlotValue::is_of_filter)) {
            return self.fill(|slot| value(slot)?.texts().first().cloned());
        }
        let (path, pairs) = self.split();
        let mut link = path_of(&path, &|slot| {
            let value = value(slot).ok_or(Unfit::Missing)?;
            Ok((value.checked(0)?, value.is_of_filter()))
        })?;
        let mut mark = '?';
        for pair in &pairs {
            // Only the value of a filter has another number of texts than one.
            let several = slots(pair).filter_map(value).find(|value| value.is_of_filter());
            for turn in 0..several.map_or(1, |value| value.texts().len()) {
                link.push(mark);
                mark = '&';
                for piece in pair {
                    match piece {
                        TemplatePart::Fixed(text) => link.push_str(text),
                        TemplatePart::Slot(name) => {
                            let value = value(name).ok_or(Unfit::Missing)?;
                            let turn = if value.is_of_filter() { turn } else { 0 };
                            encode_into(&mut link, &value.checked(turn)?);
                        }
                    }
                }
            }
        }
        Ok(link)
    }

    /// The slots of its path, without the query.
    pub fn path_slots(&self) -> Vec<String> {
        let (path, _) = self.split();
        slots(&path).map(str::to_owned).collect()
    }

    /// Checks where filters are: one with several values is not in the path, and each in the query is the only slot of its
    /// parameter, because that is left out without a value. `is_multiple` knows the filters.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn check_filters(&self, is_multiple: &dyn Fn(&str) -> Option<bool>) -> Result<(), String> {
        let (path, pairs) = self.split();
        if let Some(slot) = slots(&path).find(|slot| is_multiple(slot) == Some(true)) {
            return Err(format!("has {{{slot}}} in its path, but this filter can have several values"));
        }
        for pair in &pairs {
            let Some(slot) = slots(pair).find(|slot| is_multiple(slot).is_some()) else { continue };
            if slots(pair).count() > 1 {
                return Err(format!(
                    "has another placeholder in the parameter with {{{slot}}}: without a value, the whole parameter is \
                     left out"
                ));
            }
            let is_named = matches!(pair.first(), Some(TemplatePart::Fixed(text)) if text.contains('='));
            if !is_named {
                return Err(format!("has {{{slot}}} as the name of a parameter: write `name={{{slot}}}`"));
            }
        }
        Ok(())
    }

    /// Its path, and the parameters of its query.
    pub(super) fn split(&self) -> (Vec<TemplatePart>, Vec<Vec<TemplatePart>>) {
        let (mut path, mut pairs) = (Vec::new(), Vec::<Vec<TemplatePart>>::new());
        for piece in &self.0 {
            let TemplatePart::Fixed(text) = piece else {
                pairs.last_mut().unwrap_or(&mut path).push(piece.clone());
                continue;
            };
            let rest = match (pairs.is_empty(), text.split_once('?')) {
                (true, None) => {
                    path.push(piece.clone());
                    continue;
                }
                (true, Some((end, query))) => {
                    path.push(TemplatePart::Fixed(end.to_owned()));
                    pairs.push(Vec::new());
                    query
                }
                (false, _) => text,
            };
            for (number, part) in rest.split('&').enumerate() {
                if number > 0 {
                    pairs.push(Vec::new());
                }
                if let Some(pair) = pairs.last_mut().filter(|_| !part.is_empty()) {
                    pair.push(TemplatePart::Fixed(part.to_owned()));
                }
            }
        }
        pairs.retain(|pair| !pair.is_empty());
        (path, pairs)
    }
}

/// The value of a slot, and whether it is one of a filter.
type OfSlot = (String, bool);

/// A path with these values.
fn path_of(pieces: &[TemplatePart], value: &dyn Fn(&str) -> Result<OfSlot, Unfit>) -> Result<String, Unfit> {
    let mut path = String::new();
    for piece in pieces {
        match piece {
            TemplatePart::Fixed(text) => path.push_str(text),
            TemplatePart::Slot(slot) => {
                let (value, is_of_filter) = value(slot)?;
                // Nothing else checks that a claim or a filter is what it should be, as the API's own row does.
                let is_one_segment = (is_of_filter || claim_name(slot).is_some()) && !path.contains('?');
                if is_one_segment && has_separator(&value) {
                    return Err(Unfit::Hostile);
                }
                encode_into(&mut path, &value);
            }
        }
    }
    without_dots(path)
}

/// A path, if no part of it is a dot segment. The whole path, because parts of a segment may come from several slots.
fn without_dots(path: String) -> Result<String, Unfit> {
    match path.split('?').next().unwrap_or_default().split('/').any(has_dot_segment) {
        true => Err(Unfit::Hostile),
        false => Ok(path),
    }
}

/// A value for a slot, without control characters.
///
/// # Errors
/// `Missing` if there is none, `Hostile` if no valid value has this form.
pub(super) fn checked(value: Option<String>) -> Result<String, Unfit> {
    let value = value.filter(|value| !value.is_empty()).ok_or(Unfit::Missing)?;
    match value.chars().count() > VALUE_MAX_CHARS || value.chars().any(char::is_control) {
        true => Err(Unfit::Hostile),
        false => Ok(value),
    }
}

/// Whether a claim can be in the path of a request: one segment in any reading.
pub fn is_path_value(value: &str) -> bool {
    checked(Some(value.to_owned())).is_ok() && !has_separator(value) && !has_dot_segment(value)
}

/// Whether a value can be in a slot at all: neither empty nor too long, and without control characters.
pub fn is_slot_value(value: &str) -> bool {
    checked(Some(value.to_owned())).is_ok()
}

/// A path with further parameters in its query; empty ones are left out.
pub(super) fn with_parameters(path: &str, parameters: &[(String, Parameter)]) -> String {
    let texts: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.text())).collect();
    let pairs: Vec<_> = texts.iter().map(|(name, value)| (*name, value.as_str())).collect();
    with_query(path, &pairs)
}

#[cfg(test)]
mod tests {
    use super::{Template, Unfit};

    #[test]
    fn ac_02_a_value_never_leaves_its_segment_or_its_parameter() {
        let template = Template::parse("/orders/{id}/lines?of={id}").unwrap();
        let fill = |value: &str| template.fill(|_| Some(value.to_owned()));
        assert_eq!(fill("ORD-7").unwrap(), "/orders/ORD-7/lines?of=ORD-7");
        for (value, expected) in [
            ("2024/001", "2024%2F001"),
            ("a%2e%2eb", "a%252e%252eb"),
            ("a@evil", "a%40evil"),
            ("//evil", "%2F%2Fevil"),
            ("?x=", "%3Fx%3D"),
            ("#", "%23"),
            ("a\\b", "a%5Cb"),
            ("a&b;c", "a%26b%3Bc"),
            ("é ", "%C3%A9%20"),
        ] {
            let path = fill(value).unwrap();
            assert!(path.contains(expected), "{path}");
            assert_eq!(path.matches('/').count(), 3, "{path}");
            assert_eq!((path.matches('?').count(), path.matches('=').count()), (1, 1), "{path}");
            let url = url::Url::parse("http://api.test/v1").unwrap();
            let url = url::Url::parse(&format!("{url}{path}")).unwrap();
            assert_eq!(
                (url.host_str(), url.path_segments().unwrap().count()),
                (Some("api.test"), 4),
                "{url}"
            );
        }
        for (value, refusal) in [
            ("..", Unfit::Hostile),
            (".", Unfit::Hostile),
            ("../admin", Unfit::Hostile),
            ("%2e%2e%2f", Unfit::Hostile),
            ("..\\admin", Unfit::Hostile),
            ("a\0b", Unfit::Hostile),
            ("a\r\nb", Unfit::Hostile),
            ("", Unfit::Missing),
            (&*"x".repeat(257), Unfit::Hostile),
        ] {
            assert_eq!(fill(value), Err(refusal), "{value:?}");
        }
        let part = Template::parse("/v{n}/x").unwrap();
        assert_eq!(part.fill(|_| Some("..".to_owned())).unwrap(), "/v../x", "not a segment of its own");
        for dots in ["/{a}{b}", "/.{b}", "/%2e{b}", "/a/{b}%2E?c", "/%2E{b}/c"] {
            let template = Template::parse(dots).unwrap();
            assert_eq!(template.fill(|_| Some(".".to_owned())), Err(Unfit::Hostile), "{dots}");
            assert!(template.fill(|_| Some("a".to_owned())).is_ok(), "{dots}");
        }
    }

    #[test]
    fn filters_leave_out_repeat_or_fill_their_parameter() {
        use crate::config::{FilterSlot, SlotForm, SlotValue};
        let template =
            Template::parse("/r/{region}/x?limit=5&status={status}&v=is:{status}&from={from}").unwrap();
        let fill = |region: &str, status: &[&str]| {
            template.fill_slots(&|slot| {
                let filter = |values: &[&str]| {
                    let values = values.iter().map(|value| (*value).to_owned()).collect();
                    SlotValue::Filter(FilterSlot { values, form: SlotForm::Text })
                };
                Some(match slot {
                    "region" => filter(&[region]),
                    "status" => filter(status),
                    _ => SlotValue::Plain("2026-01-01".to_owned()),
                })
            })
        };
        assert_eq!(fill("eu", &[]).unwrap(), "/r/eu/x?limit=5&from=2026-01-01");
        let two = "/r/eu/x?limit=5&status=a%26b&status=c&v=is:a%26b&v=is:c&from=2026-01-01";
        assert_eq!(fill("eu", &["a&b", "c"]).unwrap(), two);
        for hostile in ["..", ".", "a/b", "a%2fb", "a\\b", "a\nb"] {
            assert_eq!(fill(hostile, &[]), Err(Unfit::Hostile), "{hostile}");
        }
        assert_eq!(fill("", &[]), Err(Unfit::Missing));
        // Values that were checked one by one may be joined to a longer one.
        assert!(fill("eu", &["x".repeat(2000).as_str()]).is_ok());
        let is_multiple = |slot: &str| (slot == "m" || slot == "s").then_some(slot == "m");
        let check = |path: &str| Template::parse(path).unwrap().check_filters(&is_multiple);
        for good in ["/x?a={m}", "/{s}/x?b=is:{s}&c={from}", "/{id}"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["/{m}", "/x?a={s}{from}", "/x?{s}=1", "/x?{s}", "/x?q=t:{claim.t}+s:{s}"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn op_10_a_template_is_checked_when_it_is_read() {
        for bad in ["/a/{", "/a/}", "/a/{}", "/a/{b{c}}", "/../{a}", "//{a}", "orders/{a}", "/{a}#b"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
        let template = Template::parse("/a/{b}?c={d}").unwrap();
        assert_eq!(template.slots().collect::<Vec<_>>(), ["b", "d"]);
        assert_eq!(template.fill(|name| (name == "b").then(|| "1".into())), Err(Unfit::Missing));
    }
}
