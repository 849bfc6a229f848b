//! The scale of the y axis: round ticks that span the values, and the position of a value between them.

use claimcheck_model::{PLACE_MAX, Place};

/// Larger numbers are not drawn, because users cannot read their differences.
const MAGNITUDE_MAX: f64 = 1e21;
/// Values whose relative difference is smaller than this are drawn as equal: the ticks between them would be equal,
/// too.
const SPREAD_MIN: f64 = 1e-12;
const STEPS_WANTED: f64 = 5.0;
/// The distance of the plot from zero, in steps. A float counts further steps only in twos.
const STEPS_MAX: i64 = 1 << 53;
/// The most steps of two axes that share zero, one of which may be below it and the other above. Rounding adds one.
const SHARED_STEPS_MAX: i64 = 8;
/// How often a longer step is tried; one or two are needed.
const LONGER_MAX: usize = 8;
/// Steps are one of these times a power of ten.
const MANTISSAS: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];

/// A number that can be drawn; NaN, infinities and numbers close to them are gaps.
pub(super) fn drawable(value: f64) -> Option<f64> {
    (value.is_finite() && value.abs() < MAGNITUDE_MAX).then_some(value)
}

/// Evenly spaced round ticks. Numbers are stored as `coefficient × 10^exponent`, so that a tick is the float nearest to
/// the decimal in its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    /// The step in units of `10^exponent`: 1, 2, 2.5 or 5.
    mantissa: f64,
    exponent: i32,
    /// The first and the last tick, in steps from zero.
    first: i64,
    last: i64,
}

/// What a scale has to include.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    low: f64,
    high: f64,
    /// All values are whole numbers.
    is_whole: bool,
}

impl Span {
    /// The span of `values`; `None` if there are none. It includes zero if `from_zero` is set, and otherwise unless the
    /// values are far from it: within the upper half of the distance.
    pub(super) fn of(values: impl Iterator<Item = f64> + Clone, from_zero: bool) -> Option<Self> {
        let (low, high) = values
            .clone()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return None;
        }
        let farthest = low.abs().max(high.abs());
        let nearest = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
        let (mut low, mut high) = (low, high);
        if from_zero || nearest <= farthest / 2.0 || high - low <= farthest * SPREAD_MIN {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if high - low < f64::MIN_POSITIVE * 1e20 {
            (low, high) = (0.0, 1.0);
        }
        Some(Self { low, high, is_whole: values.clone().all(|value| value.fract() == 0.0) })
    }

    /// The scale with the fewest round ticks.
    pub(super) fn scale(&self) -> Scale {
        self.in_step(self.step((self.high - self.low) / STEPS_WANTED))
    }

    /// The shortest round step that is at least as long as wanted: one of [`MANTISSAS`], and a power of ten.
    fn step(&self, wanted: f64) -> (f64, i32) {
        let is_whole = self.is_whole;
        let mut exponent = wanted.log10().floor() as i32;
        let fits = |mantissa: f64| {
            let step = decimal(mantissa, exponent);
            // Whole values get no fractional steps.
            step >= wanted * (1.0 - 1e-9) && !(is_whole && step.fract() != 0.0)
        };
        let mut mantissa = MANTISSAS.into_iter().find(|mantissa| fits(*mantissa)).unwrap_or(10.0);
        if mantissa >= 10.0 {
            (mantissa, exponent) = (1.0, exponent + 1);
        }
        if is_whole && decimal(mantissa, exponent) < 1.0 {
            (mantissa, exponent) = (1.0, 0);
        }
        (mantissa, exponent)
    }

    /// The scale in these steps.
    fn in_step(&self, (mantissa, exponent): (f64, i32)) -> Scale {
        let step = decimal(mantissa, exponent);
        // Casts from float saturate; the bound leaves room for one more step.
        let steps = |steps: f64| (steps as i64).clamp(-STEPS_MAX, STEPS_MAX);
        let first = steps((self.low / step + 1e-9).floor());
        let last = steps((self.high / step - 1e-9).ceil());
        Scale { mantissa, exponent, first, last: last.max(first + 1) }
    }

    /// The scale with so many steps below and above zero, which have room for some round step.
    fn around_zero(&self, below: i64, above: i64) -> Scale {
        let wanted = |end: f64, steps: i64| if steps > 0 { end / steps as f64 } else { 0.0 };
        let step = self.step(wanted(self.high, above).max(wanted(-self.low, below)).max(f64::MIN_POSITIVE));
        Scale { mantissa: step.0, exponent: step.1, first: -below, last: above }
    }

    /// How much of a scale the values take.
    fn part_of(&self, scale: &Scale) -> f64 {
        (self.high - self.low) / (scale.tick(scale.last) - scale.tick(scale.first))
    }

    /// The scale with so many steps, which are at least those of [`Span::scale`].
    fn in_steps(&self, count: i64) -> Scale {
        let mut step = self.step((self.high - self.low) / count as f64);
        let mut scale = self.in_step(step);
        // Between round ends there may be one step more than between the values.
        for _ in 0..LONGER_MAX {
            if scale.last - scale.first <= count {
                break;
            }
            step = self.step(decimal(step.0, step.1) * 1.01);
            scale = self.in_step(step);
        }
        Scale { last: scale.first.saturating_add(count), ..scale }
    }
}

