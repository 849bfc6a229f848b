//! Whole charts: what `draw` makes of possible API responses.

use claimcheck_model::{ChartTick, PLACE_MAX};
use claimcheck_text::Language;

use crate::view::chart::*;

fn days(count: usize) -> Vec<Point> {
    (1..=count)
        .map(|day| Point {
            label: format!("{day} Sep 2026"),
            short: format!("{day} Sep"),
            at: Some(day as f64 * 86_400.0),
            ..Point::default()
        })
        .collect()
}

fn number(_: ChartAxis, value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

fn chart(shape: ChartShape, points: Vec<Point>, values: &[Option<f64>]) -> Chart {
    let drawn = |value: &Option<f64>| value.map(|at| Drawn::new(at, at.to_string()));
    let series = vec![Series::new("Revenue".into(), values.iter().map(drawn).collect())];
    draw(Language::default(), shape, "Day".into(), points, series, &number)
}

#[test]
fn a_line_is_placed_and_told() {
    let chart = chart(ChartShape::Line, days(3), &[Some(10.0), Some(30.0), Some(20.0)]);
    let places: Vec<_> = chart.series[0].values.iter().map(|value| value.at.unwrap()).collect();
    assert_eq!(places, [6667, 0, 3333]);
    assert_eq!(chart.zero, Some(PLACE_MAX));
    assert_eq!(chart.shown, 2);
    let ticks: Vec<_> = chart.y_ticks.iter().map(|tick| tick.text.as_str()).collect();
    assert_eq!(ticks, ["30", "20", "10", "0"]);
    assert_eq!(
        chart.series[0].summary,
        "Revenue: lowest 10 (1 Sep 2026), highest 30 (2 Sep 2026), last 20 (3 Sep 2026)."
    );
    assert_eq!(chart.note, None);
}

#[test]
fn what_is_missing_or_no_number_is_a_gap() {
    let values = [Some(1.0), None, Some(f64::NAN), Some(f64::INFINITY), Some(1e300), Some(2.0)];
    let chart = chart(ChartShape::Line, days(7), &values);
    let drawn: Vec<_> = chart.series[0].values.iter().map(|value| value.at.is_some()).collect();
    assert_eq!(drawn, [true, false, false, false, false, true, false], "a short series ends in gaps");
    assert!(chart.series[0].values.iter().all(|value| value.at.is_none() == (value.text == "–")));
    assert_eq!(chart.shown, 5);
    assert!(!chart.is_empty());
}

#[test]
fn nothing_to_draw_is_said() {
    assert!(chart(ChartShape::Line, Vec::new(), &[]).is_empty());
    let gaps = chart(ChartShape::Bar, days(3), &[None, Some(f64::NAN), None]);
    assert!(gaps.is_empty() && gaps.y_ticks.is_empty() && gaps.zero.is_none());
    assert!(
        draw(Language::default(), ChartShape::Bar, String::new(), days(3), Vec::new(), &number).is_empty()
    );
}

#[test]
fn points_of_a_time_stand_in_its_order() {
    let mut newest_first = days(3);
    newest_first.reverse();
    let chart = chart(ChartShape::Bar, newest_first.clone(), &[Some(3.0), Some(2.0), Some(1.0)]);
    let labels: Vec<_> = chart.points.iter().map(|point| point.label.as_str()).collect();
    assert_eq!(labels, ["1 Sep 2026", "2 Sep 2026", "3 Sep 2026"]);
    let texts: Vec<_> = chart.series[0].values.iter().map(|value| value.text.as_str()).collect();
    assert_eq!(texts, ["1", "2", "3"], "values go with their points");
    newest_first[1].at = None;
    let as_they_came =
        draw(Language::default(), ChartShape::Bar, String::new(), newest_first, Vec::new(), &number);
    assert_eq!(as_they_came.points[0].label, "3 Sep 2026");
}

#[test]
fn too_many_points_are_left_out_and_it_is_said() {
    let values: Vec<_> = (0..1000).map(|value| Some(f64::from(value))).collect();
    let drawn = chart(ChartShape::Line, days(1000), &values);
    assert_eq!(drawn.points.len(), POINTS_MAX);
    assert_eq!(drawn.series[0].values.last().unwrap().text, "999");
    assert_eq!(drawn.note.as_deref(), Some("Showing the last 400 of 1000 points."));
    let nameless = (0..1000).map(|_| Point::default()).collect();
    let drawn = chart(ChartShape::Line, nameless, &values);
    assert_eq!(drawn.series[0].values[0].text, "0");
    assert_eq!(drawn.note.as_deref(), Some("Showing the first 400 of 1000 points."));
    let one = Drawn::new(1.0, "1".into());
    let series = (0..20).map(|index| Series::new(index.to_string(), vec![Some(one.clone())])).collect();
    assert_eq!(
        draw(Language::default(), ChartShape::Line, String::new(), days(1), series, &number).series.len(),
        SERIES_MAX
    );
}

#[test]
fn bars_without_a_time_show_the_highest_first_of_all() {
    let customers: Vec<_> = ["Ash", "Birch", "Cedar"]
        .map(|name| Point { label: name.into(), short: name.into(), ..Point::default() })
        .to_vec();
    assert_eq!(chart(ChartShape::Bar, customers, &[Some(2.0), Some(7.0), None]).shown, 1);
    assert_eq!(
        chart(ChartShape::Bar, days(3), &[Some(2.0), Some(7.0), None]).shown,
        1,
        "the last with a value"
    );
    assert_eq!(chart(ChartShape::Bar, days(3), &[Some(9.0), Some(7.0), Some(1.0)]).shown, 2);
}

#[test]
fn large_numbers_on_the_axis_are_short() {
    let ticks = |value: f64| -> Vec<String> {
        let chart = chart(ChartShape::Bar, days(1), &[Some(value)]);
        chart.y_ticks.into_iter().map(|tick| tick.text).collect()
    };
    assert_eq!(ticks(1_100_000.0)[0], "1.25\u{a0}M");
    assert_eq!(ticks(1_100_000.0).last().unwrap(), "0");
    assert_eq!(ticks(1e15)[0], "1000\u{a0}tn");
    assert_eq!(ticks(1e-9)[0], "0.0000000010");
    assert_eq!(ticks(90_000.0)[0], "100000");
}

#[test]
fn long_labels_are_cut_on_the_axis_only() {
    let name = "Schreinerei Holzapfel und Söhne";
    let points = vec![Point { label: name.into(), short: name.into(), ..Point::default() }];
    let chart = chart(ChartShape::Bar, points, &[Some(1.0)]);
    assert_eq!(chart.points[0].label, name);
    assert_eq!(chart.x_ticks[0].text, "Schreinerei Holza…");
}

fn two_axes(stacked: bool) -> Chart {
    let values = |values: [f64; 3]| values.map(|at| Some(Drawn::new(at, at.to_string()))).to_vec();
    let series = vec![
        Series::new("Revenue".into(), values([100.0, 300.0, 200.0])),
        Series::new("Cost".into(), values([50.0, 100.0, 100.0])),
        Series {
            axis: ChartAxis::Right,
            is_line: true,
            ..Series::new("Margin".into(), values([50.0, 67.0, -10.0]))
        },
    ];
    let number = |axis: ChartAxis, value: f64, decimals: usize| match axis {
        ChartAxis::Left => format!("\u{20ac}{value:.decimals$}"),
        ChartAxis::Right => format!("{value:.decimals$}%"),
    };
    let drawing = Drawing { is_stacked: stacked, ..ChartShape::Bar.into() };
    draw(Language::default(), drawing, "Day".into(), days(3), series, &number)
}

#[test]
fn ch_11_a_series_of_the_right_axis_has_its_scale_and_is_named_so() {
    let chart = two_axes(false);
    let texts = |ticks: &[ChartTick]| ticks.iter().map(|tick| tick.text.clone()).collect::<Vec<_>>();
    assert_eq!(
        texts(&chart.y_ticks),
        ["\u{20ac}300", "\u{20ac}200", "\u{20ac}100", "\u{20ac}0", "\u{20ac}-100"]
    );
    assert_eq!(texts(&chart.right_ticks), ["75%", "50%", "25%", "0%", "-25%"]);
    let zero = chart.zero.unwrap();
    let at = |ticks: &[ChartTick]| ticks[3].at;
    assert_eq!([at(&chart.y_ticks), at(&chart.right_ticks)], [zero; 2]);
    let [revenue, _, margin] = &chart.series[..] else { panic!() };
    assert_eq!((margin.axis, margin.shape), (ChartAxis::Right, ChartShape::Line));
    assert_eq!((revenue.axis, revenue.shape), (ChartAxis::Left, ChartShape::Bar));
    assert_eq!(margin.title, "Margin (right axis)");
    assert!(margin.summary.starts_with("Margin (right axis): lowest -10"), "{}", margin.summary);
    assert_eq!(margin.values[0].at, chart.right_ticks[1].at.into(), "50 is at its own tick");
    assert!(chart.is_mixed());
    let plain = self::chart(ChartShape::Bar, days(3), &[Some(1.0)]);
    assert!(plain.right_ticks.is_empty() && !plain.is_mixed());
}

#[test]
fn ch_11_a_line_is_no_part_of_a_stack() {
    let chart = two_axes(true);
    let [revenue, cost, margin] = &chart.series[..] else { panic!() };
    assert_eq!(cost.values[0].from, revenue.values[0].at);
    assert_eq!(margin.values[0].from, None);
    assert_eq!(chart.y_ticks[0].text, "\u{20ac}400");
}

#[test]
fn ch_11_an_axis_without_values_has_no_labels() {
    let gaps = Series { axis: ChartAxis::Right, ..Series::new("Margin".into(), vec![None]) };
    let series = vec![Series::new("Revenue".into(), vec![Some(Drawn::new(7.0, "7".into()))]), gaps];
    let chart = draw(Language::default(), ChartShape::Line, "Day".into(), days(1), series, &number);
    assert!(chart.right_ticks.is_empty() && !chart.y_ticks.is_empty());
    assert_eq!(chart.series[1].values[0].at, None);
}
