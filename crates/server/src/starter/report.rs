//! What the command reports: the provider, what was proposed, and what is left to do.

use std::io::{self, Write};

use claimcheck_openapi::Proposal;

use crate::{doctor::KnownProvider, starter::text::Basics};

/// Says which provider it is. An issuer that differs in a slash only is corrected.
pub(super) fn write_provider(
    provider: &KnownProvider,
    basics: &mut Basics,
    out: &mut impl Write,
) -> io::Result<()> {
    let of = if provider.name.is_empty() { String::new() } else { format!(" It is {}.", provider.name) };
    let page = provider.page;
    match &provider.issuer {
        Ok(issuer) if *issuer == basics.issuer => {
            writeln!(out, "The issuer answers.{of} See docs/{page}.")
        }
        Ok(issuer) if issuer.trim_end_matches('/') == basics.issuer.trim_end_matches('/') => {
            basics.issuer.clone_from(issuer);
            writeln!(out, "The issuer answers, and is written {issuer}.{of} See docs/{page}.")
        }
        Ok(issuer) => writeln!(
            out,
            "The issuer answers, but its document names another issuer: {}. Use that one if it is yours.",
            claimcheck_openapi::comment_text(issuer)
        ),
        Err(error) => writeln!(
            out,
            "The issuer cannot be reached now ({}). `claimcheck doctor` tries again.",
            claimcheck_openapi::comment_text(error)
        ),
    }
}

/// How much was proposed.
pub(super) fn proposed(proposal: &Proposal) -> String {
    let count =
        |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let boards = format!(
        "Proposed: {}, {}, {}, {} commented out.",
        count(proposal.boards, "board"),
        count(proposal.panels, "panel"),
        count(proposal.actions, "action"),
        proposal.commented,
    );
    let of = count(proposal.operations, "operation");
    match proposal.left_out {
        0 => format!("{boards} They use all of {of}."),
        left_out => format!("{boards} {left_out} of {of} were left out; the end of the file says why."),
    }
}

/// What is left to do.
pub(super) fn write_steps(
    basics: &Basics,
    provider: &KnownProvider,
    config: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let at = |words: &str| {
        if words.is_empty() || provider.name.is_empty() { String::new() } else { format!(" ({words})") }
    };
    writeln!(out, "Next:")?;
    writeln!(out, "  1. Register at the provider, as docs/{} describes:", provider.page)?;
    writeln!(out, "       redirect URI              {}{}", basics.redirect_uri(), at(&provider.callback))?;
    writeln!(out, "       post-logout redirect URI  {}{}", basics.signed_out_uri(), at(&provider.sign_out))?;
    writeln!(out, "  2. Set CLAIMCHECK_CLIENT_SECRET, or CLAIMCHECK_CLIENT_SECRET_FILE.")?;
    writeln!(out, "  3. claimcheck doctor{config}    tries provider, store and API")?;
    writeln!(out, "  4. claimcheck serve{config}     starts the server on {}", basics.public_url)?;
    writeln!(out, "Check the file after each change: claimcheck check{config}")
}
