//! A text split into segments, so that its arguments can be marked up.

/// A segment of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<T> {
    /// Text of the message.
    Text(String),
    /// An argument.
    Argument(T),
}

/// Marks the place of an argument while a text is formatted: private use characters, which no file contains (a test
/// checks this).
const BEFORE: char = '\u{e000}';
const AFTER: char = '\u{e001}';

/// The placeholder of an argument.
pub(crate) fn placeholder(index: usize) -> String {
    format!("{BEFORE}{index}{AFTER}")
}

/// Splits a formatted text at its placeholders, and inserts the arguments.
pub(crate) fn split<T>(text: &str, arguments: Vec<T>) -> Vec<Segment<T>> {
    let mut arguments: Vec<_> = arguments.into_iter().map(Some).collect();
    let mut parts = Vec::new();
    for (index, piece) in text.split(BEFORE).enumerate() {
        let rest = match piece.split_once(AFTER).filter(|_| index > 0) {
            Some((number, rest)) => {
                let argument = number.parse::<usize>().ok().and_then(|at| arguments.get_mut(at)?.take());
                parts.extend(argument.map(Segment::Argument));
                rest
            }
            None => piece,
        };
        if !rest.is_empty() {
            parts.push(Segment::Text(rest.to_owned()));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Segment::*, *};

    #[test]
    fn arguments_come_back_in_the_order_of_the_text() {
        let text = format!("{} before {}.", placeholder(1), placeholder(0));
        let parts = split(&text, vec!["a", "b"]);
        assert_eq!(parts, [Argument("b"), Text(" before ".to_owned()), Argument("a"), Text(".".to_owned())]);
        assert_eq!(split::<()>("plain", vec![]), [Text("plain".to_owned())]);
    }
}
