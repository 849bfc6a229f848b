//! The scale of the y axis: round ticks that span the values, and the position of a value between them.

#[cfg(test)]
mod tests;

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
