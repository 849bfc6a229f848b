//! `width` of a board: how much of a wide window its panels take.

/// How much of a wide window a board takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardWidth {
    /// Up to 1440 CSS pixels.
    #[default]
    Normal,
    /// All of it.
    Wide,
}

impl BoardWidth {
    pub(super) const ALL: [Self; 2] = [Self::Normal, Self::Wide];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Wide => "wide",
        }
    }
}
