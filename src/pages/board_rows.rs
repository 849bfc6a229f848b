//! The rows in which panels are on a wide window: which of them keep their own height beside higher ones.

use claimcheck_model::PanelSize;
use claimcheck_server::config::Panel;

/// The columns of a row.
const COLUMNS: u8 = 12;

/// How high panels of a kind are, compared with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Height {
    /// One number.
    Line,
    /// A few words.
    Words,
    /// Lines that end where they end.
    Lines,
    /// Fills the height that it gets.
    Any,
}

/// For each panel, whether another one in its row is much higher.
pub fn short_panels(panels: &[Panel]) -> Vec<bool> {
    let shapes = panels.iter().map(|panel| {
        let height = match panel.kind.name() {
            "stat" | "meter" => Height::Line,
            "links" | "text" => Height::Words,
            "list" | "facts" | "share" => Height::Lines,
            _ => Height::Any,
        };
        (columns(panel.size), panel.section.is_some(), height)
    });
    short(&shapes.collect::<Vec<_>>())
}

fn columns(size: PanelSize) -> u8 {
    match size {
        PanelSize::Quarter => 3,
        PanelSize::Third => 4,
        PanelSize::Half => 6,
        PanelSize::TwoThirds => 8,
        PanelSize::Full => COLUMNS,
    }
}

/// The same by width, whether a section begins, and height.
fn short(panels: &[(u8, bool, Height)]) -> Vec<bool> {
    let mut rows: Vec<Vec<Height>> = Vec::new();
    let mut left = 0;
    for (width, begins_section, height) in panels {
        match rows.last_mut().filter(|_| *width <= left && !begins_section) {
            Some(row) => {
                row.push(*height);
                left -= width;
            }
            None => {
                rows.push(vec![*height]);
                left = COLUMNS.saturating_sub(*width);
            }
        }
    }
    let is_short = |row: Vec<Height>| {
        let highest = row.iter().copied().max().filter(|highest| *highest > Height::Words);
        row.into_iter().map(move |height| highest.is_some_and(|highest| height < highest))
    };
    rows.into_iter().flat_map(is_short).collect()
}

#[cfg(test)]
mod tests {
    use super::{Height::*, *};

    #[test]
    fn ly_02_a_short_panel_keeps_its_height_beside_a_higher_one() {
        assert_eq!(short(&[(3, false, Line), (3, false, Line)]), [false, false], "numbers alone");
        assert_eq!(short(&[(3, false, Line), (3, false, Line), (6, false, Any)]), [true, true, false]);
        assert_eq!(short(&[(8, false, Any), (4, false, Lines)]), [false, true]);
        assert_eq!(short(&[(3, false, Line), (4, false, Lines)]), [true, false]);
        assert_eq!(short(&[(4, false, Line), (4, false, Words)]), [false, false], "nearly as high");
        assert_eq!(short(&[(4, false, Line), (4, false, Lines), (4, false, Words)]), [true, false, true]);
        let in_rows =
            [(6, false, Any), (8, false, Any), (4, false, Lines), (12, false, Any), (3, false, Line)];
        assert_eq!(short(&in_rows), [false, false, true, false, false], "only its own row counts");
        assert_eq!(short(&[(3, false, Line), (6, true, Any)]), [false, false], "a section is a new row");
        assert_eq!(short(&[]), [false; 0]);
    }
}
