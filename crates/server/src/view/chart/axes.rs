//! The value axes of a chart: one, or two with ticks at the same heights.

use claimcheck_model::{ChartAxis, ChartShape, ChartTick, Place, TickRoom};
use claimcheck_text::Language;

use crate::view::chart::{
    Drawn, Number, Series,
    scale::{Scale, Span, side_by_side},
    stack::Ends,
    words,
};

/// The scales of both axes; `None` for an axis without values.
pub(super) struct Axes {
    left: Option<Scale>,
    right: Option<Scale>,
}

impl Axes {
    /// The scales for these series and the ends of their values. A target is on the axis of the first series.
    pub(super) fn of(
        shape: ChartShape,
        series: &[Series],
        ends: &[Vec<Ends>],
        target: Option<&Drawn>,
    ) -> Self {
        let span = |axis: ChartAxis| {
            let is_here = |series: &Series| series.axis == axis;
            let of_axis = series.iter().zip(ends).filter(|(series, _)| is_here(series));
            let values = of_axis.clone().flat_map(|(_, ends)| ends).flatten();
            let values = values.flat_map(|(from, to)| [from.unwrap_or(*to), *to]);
            let target = target.filter(|_| series.first().is_some_and(is_here));
            let has_bars = of_axis.clone().any(|(series, _)| series.shape(shape) == ChartShape::Bar);
            Span::of(values.chain(target.iter().map(|target| target.at)), has_bars)
        };
        let is_on_right = series.iter().any(|series| series.axis == ChartAxis::Right);
        let right = if is_on_right { span(ChartAxis::Right) } else { None };
        match (span(ChartAxis::Left), right) {
            (Some(left), Some(right)) => {
                let (left, right) = side_by_side(&left, &right);
                Self { left: Some(left), right: Some(right) }
            }
            (left, right) => {
                Self { left: left.map(|span| span.scale()), right: right.map(|span| span.scale()) }
            }
        }
    }

    /// The position of a value on an axis.
    pub(super) fn place(&self, axis: ChartAxis, value: f64) -> Option<Place> {
        Some(self.scale(axis)?.place(value))
    }

    /// The position of zero, if it is on one of the scales.
    pub(super) fn zero(&self) -> Option<Place> {
        let zero = |axis| self.scale(axis).and_then(Scale::zero);
        zero(ChartAxis::Left).or_else(|| zero(ChartAxis::Right))
    }

    /// The ticks of an axis from the top down.
    pub(super) fn ticks(&self, axis: ChartAxis, language: Language, number: Number<'_>) -> Vec<ChartTick> {
        let Some(scale) = self.scale(axis) else { return Vec::new() };
        let (power, unit) = words::unit(language, scale.farthest());
        let unit = if unit.is_empty() { String::new() } else { format!("\u{a0}{unit}") };
        let (told, decimals) = scale.ticks_in(power);
        told.zip(scale.ticks())
            .map(|(told, tick)| ChartTick {
                text: match tick {
                    0.0 => number(axis, 0.0, 0),
                    _ => format!("{}{unit}", number(axis, told, decimals)),
                },
                at: scale.place(tick),
                room: TickRoom::Any,
            })
            .collect()
    }

    fn scale(&self, axis: ChartAxis) -> Option<&Scale> {
        match axis {
            ChartAxis::Left => self.left.as_ref(),
            ChartAxis::Right => self.right.as_ref(),
        }
    }
}
