//! The accent: one colour chosen by the operator, from which the colours of buttons, links and the bar are derived,
//! light and dark.
//!
//! A colour too close to the background is made darker or lighter, in OKLCH so that it keeps its hue, until it has the
//! contrast that WCAG 2.2 requires (1.4.3: 4.5 for text).

use std::sync::Arc;

use csscolorparser::Color;

use super::image::hash_of;

/// Text against its background (WCAG 2.2, 1.4.3).
const TEXT: f32 = 4.5;
/// The steps in which lightness is changed, of a range from 0 to 1.
const STEP: f32 = 0.01;
/// Backgrounds of `style/tokens.css`: page, surface, sunken.
const LIGHT: [&str; 3] = ["#f1f3ee", "#fdfefb", "#e8ece4"];
/// The same in dark mode.
const DARK: [&str; 3] = ["#0d1110", "#171d1b", "#1e2623"];
/// Text colours on the bar.
const ON_BAR: [&str; 2] = ["#eff5ec", "#b3cabd"];
/// Text colours on buttons: light and dark.
const ON_ACTION: [&str; 2] = ["#ffffff", "#10140f"];

/// The stylesheet of an accent.
#[derive(Clone, Debug)]
pub struct Accent {
    css: Arc<str>,
    hash: String,
    /// The changes made to the colour, for the log; empty if there are none.
    pub changes: Vec<String>,
}

impl Accent {
    /// The accent of a CSS colour.
    pub(super) fn of(text: &str) -> Result<Self, String> {
        let color: Color = text.parse().map_err(|_| "is not a CSS colour. Example: #2255aa".to_owned())?;
        if color.a < 1.0 {
            return Err("is transparent: its contrast cannot be checked. Choose an opaque colour".to_owned());
        }
        let light = adjusted(&color, &LIGHT, TEXT).ok_or_else(|| impossible("the light pages"))?;
        let dark = adjusted(&color, &DARK, TEXT).ok_or_else(|| impossible("the dark pages"))?;
        let bar = adjusted(&color, &ON_BAR, TEXT).ok_or_else(|| impossible("the bar"))?;
        let css = format!(
            // After the main stylesheet, so that it wins at equal weight.
            ":root{{--action:light-dark({light},{dark});--on-action:light-dark({},{});--link:light-dark({light},{dark});\
             --cloth:{bar};--cloth-line:{};--stock:{}}}",
            text_on(&light),
            text_on(&dark),
            lighter(&bar, 0.18),
            tint(&color),
        );
        let given = color.to_css_hex().to_string();
        let named = [("on light pages", &light), ("on dark pages", &dark), ("in the bar", &bar)];
        let changed = named.into_iter().filter(|(_, hex)| **hex != given);
        let changes = changed.map(|(place, hex)| format!("{hex} {place}")).collect();
        Ok(Self { hash: hash_of(css.as_bytes()), css: css.into(), changes })
    }

    /// The file name of the stylesheet in pages.
    pub fn file_name(&self) -> String {
        format!("{}.css", self.hash)
    }

    /// The stylesheet.
    pub fn css(&self) -> &str {
        &self.css
    }
}

fn impossible(place: &str) -> String {
    format!("cannot be adjusted to enough contrast for {place}: choose another colour")
}

/// The colour, or one of the nearest lightness with enough contrast to all of these.
fn adjusted(color: &Color, others: &[&str], least: f32) -> Option<String> {
    let others: Vec<Color> = others.iter().filter_map(|hex| hex.parse().ok()).collect();
    let [l, c, h, _] = color.to_oklcha();
    let has_contrast = |color: &Color| others.iter().all(|other| contrast(color, other) >= least);
    let steps = (0_u8..=100).map(|step| f32::from(step) * STEP);
    let nearest =
        steps.flat_map(|step| [l - step, l + step]).filter(|l| (0.0..=1.0).contains(l)).find_map(|l| {
            let color = Color::from_oklcha(l, c, h, 1.0).clamp();
            let color: Color = color.to_css_hex().to_string().parse().ok()?;
            has_contrast(&color).then(|| color.to_css_hex().to_string())
        });
    if has_contrast(color) { Some(color.to_css_hex().to_string()) } else { nearest }
}

