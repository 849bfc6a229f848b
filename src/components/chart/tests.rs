//! The markup of a chart.

use std::collections::HashSet;

use claimcheck_model::{
    ChartLine, ChartPoint, ChartSeries, ChartTick, ChartValue, NamesLayout, PLACE_MAX, TickRoom,
};

use super::*;

fn chart(shape: ChartShape, series: &[&[Option<Place>]], zero: Place) -> Chart {
    let count = series[0].len();
    let series = series.iter().enumerate().map(|(index, places)| ChartSeries {
        title: format!("Series <{index}>"),
        shape,
        axis: ChartAxis::Left,
        end: None,
        values: places
            .iter()
            .map(|at| ChartValue {
                text: at.map(|at| format!("v{at}")).unwrap_or_default(),
                at: *at,
                from: None,
                tone: None,
                to: None,
            })
            .collect(),
        summary: "Lowest, highest, last.".into(),
        longest: "v10000".into(),
    });
    Chart {
        shape,
        x_title: "Day".into(),
        points: (0..count)
            .map(|index| ChartPoint {
                label: format!("day {index}"),
                at: (index * 10_000 / (count - 1).max(1)) as Place,
                to: None,
                days: None,
            })
            .collect(),
        x_ticks: vec![ChartTick { text: "day 0".into(), at: 0, room: TickRoom::Any }],
        names: None,
        x_days: Vec::new(),
        y_ticks: vec![ChartTick { text: "9".into(), at: 0, room: TickRoom::Any }],
        right_ticks: Vec::new(),
        zero: Some(zero),
        series: series.collect(),
        shown: 0,
        note: None,
        is_stacked: false,
        is_horizontal: false,
        line: None,
        has_before: false,
    }
}

fn html(chart: Chart) -> String {
    view! { <ChartView title="Revenue & cost" id="panel-0-chart" chart/> }.to_html()
}

#[test]
fn a_gap_breaks_a_line_and_a_point_between_gaps_is_marked() {
    let gaps = chart(ChartShape::Line, &[&[Some(1), Some(2), None, Some(3), None]], PLACE_MAX);
    assert_eq!(lines::line(&gaps, &gaps.series[0]), "M0 1 2500 2M7500 3");
    let html = html(gaps);
    assert!(html.contains("M0 10000 0 1 2500 2 2500 10000z"), "and the area under it");
    assert!(html.contains("<svg x=\"75%\" y=\"0.03%\">") && !html.contains("<svg x=\"25%\""), "{html}");
}

#[test]
fn an_area_stands_on_zero_alone() {
    let places: &[Option<Place>] = &[Some(1), Some(2)];
    assert!(html(chart(ChartShape::Line, &[places], PLACE_MAX)).contains("chart-upper"));
    assert!(!html(chart(ChartShape::Line, &[places], 5000)).contains("chart-upper"));
    assert!(!html(chart(ChartShape::Line, &[places, places], PLACE_MAX)).contains("chart-upper"));
}

#[test]
fn bars_start_at_their_value_on_either_side_of_zero() {
    let html = html(chart(ChartShape::Bar, &[&[Some(2000), Some(4000), Some(10_000)]], 4000));
    let tops: Vec<_> = html.split("<rect x=").skip(1).filter(|rect| rect.contains("rx=\"3\"")).collect();
    assert_eq!(tops.len(), 2, "a bar of zero is none");
    assert!(tops[0].contains("y=\"50%\""), "half of the part above zero");
    assert!(tops[1].contains("y=\"-0%\""), "all of the part below");
}

#[test]
fn everything_is_in_the_table_and_nothing_is_markup_or_style() {
    let html = html(chart(ChartShape::Line, &[&[Some(1), None], &[Some(3), Some(4)]], PLACE_MAX));
    assert!(!html.contains("style=") && !html.contains("<0>"), "{html}");
    for text in [
        "v1",
        "v3",
        "v4",
        "day 1",
        "scope=\"row\"",
        "scope=\"col\"",
        "<caption",
        "data-x=\"100%\"",
        "data-y=\"0.01%\"",
    ] {
        assert!(html.contains(text), "{text} in {html}");
    }
    assert!(html.contains("aria-valuetext=\"day 0: Series &lt;0&gt; v1, Series &lt;1&gt; v3\""), "{html}");
    assert!(html.contains(
        "Revenue &amp; cost: line chart with 2 points from day 0 to day 1. Lowest, highest, last."
    ));
}

