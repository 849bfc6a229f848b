//! The scopes of the two APIs as types. A handler names the one it needs in [`Bearer`](super::bearer::Bearer).

use super::{
    shared::Options,
    step_up::{FOR_MONEY, StepUp},
};

/// One of the two APIs.
#[derive(Clone, Copy)]
pub(super) enum Audience {
    Orders,
    Warehouse,
}

impl Audience {
    /// Its name in challenges.
    pub(super) fn realm(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Warehouse => "warehouse",
        }
    }

    /// The required `aud` of its access tokens.
    pub(super) fn identifier(self, options: &Options) -> &str {
        match self {
            Self::Orders => &options.audience,
            Self::Warehouse => &options.warehouse_audience,
        }
    }
}

/// The requirements of a handler for access tokens.
pub(super) trait Scope {
    /// The scope's name in tokens and challenges.
    const NAME: &'static str;
    /// The API that the token must be for.
    const AUDIENCE: Audience = Audience::Orders;
    /// How strong and how recent the sign-in must be, if required.
    const STEP_UP: Option<StepUp> = None;
}

/// Orders, customers and stock.
pub(super) enum ReadOrders {}

impl Scope for ReadOrders {
    const NAME: &'static str = "orders:read";
}

/// Shipping orders.
pub(super) enum ShipOrders {}

impl Scope for ShipOrders {
    const NAME: &'static str = "orders:ship";
}

/// Serving customers: invoices, subscriptions and tickets.
pub(super) enum Serve {}

impl Scope for Serve {
    const NAME: &'static str = "service:write";
}

/// Margins.
pub(super) enum ReadReports {}

impl Scope for ReadReports {
    const NAME: &'static str = "reports:read";
}

/// Reading and cancelling payouts.
pub(super) enum Payouts {}

impl Scope for Payouts {
    const NAME: &'static str = "payouts:write";
}

/// Ordering payouts: the same scope, with a strong and recent sign-in.
pub(super) enum OrderPayouts {}

impl Scope for OrderPayouts {
    const NAME: &'static str = Payouts::NAME;
    const STEP_UP: Option<StepUp> = Some(FOR_MONEY);
}

/// Deliveries to the warehouse.
pub(super) enum ReadDeliveries {}

impl Scope for ReadDeliveries {
    const NAME: &'static str = "deliveries:read";
    const AUDIENCE: Audience = Audience::Warehouse;
}

/// Booking received deliveries.
pub(super) enum ReceiveDeliveries {}

impl Scope for ReceiveDeliveries {
    const NAME: &'static str = "deliveries:receive";
    const AUDIENCE: Audience = Audience::Warehouse;
}
