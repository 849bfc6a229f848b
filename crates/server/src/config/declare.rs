//! The macro that turns the settings table into code. The table itself, and how to add a row, is in `table`.

/// Declares the struct with the settings of a running program, and the rows that it is read from.
///
/// First comes the struct, with the fields that are assembled from several rows. Then comes one row for each setting:
/// - `field NAME: TYPE` is also a public field of the struct; `check` uses `part NAME: TYPE` to assemble others;
/// - `need`: `required("what it is")`, `default("the text that is read instead")` or `optional("what happens without it")`,
///   the last with an `Option` as its type;
/// - `read`: the parser, as `text(fn(&str))`, or for a text that may differ by language `local(fn(&str))`, or for a list
///   `words(fn(&[String]))` (separated by spaces), `commas(…)`, or `items(…)` (items of an array may contain spaces);
/// - `secret: true` if it can come from its own file;
/// - `values: […]` if it is one of a few words;
/// - `about` and `example`: see `SettingRow`.
///
/// It generates the struct, `ROWS` (all of the above as data), and `Draft`: every setting once it is read.
macro_rules! settings {
    (
        $(#[$struct_doc:meta])*
        pub struct $name:ident { $($(#[$made_doc:meta])* $made:ident: $made_type:ty,)* }
        $(
            $(#[$doc:meta])*
            $place:ident $key:ident: $type:ty {
                need: $need:ident($need_text:literal),
                read: $shape:ident($parse:expr),
                $(secret: $secret:literal,)?
                $(values: $values:expr,)?
                about: $about:literal,
                example: $example:literal,
            }
        )*
    ) => {
        settings! {
            @struct [$(#[$struct_doc])* pub struct $name] [] [] [$($(#[$made_doc])* $made: $made_type,)*]
            $($(#[$doc])* $place $key: $type;)*
        }

        /// Every row, in the order in which settings are read and problems are listed.
        pub(super) const ROWS: &[SettingRow] = &[$(
            SettingRow {
                key: stringify!($key),
                need: settings!(@need $need $need_text),
                is_secret: false $(|| $secret)?,
                values: settings!(@values $($values)?),
                shape: settings!(@shape $shape),
                about: $about,
                example: $example,
            },
        )*];

        /// Every setting after reading; `None` if its value was refused, or if it is required and missing.
        pub(super) struct Draft {
            $(pub(super) $key: Option<$type>,)*
        }

        impl Draft {
            /// Reads all settings, and reports errors to the checker.
            pub(super) fn read(checker: &mut Checker) -> Self {
                Self { $($key: settings!(@read checker $key $shape $parse, $need $need_text),)* }
            }
        }
    };

    // Collects the fields of the struct, one row at a time, and leaves out parts.
    (@struct $head:tt [$($fields:tt)*] [$($keys:ident)*] $made:tt
        $(#[$doc:meta])* field $key:ident: $type:ty; $($rest:tt)*) => {
        settings! { @struct $head [$($fields)* $(#[$doc])* pub $key: $type,] [$($keys)* $key] $made $($rest)* }
    };
    (@struct $head:tt $fields:tt $keys:tt $made:tt
        $(#[$doc:meta])* part $key:ident: $type:ty; $($rest:tt)*) => {
        settings! { @struct $head $fields $keys $made $($rest)* }
    };
    (@struct [$(#[$struct_doc:meta])* pub struct $name:ident] [$($fields:tt)*] [$($keys:ident)*]
        [$($(#[$made_doc:meta])* $made:ident: $made_type:ty,)*]) => {
        $(#[$struct_doc])*
        pub struct $name {
            $($fields)*
            $($(#[$made_doc])* pub $made: $made_type,)*
        }

        impl Draft {
            /// The settings, with the assembled fields; `None` if one was refused.
            #[allow(clippy::too_many_arguments, reason = "one for each field that several rows make up")]
            pub(super) fn finish(self, $($made: $made_type),*) -> Option<$name> {
                Some($name { $($keys: self.$keys?,)* $($made,)* })
            }
        }
    };

    (@values) => { &[] };
    (@values $values:expr) => { &$values };

    (@need required $what:literal) => { Requirement::Required($what) };
    (@need default $text:literal) => { Requirement::Default($text) };
    (@need optional $without:literal) => { Requirement::Optional($without) };

    (@shape text) => { Shape::Text };
    (@shape local) => { Shape::Local };
    (@shape words) => { Shape::List(Separator::Spaces) };
    (@shape commas) => { Shape::List(Separator::Commas) };
    (@shape items) => { Shape::List(Separator::SpacesOfText) };

    (@read $checker:ident $key:ident $shape:ident $parse:expr, required $what:literal) => {
        $checker.required(stringify!($key), $what, settings!(@parse $shape $parse))
    };
    (@read $checker:ident $key:ident $shape:ident $parse:expr, default $text:literal) => {
        $checker.or_default(stringify!($key), settings!(@shape $shape), $text, settings!(@parse $shape $parse))
    };
    (@read $checker:ident $key:ident $shape:ident $parse:expr, optional $without:literal) => {
        $checker.optional(stringify!($key), settings!(@parse $shape $parse))
    };

    (@parse text $parse:expr) => { read_text($parse) };
    (@parse local $parse:expr) => { brand::read_local($parse) };
    (@parse $list:ident $parse:expr) => { read_list($parse) };
}

pub(super) use settings;
