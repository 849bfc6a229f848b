//! The parts of a whole: a donut or one stacked bar, and below it the table of all parts. The parts are in the order of
//! the table, and patterns distinguish them without colour.

use claimcheck_model::{ChartShape, PLACE_MAX, Place, ShareData, SharePart, ShareShape};
use claimcheck_text::t;
use leptos::prelude::*;

use super::{
    key::{Key, Pattern},
    percent, series_class,
};
use crate::components::{TagIcon, icon, language, linked, linked_shape};

/// The space between two parts, in ten-thousandths of the whole.
const GAP: Place = 60;

/// Further parts are not drawn, or drawn together.
const PATTERNS: usize = 5;

/// The body of a share.
#[component]
pub fn ShareView(
    /// The panel's title: names the table for screen readers.
    title: String,
    /// The prefix of ids in the drawing; unique on the page.
    id: String,
    share: ShareData,
) -> impl IntoView {
    let language = language();
    if share.parts.is_empty() {
        return view! {
            <div class="state perf" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h3>{t!(language, "chart-empty-title")}</h3>
                <p>{t!(language, "chart-empty")}</p>
            </div>
        }
        .into_any();
    }
    let patterns: Vec<_> = (1..share.parts.len().min(PATTERNS))
        .map(|index| view! { <Pattern name=format!("{id}-s{}", index + 1) id=index/> })
        .collect();
    let drawing = match share.shape {
        ShareShape::Donut => donut(&id, &share).into_any(),
        ShareShape::Bar => bar(&id, &share).into_any(),
    };
    let rows = share.parts.iter().enumerate().map(|(index, part)| row(index, part)).collect::<Vec<_>>();
    let (label, value) = share.titles.clone();
    let note = share.note.clone().map(|note| view! { <p class="chart-note">{note}</p> });
    view! {
        <div class="perf share" data-shape=share.shape.name()>
            <svg class="share-patterns" aria-hidden="true">
                <defs>{patterns}</defs>
            </svg>
            {drawing}
            <table>
                <caption class="visually-hidden">{title}</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{label}</th>
                        <th scope="col">{value}</th>
                        <th scope="col">{t!(language, "share-percent")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">{t!(language, "share-total")}</th>
                        <td class="num">{share.total.clone()}</td>
                        <td></td>
                    </tr>
                </tfoot>
            </table>
            {note}
        </div>
    }
    .into_any()
}

fn row(index: usize, part: &SharePart) -> impl IntoView + use<> {
    let class = class_of(index, part);
    let key = part.drawn.is_some().then(|| match part.is_rest {
        true => view! { <span class="share-rest"></span> }.into_any(),
        false => view! { <Key id=index shape=ChartShape::Bar/> }.into_any(),
    });
    view! {
        <tr class=class>
            <th scope="row">{key} <span>{linked(part.to.clone(), part.label.clone())}</span></th>
            <td class="num">{part.value.clone()}</td>
            <td class="num">{part.percent.clone()}</td>
        </tr>
    }
}

fn class_of(index: usize, part: &SharePart) -> String {
    if part.is_rest { "rest".to_owned() } else { series_class(index) }
}

/// What fills a part, as the bars of a chart are filled: the first plainly, the others with patterns.
fn fill(id: &str, index: usize, part: &SharePart) -> Option<String> {
    (index > 0 && !part.is_rest).then(|| format!("url(#{id}-s{})", index + 1))
}

/// The parts as sectors of a ring.
fn donut(id: &str, share: &ShareData) -> impl IntoView + use<> {
    let sectors: Vec<_> = share
        .parts
        .iter()
        .enumerate()
        .filter_map(|(index, part)| {
            let (begin, length) = part.drawn?;
            let d = sector(begin, length)?;
            let class = format!("chart-bar {}", class_of(index, part));
            let path = view! { <path class=class d=d fill=fill(id, index, part)></path> };
            // The links of the table have the names.
            Some(linked_shape(part.to.as_ref(), None, path.into_any()))
        })
        .collect();
    view! {
        <svg class="donut" viewBox="-100 -100 200 200" aria-hidden="true">
            {sectors}
        </svg>
    }
}

/// The parts beside each other.
fn bar(id: &str, share: &ShareData) -> impl IntoView + use<> {
    let parts: Vec<_> = share
        .parts
        .iter()
        .enumerate()
        .filter_map(|(index, part)| {
            let (begin, length) = part.drawn.filter(|(_, length)| *length > 0)?;
            let length = if length > GAP * 2 { length - GAP } else { length };
            let class = format!("chart-bar {}", class_of(index, part));
            let rect = view! {
                <rect class=class x=percent(begin) width=percent(length) height="100%" fill=fill(id, index, part)></rect>
            };
            Some(linked_shape(part.to.as_ref(), None, rect.into_any()))
        })
        .collect();
    view! {
        <svg class="share-bar" aria-hidden="true">
            {parts}
        </svg>
    }
}

/// The path of a sector between the radii 58 and 96, clockwise from the top; `None` if it would not be visible.
fn sector(begin: Place, length: Place) -> Option<String> {
    if length == 0 {
        return None;
    }
    const OUTER: f64 = 96.0;
    const INNER: f64 = 58.0;
    if length >= PLACE_MAX {
        // Two halves, because an arc from a point to itself is none.
        let ring = |radius: f64, sweep: u8| {
            format!(
                "M0-{radius}A{radius} {radius} 0 1 {sweep} 0 {radius}A{radius} {radius} 0 1 {sweep} 0-{radius}z"
            )
        };
        return Some(format!("{}{}", ring(OUTER, 1), ring(INNER, 0)));
    }
    let gap = if length > GAP * 2 { f64::from(GAP) / 2.0 } else { 0.0 };
    let (from, to) = (f64::from(begin) + gap, f64::from(begin) + f64::from(length) - gap);
    let point = |at: f64, radius: f64| {
        let angle = at / f64::from(PLACE_MAX) * std::f64::consts::TAU;
        format!("{:.2} {:.2}", radius * angle.sin(), -radius * angle.cos())
    };
    let large = u8::from(to - from > f64::from(PLACE_MAX) / 2.0);
    Some(format!(
        "M{}A{OUTER} {OUTER} 0 {large} 1 {}L{}A{INNER} {INNER} 0 {large} 0 {}z",
        point(from, OUTER),
        point(to, OUTER),
        point(to, INNER),
        point(from, INNER)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_go_clockwise_from_the_top() {
        assert_eq!(sector(0, 0), None);
        let quarter = sector(0, 2500).unwrap();
        assert!(quarter.starts_with("M1.81 -95.98A96 96 0 0 1 95.98 -1.81L"), "{quarter}");
        let most = sector(2500, 7500).unwrap();
        assert!(most.contains(" 0 1 1 ") && most.contains(" 0 1 0 "), "{most}");
        let whole = sector(0, PLACE_MAX).unwrap();
        assert_eq!(whole.matches('A').count(), 4, "{whole}");
    }
}
