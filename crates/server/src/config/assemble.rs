//! Builds `Settings` from what was read: values that several settings make up.

use claimcheck_session::DEFAULT_API;

use crate::config::{
    AllowRule, Api, Apis, Board, Brand, BrandHome, ClaimSlots, HeaderSetting, LocalText, Settings,
    TokenSource, brand::values::SIGN_IN, browsers, files::SettingFiles, limits, outgoing, table::Draft,
    written::WrittenValues,
};

/// The brand; `None` if one of its settings was refused.
fn assemble_brand(draft: &mut Draft) -> Option<Brand> {
    let (name, logo, favicon) =
        (draft.brand_name.take()?, draft.brand_logo.take()?, draft.brand_favicon.take()?);
    let (accent, footer, support) =
        (draft.brand_accent.take()?, draft.brand_footer.take()?, draft.brand_support.take()?);
    let (home, heading, text) =
        (draft.brand_home.take()?, draft.brand_home_heading.take()?, draft.brand_home_text.take()?);
    let home = match home {
        Some(home) if home == LocalText::plain(SIGN_IN) => BrandHome::SignIn,
        None if heading.is_none() && text.is_none() => BrandHome::Standard,
        home => BrandHome::Own { heading: home.or(heading), text },
    };
    let is_own = name.is_some() || logo.is_some() || home != BrandHome::Standard;
    let standard = Brand::default();
    Some(Brand { name: name.unwrap_or(standard.name), logo, favicon, accent, home, footer, support, is_own })
}

/// Assembles values from several settings; `None` if one was refused.
pub(super) fn assemble_settings(
    (mut draft, outgoing, limits, browsers): (Draft, outgoing::Draft, limits::Draft, browsers::Draft),
    (apis, headers, claim_slots): (Vec<Api>, Vec<HeaderSetting>, ClaimSlots),
    boards: Vec<Board>,
    allow: Vec<AllowRule>,
    (written, files): (WrittenValues, SettingFiles),
) -> Option<Settings> {
    let (auth, step_up_scopes) = (outgoing.api_auth?, outgoing.step_up_scopes.clone()?);
    let (outgoing, limits, browsers) = (outgoing.finish()?, limits.finish()?, browsers.finish()?);
    let scopes = draft.scopes.clone()?;
    let default = Api {
        id: DEFAULT_API.to_owned(),
        title: LocalText::plain("API"),
        url: draft.api_url.take()?,
        audience: draft.audience.take()?,
        resource: draft.resource.take()?,
        token: TokenSource::Refresh,
        scopes: scopes.clone(),
        step_up_scopes,
        token_audience: draft.token_audience.take()?,
        auth,
        headers,
        timeout: None,
        insecure: None,
    };
    let mut all_scopes = scopes;
    // The scopes of an exchange are named in the exchange only.
    let of_sign_in = apis.iter().filter(|api| api.token == TokenSource::Refresh);
    for scope in of_sign_in.flat_map(|api| &api.scopes) {
        if !all_scopes.contains(scope) {
            all_scopes.push(scope.clone());
        }
    }
    draft.scopes = Some(all_scopes);
    draft.store = draft.store.map(|store| store.trusting(outgoing.ca_file.as_ref()));
    let brand = assemble_brand(&mut draft)?;
    draft.finish(
        Apis { default, further: apis },
        claim_slots,
        boards,
        allow,
        brand,
        outgoing,
        limits,
        browsers,
        written,
        files,
    )
}
