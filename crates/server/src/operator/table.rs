//! A list of sessions as aligned text, one line each.

use std::io::{self, Write};

use crate::operator::Line;

/// Characters of a browser's own name; the JSON has more.
const DEVICE: usize = 48;
const HEAD: [&str; 7] =
    ["KEY", "SIGNED IN", "LAST ACTIVE", "IDLE TIMEOUT", "ABSOLUTE END", "SUBJECT", "BROWSER"];

/// Writes the table, or a note that there are no sessions.
pub(super) fn write(out: &mut impl Write, sessions: &[Line]) -> io::Result<()> {
    if sessions.is_empty() {
        return writeln!(out, "No running sessions.");
    }
    let rows: Vec<_> = sessions.iter().map(cells).collect();
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    line(out, &HEAD.map(str::to_owned), &widths)?;
    rows.iter().try_for_each(|row| line(out, row, &widths))
}

fn cells(session: &Line) -> [String; 7] {
    let device = session.device.as_deref().unwrap_or("unknown");
    let mut browser: String = harmless(device).chars().take(DEVICE).collect();
    if device.chars().count() > DEVICE {
        browser.push('…');
    }
    [
        &session.key,
        &session.signed_in_at,
        &session.last_active_at,
        &session.idle_until,
        &session.absolute_until,
        &session.sub,
        &browser,
    ]
    .map(|text| harmless(text))
}

fn line(out: &mut impl Write, cells: &[String; 7], widths: &[usize; 7]) -> io::Result<()> {
    let padded: Vec<_> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
    writeln!(out, "{}", padded.join("  ").trim_end())
}

/// Without control sequences for a terminal: a browser's name for itself is untrusted.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Line, write};

    fn session(sub: &str, device: &str) -> Line {
        let time = || "2026-11-23T09:05:00Z".to_owned();
        Line {
            key: "AAAAAAAAAAAAAAAAAAAAAA".into(),
            reference: "0123456789ab".into(),
            iss: "https://id.example".into(),
            sub: sub.into(),
            sid: None,
            device: Some(device.into()),
            signed_in_at: time(),
            last_active_at: time(),
            idle_until: time(),
            absolute_until: time(),
        }
    }

    #[test]
    fn columns_are_aligned_and_a_browser_cannot_command_the_terminal() {
        let mut out = Vec::new();
        let sessions = [session("ada", "Browser/1"), session("øyvind|1", "evil\x1b[2J\u{9b}\nrow")];
        write(&mut out, &sessions).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        let column = |line: &str, of: &str| line.find(of).map(|at| line[..at].chars().count());
        assert_eq!(column(lines[0], "BROWSER"), column(lines[1], "Browser/1"));
        assert_eq!(column(lines[0], "BROWSER"), column(lines[2], "evil"));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        let mut none = Vec::new();
        write(&mut none, &[]).unwrap();
        assert_eq!(none, b"No running sessions.\n");
    }
}