#[test]
fn one_point_needs_no_scrub_and_none_is_said() {
    let one = chart(ChartShape::Line, &[&[Some(1)]], PLACE_MAX);
    assert!(!html(one.clone()).contains("type=\"range\""));
    assert!(html(chart(ChartShape::Line, &[&[Some(1), Some(1)]], PLACE_MAX)).contains("type=\"range\""));
    let none = chart(ChartShape::Line, &[&[None, None]], PLACE_MAX);
    assert!(html(none).contains("No data"));
}

#[test]
fn percentages_read_back() {
    assert_eq!(
        [0, 2500, 10_000, 1230, 5, 3333].map(percent),
        ["0%", "25%", "100%", "12.3%", "0.05%", "33.33%"]
    );
}

/// WCAG 2.2, 1.4.11: everything needed to read a chart has a contrast of 3:1, in light and dark mode.
#[test]
fn the_colours_of_series_stand_out_from_the_surface() {
    let tokens = include_str!("../../../style/tokens.css");
    for scheme in [0, 1] {
        let luminance = |name: &str| {
            let pair = tokens.split(&format!("{name}: light-dark(")).nth(1).unwrap();
            let value = pair.split('#').nth(scheme + 1).unwrap();
            let channel = |at: usize| {
                let part = f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()) / 255.0;
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
        };
        for name in (1..=12).map(|series| format!("--chart-{series}")) {
            let (a, b) = (luminance("--surface"), luminance(&name));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 3.0, "{name}: {contrast}");
        }
    }
}

