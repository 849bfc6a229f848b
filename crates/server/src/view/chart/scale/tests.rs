//! Scales of one axis and of two, for a few chosen values and for many random ones.

use super::*;

fn scale(values: &[f64], from_zero: bool) -> Scale {
    Span::of(values.iter().copied(), from_zero).unwrap().scale()
}

fn ticks(values: &[f64], from_zero: bool) -> Vec<f64> {
    scale(values, from_zero).ticks().collect()
}

#[test]
fn ticks_are_round_numbers_from_the_top_down() {
    assert_eq!(ticks(&[3.0, 97.0], false), [100.0, 80.0, 60.0, 40.0, 20.0, 0.0]);
    assert_eq!(ticks(&[0.1, 1.1], false), [1.25, 1.0, 0.75, 0.5, 0.25, 0.0]);
    assert_eq!(ticks(&[-4.0, 11.0], true), [15.0, 10.0, 5.0, 0.0, -5.0]);
    assert_eq!(ticks(&[0.05, 0.3], false), [0.3, 0.2, 0.1, 0.0], "each the float its label says");
}

#[test]
fn zero_is_on_the_scale_of_bars_always_and_of_lines_unless_far_away() {
    assert_eq!(ticks(&[990.0, 1010.0], true).last(), Some(&0.0));
    assert_eq!(ticks(&[990.0, 1010.0], false), [1010.0, 1005.0, 1000.0, 995.0, 990.0]);
    assert_eq!(scale(&[990.0, 1010.0], false).zero(), None);
    assert_eq!(ticks(&[40.0, 100.0], false).last(), Some(&0.0));
    assert_eq!(ticks(&[-1010.0, -990.0], true).first(), Some(&0.0));
    assert_eq!(scale(&[-10.0, 10.0], true).zero(), Some(PLACE_MAX / 2));
}

#[test]
fn whole_values_have_whole_ticks() {
    assert_eq!(ticks(&[0.0, 2.0], false), [2.0, 1.0, 0.0]);
    assert_eq!(ticks(&[1.0, 11.0], false), [15.0, 10.0, 5.0, 0.0], "not by 2.5");
    assert!(ticks(&[1.5, 11.0], false).contains(&2.5));
}

#[test]
fn one_value_equal_values_and_none() {
    assert_eq!(ticks(&[7.0, 7.0], false), [8.0, 6.0, 4.0, 2.0, 0.0]);
    assert_eq!(ticks(&[0.0], false), [1.0, 0.0]);
    assert_eq!(ticks(&[-3.0], true), [0.0, -1.0, -2.0, -3.0]);
    assert_eq!(Span::of(std::iter::empty(), true), None);
}

#[test]
fn what_is_no_number_is_a_gap() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1e21] {
        assert_eq!(drawable(value), None, "{value}");
    }
    assert_eq!(drawable(-1e15), Some(-1e15));
}

/// For any values: few ticks, evenly spaced, all values between them, and distinct labels.
#[test]
fn every_scale_spans_its_values_in_few_even_steps() {
    let mut random = fastrand::Rng::with_seed(7);
    let fixed = [
        vec![1e-9, 3e-9],
        vec![1e15, -1e15],
        vec![1e15, 1e15 + 1.0],
        vec![1e20, 1e20 + 16384.0],
        vec![5e-324],
        vec![-1e-300, 1e20],
        vec![0.1 + 0.2, 0.3],
    ];
    let drawn = (0..3000).map(|_| {
        let size = 10_f64.powi(random.i32(-12..18));
        let around = if random.bool() { 0.0 } else { size * random.f64() * 50.0 };
        (0..random.usize(1..9)).map(|_| around + size * (random.f64() - 0.3)).collect::<Vec<_>>()
    });
    for values in fixed.into_iter().chain(drawn.collect::<Vec<_>>()) {
        for from_zero in [false, true] {
            let scale = scale(&values, from_zero);
            let ticks: Vec<_> = scale.ticks().collect();
            assert!((2..=8).contains(&ticks.len()), "{values:?}: {ticks:?}");
            let slack = (ticks[0] - ticks[1]) * 1e-6;
            for value in &values {
                let inside = *value <= ticks[0] + slack && *value >= ticks[ticks.len() - 1] - slack;
                assert!(inside, "{value} in {ticks:?}");
                assert!(scale.place(*value) <= PLACE_MAX);
            }
            let places: Vec<_> = ticks.iter().map(|tick| scale.place(*tick)).collect();
            let even = PLACE_MAX as usize / (ticks.len() - 1);
            for (index, place) in places.iter().enumerate() {
                assert!((*place as usize).abs_diff(index * even) <= ticks.len(), "{values:?}: {places:?}");
            }
            let (told, decimals) = scale.ticks_in(0);
            let texts: std::collections::HashSet<_> = told.map(|tick| format!("{tick:.decimals$}")).collect();
            assert_eq!(texts.len(), ticks.len(), "{texts:?}");
        }
    }
}

