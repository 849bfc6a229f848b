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

impl Scale {
    /// The scale for `values`; `None` if there are none. It includes zero if `from_zero` is set, and otherwise unless
    /// the values are far from it: within the upper half of the distance.
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
        Some(Self::spanning(low, high, values.clone().all(|value| value.fract() == 0.0)))
    }

    fn spanning(low: f64, high: f64, is_whole: bool) -> Self {
        let wanted = (high - low) / STEPS_WANTED;
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
        let step = decimal(mantissa, exponent);
        // Casts from float saturate; the bound leaves room for one more step.
        let steps = |steps: f64| (steps as i64).clamp(-STEPS_MAX, STEPS_MAX);
        let first = steps((low / step + 1e-9).floor());
        let last = steps((high / step - 1e-9).ceil());
        Self { mantissa, exponent, first, last: last.max(first + 1) }
    }

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
        Scale::of(values.iter().copied(), from_zero).unwrap()
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
        assert_eq!(Scale::of(std::iter::empty(), true), None);
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
            let ticks = Scale::of([low, high].into_iter(), false).unwrap().ticks().count();
            assert!((2..=8).contains(&ticks), "{low} {high}: {ticks}");
        }
    }

    #[test]
    fn higher_values_lie_higher() {
        let scale = scale(&[-5.0, 20.0], false);
        let places: Vec<_> = [20.0, 3.0, 0.0, -5.0].map(|value| scale.place(value)).to_vec();
        assert!(places.is_sorted() && places.first() < places.last(), "{places:?}");
    }
}
