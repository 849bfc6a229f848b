//! The drawings that a board can have in the navigation.

/// Generates the enum and the names in the settings file.
macro_rules! board_icons {
    ($($icon:ident: $name:literal),+ $(,)?) => {
        /// A drawing beside the title of a board.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum BoardIcon {
            $($icon),+
        }

        impl BoardIcon {
            pub const ALL: &[Self] = &[$(Self::$icon),+];

            /// Its name in the settings file.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$icon => $name),+
                }
            }
        }
    };
}

board_icons! {
    Bell: "bell",
    Box: "box",
    Calendar: "calendar",
    Chart: "chart",
    Clock: "clock",
    Gear: "gear",
    Globe: "globe",
    Home: "home",
    Invoice: "invoice",
    Key: "key",
    List: "list",
    Money: "money",
    People: "people",
    Star: "star",
    Tag: "tag",
    Ticket: "ticket",
    Truck: "truck",
}