#[test]
fn f31_a_small_spread_far_from_zero_is_drawn_and_not_flat() {
    let scale = scale(&[1e12, 1e12 + 500.0, 1e12 + 1000.0], false);
    assert_eq!([1e12, 1e12 + 500.0, 1e12 + 1000.0].map(|value| scale.place(value)), [PLACE_MAX, 5000, 0]);
    for (low, high) in
        [(1.7724603e12, 1.7724604e12), (9e17, 9e17 + 1e7), (-1e15 - 4096.0, -1e15), (1e20, 1e20 + 16384.0)]
    {
        let ticks = Span::of([low, high].into_iter(), false).unwrap().scale().ticks().count();
        assert!((2..=8).contains(&ticks), "{low} {high}: {ticks}");
    }
}

#[test]
fn higher_values_lie_higher() {
    let scale = scale(&[-5.0, 20.0], false);
    let places: Vec<_> = [20.0, 3.0, 0.0, -5.0].map(|value| scale.place(value)).to_vec();
    assert!(places.is_sorted() && places.first() < places.last(), "{places:?}");
}

fn pair(left: &[f64], right: &[f64], from_zero: (bool, bool)) -> (Scale, Scale) {
    let span = |values: &[f64], from_zero| Span::of(values.iter().copied(), from_zero).unwrap();
    side_by_side(&span(left, from_zero.0), &span(right, from_zero.1))
}

#[test]
fn ch_11_two_axes_share_zero_and_the_heights_of_ticks() {
    let ticks = |scale: &Scale| scale.ticks().collect::<Vec<_>>();
    let (left, right) = pair(&[0.0, 100.0], &[12.0, 38.0], (true, false));
    assert_eq!(ticks(&left), [100.0, 75.0, 50.0, 25.0, 0.0]);
    assert_eq!(ticks(&right), [40.0, 30.0, 20.0, 10.0, 0.0], "both are used best");
    let (left, right) = pair(&[-20.0, 80.0], &[3.0], (true, true));
    assert_eq!(ticks(&left), [80.0, 60.0, 40.0, 20.0, 0.0, -20.0]);
    assert_eq!(ticks(&right), [4.0, 3.0, 2.0, 1.0, 0.0, -1.0]);
    // One axis below zero, the other above.
    let (left, right) = pair(&[-97.0], &[97.0], (true, true));
    assert_eq!(ticks(&left), [100.0, 75.0, 50.0, 25.0, 0.0, -25.0, -50.0, -75.0, -100.0]);
    assert_eq!(left.zero(), right.zero());
    // Without zero on one of them, only the heights are the same.
    let (left, right) = pair(&[0.0, 100.0], &[990.0, 1010.0], (true, false));
    assert_eq!(ticks(&left).last(), Some(&0.0));
    assert_eq!(ticks(&right), [1015.0, 1010.0, 1005.0, 1000.0, 995.0, 990.0]);
}

/// For any values of two axes: as many ticks on both, all values between them, and zero at one height.
#[test]
fn ch_11_any_two_axes_fit_their_values() {
    let mut random = fastrand::Rng::with_seed(11);
    let mut values = || {
        let size = 10_f64.powi(random.i32(-9..15));
        let around = if random.bool() { 0.0 } else { size * random.f64() * 50.0 };
        let sign = if random.bool() { 1.0 } else { -1.0 };
        let is_whole = random.bool();
        let value = |random: &mut fastrand::Rng| {
            let value = sign * (around + size * (random.f64() - 0.3));
            if is_whole { value.round() } else { value }
        };
        (0..random.usize(1..9)).map(|_| value(&mut random)).collect::<Vec<_>>()
    };
    for index in 0..3000 {
        let (a, b) = (values(), values());
        let (left, right) = pair(&a, &b, (index % 2 == 0, index % 3 == 0));
        for (scale, values) in [(&left, &a), (&right, &b)] {
            let ticks: Vec<_> = scale.ticks().collect();
            assert!((2..=10).contains(&ticks.len()), "{values:?}: {ticks:?}");
            let slack = (ticks[0] - ticks[1]) * 1e-6;
            let inside = |value: &f64| *value <= ticks[0] + slack && *value >= ticks[ticks.len() - 1] - slack;
            assert!(values.iter().all(inside), "{values:?}: {ticks:?}");
        }
        let places = |scale: &Scale| scale.ticks().map(|tick| scale.place(tick)).collect::<Vec<_>>();
        assert_eq!(left.ticks().count(), right.ticks().count(), "{a:?} {b:?}");
        let apart = places(&left).into_iter().zip(places(&right)).map(|(a, b)| a.abs_diff(b)).max();
        assert!(apart <= Some(1), "{a:?} {b:?}");
        if let (Some(zero), Some(other)) = (left.zero(), right.zero()) {
            assert_eq!(zero, other, "{a:?} {b:?}");
        }
    }
}