#[test]
fn stacked_bars_continue_each_other() {
    let mut stacked = chart(ChartShape::Bar, &[&[Some(6000)], &[Some(1000)]], PLACE_MAX);
    stacked.is_stacked = true;
    stacked.series[0].values[0].from = Some(PLACE_MAX);
    stacked.series[1].values[0].from = Some(6000);
    let html = html(stacked);
    assert!(html.contains("y=\"60%\"") && html.contains("height=\"40%\""), "{html}");
    assert!(html.contains("y=\"10%\"") && html.contains("height=\"50%\""), "{html}");
    let lefts: Vec<_> = html.split("<rect x=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // The first is the mark of the selected point.
    assert_eq!(lefts[1], lefts[2], "one above the other: {lefts:?}");
}

#[test]
fn horizontal_bars_are_a_table_with_every_name_and_value() {
    let mut horizontal = chart(ChartShape::Bar, &[&[Some(2500), Some(7500)]], 7500);
    horizontal.is_horizontal = true;
    let html = html(horizontal);
    assert!(html.contains("x=\"25%\" width=\"50%\""), "{html}");
    for text in ["day 0", "day 1", "v2500", "v7500", "scope=\"row\""] {
        assert!(html.contains(text), "{text} in {html}");
    }
    assert!(!html.contains("type=\"range\"") && !html.contains("<details"), "{html}");
    assert!(!html.contains("data-many"), "{html}");
    let places: &[Option<Place>] = &[Some(1)];
    let mut many = chart(ChartShape::Bar, &[places; 6], PLACE_MAX);
    many.is_horizontal = true;
    assert!(self::html(many).contains("data-many"), "its rows are higher");
}

#[test]
fn a_line_of_comparison_is_drawn_and_told() {
    let mut target = chart(ChartShape::Line, &[&[Some(1), Some(2)]], PLACE_MAX);
    target.line = Some(ChartLine { text: "Target: 500".into(), at: 2500 });
    let html = html(target);
    assert!(html.contains("y1=\"25%\"") && html.matches("Target: 500").count() == 2, "{html}");
}

#[test]
fn ch_03_names_of_bars_are_all_in_the_page() {
    let mut bars = chart(ChartShape::Bar, &[&[Some(1), Some(2)]], PLACE_MAX);
    bars.x_ticks = ["Past due", "Uncollectible"]
        .map(|name| ChartTick { text: name.into(), at: 0, room: TickRoom::Any })
        .to_vec();
    bars.names = Some(NamesLayout::SlantedAt(TickRoom::Some));
    let html = html(bars);
    assert!(html.contains("data-slanted=\"some\""), "{html}");
    assert!(html.contains("<span>Past due</span>") && html.contains("<span>Uncollectible</span>"), "{html}");
    assert!(!html.contains("chart-x"), "{html}");
}

#[test]
fn ch_04_ch_05_ch_08_days_room_and_the_preceding_period_are_in_the_markup() {
    let mut line = chart(ChartShape::Line, &[&[Some(1), Some(2)], &[Some(3), None]], PLACE_MAX);
    line.x_days = vec![ChartTick { text: "29 Nov".into(), at: 0, room: TickRoom::Any }];
    let before = html(line.clone());
    assert!(before.contains(">29 Nov</text>") && before.contains("data-longest=\"v10000\""), "{before}");
    assert!(!before.contains("data-before"), "{before}");
    line.has_before = true;
    assert!(html(line).contains("data-before"));
}

#[test]
fn ch_06_points_have_days_only_if_they_can_be_chosen() {
    let mut line = chart(ChartShape::Line, &[&[Some(1), Some(2)]], PLACE_MAX);
    assert!(!html(line.clone()).contains("data-from"));
    assert!(!html(line.clone()).contains("data-part=\"range\""));
    line.points[0].days = Some(("2026-09-01".into(), "2026-09-01".into()));
    line.points[1].days = Some(("2026-10-01".into(), "2026-10-31".into()));
    let html = html(line);
    assert!(html.contains("data-from=\"2026-09-01\">"), "one day is written once: {html}");
    assert!(html.contains("data-from=\"2026-10-01\" data-to=\"2026-10-31\""), "{html}");
    assert!(
        html.contains("data-part=\"range\"") && html.contains("aria-describedby=\"panel-0-chart-days\""),
        "{html}"
    );
}

/// The dash of a series, its colour in the light scheme, and its mark.
fn looks(index: usize) -> (String, String, String) {
    let styles = concat!(
        include_str!("../../../style/chart.css"),
        include_str!("../../../style/tokens.css"),
        include_str!("../../../style/extra/charts.css")
    );
    let rule = styles.split_once(&format!("\n.s{} {{", index + 1)).unwrap().1.split('}').next().unwrap();
    let dash = rule.split_once("--dash: ").map_or("none", |(_, dash)| dash.trim());
    let tone = format!("--chart-{}", index + 1);
    assert!(rule.contains(&format!("--tone: var({tone})")), "{rule}");
    let tone = styles.split_once(&format!("{tone}: light-dark(")).unwrap().1;
    let mark = view! { <key::Mark id=index/> }.to_html();
    (dash.to_owned(), tone.split(',').next().unwrap().to_owned(), mark)
}

#[test]
fn ch_12_twelve_series_have_their_own_dash_mark_colour_pattern_and_switch() {
    let all: Vec<_> = (0..12).map(looks).collect();
    assert_eq!(all.iter().map(|(dash, ..)| dash).collect::<HashSet<_>>().len(), 12, "{all:?}");
    assert_eq!(all.iter().map(|(_, tone, _)| tone).collect::<HashSet<_>>().len(), 12, "{all:?}");
    assert_eq!(all.iter().map(|(.., mark)| mark).collect::<HashSet<_>>().len(), 12, "{all:?}");
    let pattern = |id| view! { <key::Pattern name=String::new() id/> }.to_html();
    let without_class = |id: usize| pattern(id).replace(&format!("s{}", id + 1), "");
    assert_eq!((1..12).map(without_class).collect::<HashSet<_>>().len(), 11);
    let styles =
        concat!(include_str!("../../../style/chart.css"), include_str!("../../../style/extra/charts.css"));
    let places: &[Option<Place>] = &[Some(1), Some(2)];
    let html = html(chart(ChartShape::Line, &[places; 12], PLACE_MAX));
    for index in 0..12 {
        assert!(html.contains(&format!("class=\"chart-line s{}\"", index + 1)), "{html}");
        let switch = format!("value=\"{index}\"]:not(:checked)) .chart-drawing .s{} ", index + 1);
        assert!(styles.replace(',', " ").contains(&switch), "{switch}");
    }
    assert!(html.contains("data-many"), "{html}");
}

#[test]
fn ch_12_labels_at_the_ends_of_lines_have_the_marks_of_their_series() {
    let places: &[Option<Place>] = &[Some(1), Some(2)];
    let mut many = chart(ChartShape::Line, &[places; 6], PLACE_MAX);
    many.series[5].end = Some(ChartTick { text: "Long\u{2026}".into(), at: 2500, room: TickRoom::More });
    let html = html(many);
    let ends = html.split_once("chart-ends").unwrap().1.split_once("chart-plot").unwrap().0;
    assert!(
        ends.contains("Long\u{2026}") && ends.contains("y=\"25%\"") && ends.contains("class=\"s6\""),
        "{ends}"
    );
    assert_eq!(ends.matches("chart-mark").count(), 1, "{ends}");
}

#[test]
fn ch_11_a_line_on_the_right_axis_is_over_the_bars_with_its_own_labels() {
    let places: &[Option<Place>] = &[Some(1); 12];
    let mut both = chart(ChartShape::Bar, &[places, places, places], PLACE_MAX);
    let plain = html(both.clone());
    assert!(!plain.contains("data-right") && !plain.contains("chart-axis") && !plain.contains("chart-line"));
    assert_eq!(plain.matches("data-part=\"cursor\"").count(), 1);
    let widths = |html: &str| -> HashSet<String> {
        let bars = html.split("<rect x=\"").filter(|rect| rect.contains("rx=\"3\""));
        bars.filter_map(|rect| rect.split("width=\"").nth(1)?.split('"').next().map(str::to_owned)).collect()
    };
    (both.series[1].shape, both.series[1].axis) = (ChartShape::Line, ChartAxis::Right);
    both.right_ticks = vec![ChartTick { text: "12 %".into(), at: 0, room: TickRoom::Any }];
    let html = html(both);
    assert!(html.contains("data-axis=\"right\"") && html.contains("12 %"), "{html}");
    let right = html.split_once("data-axis=\"right\"").unwrap().1.split_once("chart-plot").unwrap().0;
    assert_eq!(right.matches("chart-key s2 of-line").count(), 1, "{right}");
    assert_eq!(html.matches("class=\"chart-line s2\"").count(), 1, "{html}");
    assert!(!html.contains("chart-line s1 ") && !html.contains("chart-bar s2"), "{html}");
    // One cursor, with a place for each series, and one grid.
    assert_eq!(html.matches("data-part=\"cursor\"").count(), 1, "{html}");
    assert_eq!(html.matches("data-part=\"dot\"").count(), 3, "{html}");
    assert_eq!(html.matches("class=\"chart-grid\"").count(), 1, "{html}");
    assert_ne!(widths(&plain), widths(&html), "two bars have more room than three");
}

#[test]
fn ch_14_the_text_of_a_target_is_beside_the_plot() {
    let mut target = chart(ChartShape::Bar, &[&[Some(1), Some(2)]], PLACE_MAX);
    target.line = Some(ChartLine { text: "Target: 500".into(), at: 2500 });
    let html = html(target);
    let (beside, plot) = html.split_once("data-part=\"plot\"").unwrap();
    assert!(beside.contains("chart-target num") && beside.contains("</svg>Target: 500"), "{beside}");
    assert!(plot.contains("y1=\"25%\"") && !plot.contains("Target: 500"), "{plot}");
}
