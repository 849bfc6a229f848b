//! The questions of `claimcheck new`: each has a flag, and most have a usual answer.

use std::io::{self, BufRead, Write};

/// A question.
pub(super) struct Question<'a> {
    /// The flag with the same answer.
    pub flag: &'static str,
    pub text: &'static str,
    /// The answer on the command line.
    pub given: Option<&'a str>,
    /// The answer without another one.
    pub usual: Option<String>,
    /// Without an answer, the file cannot be written.
    pub is_required: bool,
}

/// Where answers come from.
pub(super) enum Answers<'a> {
    /// A person at a terminal: the input, and where the questions are written.
    Terminal(&'a mut dyn BufRead, &'a mut dyn Write),
    /// The usual answers only.
    Usual,
}

/// The flags that have no answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Missing(pub Vec<&'static str>);

impl Answers<'_> {
    /// The answer to a question; empty if there is none.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn to(&mut self, question: Question<'_>, missing: &mut Missing) -> io::Result<String> {
        let Question { flag, text, given, usual, is_required } = question;
        if let Some(given) = given {
            return Ok(given.trim().to_owned());
        }
        let answer = match self {
            Self::Usual => usual,
            Self::Terminal(input, output) => ask(*input, *output, text, usual, is_required)?,
        };
        if answer.is_none() && is_required {
            missing.0.push(flag);
        }
        Ok(answer.unwrap_or_default())
    }
}

/// Asks until there is an answer; none at the end of the input.
fn ask(
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    text: &str,
    usual: Option<String>,
    is_required: bool,
) -> io::Result<Option<String>> {
    loop {
        match &usual {
            Some(usual) => write!(output, "{text} [{usual}]: ")?,
            None => write!(output, "{text}: ")?,
        }
        output.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(output)?;
            return Ok(usual);
        }
        let line = line.trim();
        if !line.is_empty() {
            return Ok(Some(line.to_owned()));
        }
        if usual.is_some() || !is_required {
            return Ok(usual);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(given: Option<&'static str>, usual: Option<&str>, is_required: bool) -> Question<'static> {
        Question { flag: "--issuer", text: "Issuer", given, usual: usual.map(str::to_owned), is_required }
    }

    #[test]
    fn nw_06_a_question_has_a_flag_and_perhaps_a_usual_answer() {
        let mut missing = Missing::default();
        let mut input = io::Cursor::new(b"\n\n https://a.test \n\n".to_vec());
        let mut output = Vec::new();
        let mut answers = Answers::Terminal(&mut input, &mut output);
        assert_eq!(
            answers.to(question(Some("https://flag.test"), None, true), &mut missing).unwrap(),
            "https://flag.test"
        );
        assert_eq!(answers.to(question(None, None, true), &mut missing).unwrap(), "https://a.test");
        assert_eq!(answers.to(question(None, Some("usual"), true), &mut missing).unwrap(), "usual");
        assert_eq!(answers.to(question(None, None, false), &mut missing).unwrap(), "");
        assert_eq!(answers.to(question(None, None, true), &mut missing).unwrap(), "");
        assert_eq!(missing, Missing(vec!["--issuer"]));
        assert_eq!(String::from_utf8(output).unwrap().matches("Issuer").count(), 6);
        let mut missing = Missing::default();
        assert_eq!(Answers::Usual.to(question(None, Some("usual"), true), &mut missing).unwrap(), "usual");
        assert_eq!(Answers::Usual.to(question(None, None, true), &mut missing).unwrap(), "");
        assert_eq!(missing, Missing(vec!["--issuer"]));
    }
}
