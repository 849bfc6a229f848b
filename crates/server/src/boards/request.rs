//! The request of a panel: as configured, with the period, filters and the user's claims in its slots, and the user's search, order
//! and page in the configured parameters. Nothing else of a board query reaches the API.

use claimcheck_model::AppError;

use crate::{
    api::ReadRequest,
    boards::{BoardRequest, period::Period},
    claims::{ClaimValues, locked},
    config::{ClaimGap, DayFormat, Panel, Parameter, SlotValue, Template, Unfit, is_path_value},
    metrics::RequestSource,
};

/// A period in the form that the API expects, the filters of the board, and the user's claims.
pub(super) struct SlotValues<'a> {
    pub period: Option<Period>,
    pub format: DayFormat,
    /// Its filters have been resolved, as far as the panel needs them.
    pub board: &'a BoardRequest<'a>,
    pub claims: ClaimValues,
}

impl SlotValues<'_> {
    fn value(&self, slot: &str) -> Option<SlotValue> {
        let of_period = || self.period?.slot(slot, self.format, self.board.reader());
        let plain = self.claims.get(slot).cloned().or_else(of_period);
        plain.map(SlotValue::Plain).or_else(|| self.board.filter_slot(slot))
    }
}

impl SlotValues<'_> {
    /// The value of a slot as people read it.
    pub(super) fn words(&self, slot: &str) -> Option<String> {
        let reader = self.board.reader();
        match (slot, self.period) {
            ("from", Some(period)) => return Some(reader.date(period.from)),
            ("to", Some(period)) => return Some(reader.date(period.to)),
            _ => {}
        }
        Some(match self.value(slot)? {
            SlotValue::Plain(text) => text,
            SlotValue::Filter(_) => self.board.slot_words(slot),
        })
    }
}

/// The request of a panel with these parameters.
///
/// # Errors
/// `Forbidden` if a claim may not be in it, `Invalid` if a filter may not.
pub(super) fn filled(
    panel: &Panel,
    values: &SlotValues<'_>,
    parameters: &[(String, Parameter)],
) -> Result<ReadRequest, AppError> {
    let read = panel.read.as_ref().ok_or(AppError::Internal)?;
    let filled = read.fill(&|slot| values.value(slot), parameters);
    let is_of_settings = panel.filters.is_empty() && values.board.board.subject.is_none();
    let (path, body) = filled.map_err(|unfit| match is_of_settings {
        true => refused(unfit, &values.claims),
        false => of_filters(unfit, &values.claims),
    })?;
    let (label, is_graphql) = (read.path.label(), read.is_graphql());
    let source = values.board.source(Some(panel));
    Ok(ReadRequest { path, body, label, is_graphql, is_exact: false, job: read.job.clone(), source })
}

/// A request of a board with claims of the user and other values.
///
/// # Errors
/// `Forbidden` if a claim may not be in it, `Invalid` if another value is missing or may not.
pub(super) fn of_slots(
    source: RequestSource,
    template: &Template,
    claims: &ClaimValues,
    value: &dyn Fn(&str) -> Option<SlotValue>,
) -> Result<ReadRequest, AppError> {
    let claim = |slot: &str| claims.get(slot).cloned().map(SlotValue::Plain);
    let path = template.fill_slots(&|slot| claim(slot).or_else(|| value(slot)));
    let path = path.map_err(|unfit| of_filters(unfit, claims))?;
    Ok(ReadRequest {
        path,
        body: None,
        label: template.label(),
        is_graphql: false,
        is_exact: false,
        job: None,
        source,
    })
}

/// The failure of a request with values of the user that cannot be filled.
fn of_filters(unfit: Unfit, claims: &ClaimValues) -> AppError {
    match unfit_claim(claims) {
        Some(_) => refused(unfit, claims),
        None => AppError::Invalid,
    }
}

/// The request for one row, with values of the row, filters, and claims of the user.
///
/// # Errors
/// `NotFound` if a value of the row may not be in it, `Forbidden` if a claim may not.
pub(super) fn of_row(
    source: RequestSource,
    template: &Template,
    claims: &ClaimValues,
    value: impl Fn(&str) -> Option<SlotValue>,
) -> Result<ReadRequest, AppError> {
    let claim = |slot: &str| claims.get(slot).cloned().map(SlotValue::Plain);
    let path = template.fill_slots(&|slot| claim(slot).or_else(|| value(slot)));
    let path = path.map_err(|unfit| match unfit_claim(claims) {
        Some(_) => refused(unfit, claims),
        None => AppError::NotFound,
    })?;
    Ok(ReadRequest {
        path,
        body: None,
        label: template.label(),
        is_graphql: false,
        is_exact: false,
        job: None,
        source,
    })
}

/// The failure of a request that cannot be filled. The period fits every slot that the settings allow, so a request
/// without claims is an internal error.
pub(super) fn refused(unfit: Unfit, claims: &ClaimValues) -> AppError {
    match unfit_claim(claims) {
        Some(slot) => locked(slot, ClaimGap::Unfit),
        None => {
            tracing::error!(%unfit, "a request could not be built from the settings");
            AppError::Internal
        }
    }
}

fn unfit_claim(claims: &ClaimValues) -> Option<&str> {
    claims.iter().find(|(_, value)| !is_path_value(value)).map(|(slot, _)| slot.as_str())
}
