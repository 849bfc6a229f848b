//! The request of a panel: as configured, with the period and the user's claims in its slots, and the user's search, order
//! and page in the configured parameters. Nothing else of a board query reaches the API.

use claimcheck_model::AppError;

use crate::{
    api::ReadRequest,
    boards::period::Period,
    claims::{ClaimValues, locked},
    config::{ClaimGap, DayFormat, Panel, Parameter, Template, Unfit, is_path_value},
    locale::LocaleFormatter,
};

/// A period in the form that the API expects, and the user's claims.
pub(super) struct SlotValues<'a> {
    pub period: Option<Period>,
    pub format: DayFormat,
    pub reader: &'a LocaleFormatter,
    pub claims: ClaimValues,
}

impl SlotValues<'_> {
    fn value(&self, slot: &str) -> Option<String> {
        let of_period = || self.period?.slot(slot, self.format, self.reader);
        self.claims.get(slot).cloned().or_else(of_period)
    }
}

/// The request of a panel with these parameters.
///
/// # Errors
/// `Forbidden` if a claim may not be in it.
pub(super) fn filled(
    panel: &Panel,
    values: &SlotValues<'_>,
    parameters: &[(String, Parameter)],
) -> Result<ReadRequest, AppError> {
    let (path, body) = panel
        .read
        .fill(&|slot| values.value(slot), parameters)
        .map_err(|unfit| refused(unfit, &values.claims))?;
    let (label, is_graphql) = (panel.read.path.label(), panel.read.is_graphql());
    Ok(ReadRequest { path, body, label, is_graphql })
}

/// The request for one row, with values of the row and claims of the user.
///
/// # Errors
/// `NotFound` if a value of the row may not be in it, `Forbidden` if a claim may not.
pub(super) fn of_row(
    template: &Template,
    claims: &ClaimValues,
    value: impl Fn(&str) -> Option<String>,
) -> Result<ReadRequest, AppError> {
    let path = template.fill(|slot| claims.get(slot).cloned().or_else(|| value(slot)));
    let path = path.map_err(|unfit| match unfit_claim(claims) {
        Some(_) => refused(unfit, claims),
        None => AppError::NotFound,
    })?;
    Ok(ReadRequest { path, body: None, label: template.label(), is_graphql: false })
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