/// The scales of two axes with ticks at the same heights, and with zero at the same height if both include it.
pub(super) fn side_by_side(left: &Span, right: &Span) -> (Scale, Scale) {
    let (a, b) = (left.scale(), right.scale());
    if a.zero().is_none() || b.zero().is_none() {
        let count = (a.last - a.first).max(b.last - b.first);
        return (left.in_steps(count), right.in_steps(count));
    }
    // Of the steps of both scales, those that leave the least of both axes empty.
    let has_room = |(below, above): &(i64, i64)| {
        let is_within = |span: &Span| (span.low >= 0.0 || *below > 0) && (span.high <= 0.0 || *above > 0);
        is_within(left) && is_within(right)
    };
    let pairs = [(a.first, a.last), (a.first, b.last), (b.first, a.last), (b.first, b.last)];
    let pairs = pairs.map(|(first, last)| at_most_shared(-first, last)).into_iter().filter(has_room);
    let scales =
        pairs.map(|(below, above)| (left.around_zero(below, above), right.around_zero(below, above)));
    let used = |(a, b): &(Scale, Scale)| left.part_of(a) + right.part_of(b);
    scales.max_by(|a, b| used(a).total_cmp(&used(b))).unwrap_or((a, b))
}

/// Fewer steps below and above zero, in the same proportion, if there are more than can be labelled.
fn at_most_shared(below: i64, above: i64) -> (i64, i64) {
    let all = below + above;
    let fewer = |steps: i64| (steps * SHARED_STEPS_MAX + all - 1) / all;
    if all > SHARED_STEPS_MAX { (fewer(below), fewer(above)) } else { (below, above) }
}

impl Scale {
    /// The ticks from the top down.
    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let Self { mantissa, exponent, .. } = *self;
        (self.first..=self.last).rev().map(move |step| decimal(step as f64 * mantissa, exponent))
    }

    /// The ticks from the top down in units of `10^power`, and the decimals needed to distinguish them.
    pub(super) fn ticks_in(&self, power: i32) -> (impl Iterator<Item = f64> + use<>, usize) {
        let scale = Self { exponent: self.exponent - power, ..self.clone() };
        let decimals = -scale.exponent + i32::from(self.mantissa.fract() != 0.0);
        (scale.ticks(), usize::try_from(decimals).unwrap_or(0))
    }

    /// The tick farthest from zero.
    pub(super) fn farthest(&self) -> f64 {
        self.ticks().map(f64::abs).fold(0.0, f64::max)
    }

    /// The position of a value from the top.
    pub(super) fn place(&self, value: f64) -> Place {
        let (bottom, top) = (self.tick(self.first), self.tick(self.last));
        share((top - value) / (top - bottom))
    }

    /// The position of zero, if it is on the scale.
    pub(super) fn zero(&self) -> Option<Place> {
        (self.first <= 0 && self.last >= 0).then(|| self.place(0.0))
    }

    fn tick(&self, step: i64) -> f64 {
        decimal(step as f64 * self.mantissa, self.exponent)
    }
}

/// A fraction of the plot, 0 to 1, as a place.
pub(super) fn share(part: f64) -> Place {
    // A cast from float saturates, and turns NaN into zero.
    ((part * f64::from(PLACE_MAX)).round() as Place).min(PLACE_MAX)
}

/// `coefficient × 10^exponent`, correctly rounded for the coefficients of ticks. Never minus zero.
fn decimal(coefficient: f64, exponent: i32) -> f64 {
    let power = 10_f64.powi(exponent.abs());
    (if exponent < 0 { coefficient / power } else { coefficient * power }) + 0.0
}

#[cfg(test)]
mod tests {
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
                    assert!(
                        (*place as usize).abs_diff(index * even) <= ticks.len(),
                        "{values:?}: {places:?}"
                    );
                }
                let (told, decimals) = scale.ticks_in(0);
                let texts: std::collections::HashSet<_> =
                    told.map(|tick| format!("{tick:.decimals$}")).collect();
                assert_eq!(texts.len(), ticks.len(), "{texts:?}");
            }
        }
    }

    #[test]
    fn f31_a_small_spread_far_from_zero_is_drawn_and_not_flat() {
        let scale = scale(&[1e12, 1e12 + 500.0, 1e12 + 1000.0], false);
        assert_eq!([1e12, 1e12 + 500.0, 1e12 + 1000.0].map(|value| scale.place(value)), [PLACE_MAX, 5000, 0]);
        for (low, high) in [
            (1.7724603e12, 1.7724604e12),
            (9e17, 9e17 + 1e7),
            (-1e15 - 4096.0, -1e15),
            (1e20, 1e20 + 16384.0),
        ] {
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
                let inside =
                    |value: &f64| *value <= ticks[0] + slack && *value >= ticks[ticks.len() - 1] - slack;
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
}