fn lighter(hex: &str, by: f32) -> String {
    let Ok(color) = hex.parse::<Color>() else { return hex.to_owned() };
    let [l, c, h, _] = color.to_oklcha();
    Color::from_oklcha((l + by).min(1.0), c, h, 1.0).clamp().to_css_hex().to_string()
}

/// The paper of tickets and the mark in the bar: almost white, with a trace of the colour. Its text is dark.
fn tint(color: &Color) -> String {
    let [_, c, h, _] = color.to_oklcha();
    Color::from_oklcha(0.93, c.min(0.04), h, 1.0).clamp().to_css_hex().to_string()
}

/// The text colour with the better contrast on a background; one of the two always reaches 4.5.
fn text_on(hex: &str) -> &'static str {
    let contrast_of = |text: &str| match (hex.parse(), text.parse()) {
        (Ok(background), Ok(text)) => contrast(&background, &text),
        _ => 0.0,
    };
    let [light, dark] = ON_ACTION;
    if contrast_of(light) >= contrast_of(dark) { light } else { dark }
}

/// The contrast ratio of two colours (WCAG 2.2).
fn contrast(a: &Color, b: &Color) -> f32 {
    let luminance = |color: &Color| {
        let [r, g, b, _] = color.to_linear_rgba();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r12_every_colour_gets_enough_contrast_in_both_schemes() {
        for text in [
            "#000",
            "#fff",
            "#7f7f7f",
            "#ff0",
            "#0ff",
            "red",
            "#2255aa",
            "hsl(300 90% 60%)",
            "#f1f3ee",
            "#0d1110",
        ] {
            let accent = Accent::of(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let colors: Vec<Color> = accent
                .css()
                .split(['(', ')', ',', ':', ';', '}'])
                .filter(|part| part.starts_with('#'))
                .map(|hex| hex.parse().unwrap())
                .collect();
            let [light, dark, on_light, on_dark, .., bar, _, stock] = colors.as_slice() else {
                panic!("{}", accent.css())
            };
            for (color, others) in [(light, LIGHT.as_slice()), (dark, &DARK), (bar, &ON_BAR)] {
                for other in others {
                    assert!(
                        contrast(color, &other.parse().unwrap()) >= TEXT,
                        "{text}: {} on {other}",
                        color.to_css_hex()
                    );
                }
            }
            // Dark text on it, and itself in the bar.
            assert!(
                contrast(stock, &"#251b05".parse().unwrap()) >= TEXT && contrast(stock, bar) >= 3.0,
                "{text}"
            );
            assert!(contrast(light, on_light) >= TEXT && contrast(dark, on_dark) >= TEXT, "{text}");
        }
    }

    #[test]
    fn r12_what_is_no_opaque_colour_is_refused_and_a_good_one_is_kept() {
        for bad in ["", "blue-ish", "#12", "rgba(0,0,0,.5)", "transparent", "url(x)", "red;}"] {
            assert!(Accent::of(bad).is_err(), "{bad}");
        }
        let kept = Accent::of("#2255aa").unwrap();
        assert!(kept.css().contains("--action:light-dark(#2255aa,"), "{}", kept.css());
        assert!(kept.changes.iter().all(|change| !change.contains("light pages")), "{:?}", kept.changes);
    }

    #[test]
    fn the_backgrounds_are_those_of_the_style() {
        let tokens = include_str!("../../../../../style/tokens.css");
        for (name, index) in [("page", 0), ("surface", 1), ("sunken", 2)] {
            let pair = format!("--{name}: light-dark({}, {});", LIGHT[index], DARK[index]);
            assert!(tokens.contains(&pair), "{pair}");
        }
        for (name, text) in [("on-cloth", ON_BAR[0]), ("on-cloth-soft", ON_BAR[1])] {
            assert!(tokens.contains(&format!("--{name}: {text};")), "{name}");
        }
    }
}
