//! The drawings beside the titles of boards.

use claimcheck_model::BoardIcon;

/// The path of a drawing for an [`Icon`](super::Icon).
pub fn drawing(icon: BoardIcon) -> &'static str {
    match icon {
        BoardIcon::Bell => "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
        BoardIcon::Box => "M4 8l8-4 8 4v8.5l-8 4-8-4zM4 8l8 4 8-4M12 12v8.5",
        BoardIcon::Calendar => super::icon::CALENDAR,
        BoardIcon::Chart => "M4 4v16h16M8 16v-4M12.5 16V8M17 16v-6",
        BoardIcon::Clock => "M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM12 7.5V12l3 2",
        BoardIcon::Gear => {
            "M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2 2M16 16l2 2M18 6l-2 2M8 16l-2 2"
        }
        BoardIcon::Globe => {
            "M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM4 12h16M12 4c3.5 4.5 3.5 11.5 0 16M12 4c-3.5 4.5-3.5 11.5 0 16"
        }
        BoardIcon::Home => "M4 11l8-7 8 7M6.5 9v11h11V9M10 20v-5.5h4V20",
        BoardIcon::Invoice => "M6 3.5h12V20l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 20zM9 8h6M9 12h6",
        BoardIcon::Key => "M11.5 14a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10.5 11.5 18 4M15 7l3 3M18 4l2 2",
        BoardIcon::List => "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.1M4.5 12h.1M4.5 17.5h.1",
        BoardIcon::Money => {
            "M3.5 6.5h17v11h-17zM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM6.5 9.5h.1M17.5 14.5h.1"
        }
        BoardIcon::People => {
            "M12.5 8.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM2.5 20c.6-4 3-6 6.5-6s5.9 2 6.5 6M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.5c2.3.6 3.6 2.5 4 5.5"
        }
        BoardIcon::Star => "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
        BoardIcon::Tag => "M4 4h8l8.5 8.5-8 8L4 12zM8 8h.1",
        BoardIcon::Ticket => {
            "M3.5 6.5h17v3.5a2 2 0 0 0 0 4v3.5h-17V14a2 2 0 0 0 0-4zM13.5 7v1.5M13.5 11v2M13.5 15.5V17"
        }
        BoardIcon::Truck => {
            "M2.5 6.5h11v10h-11zM13.5 10h4l3.5 3.5v3h-7.5zM8.5 17a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0zM19 17a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0z"
        }
    }
}
