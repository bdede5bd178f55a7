//! What the run would cost, by a list of prices.

use crate::report::Cost;
use crate::table;
use crate::world::World;
use aws_core::Span;
use serde::Deserialize;

/// List prices, as data.
const PRICES: &str = include_str!("../data/pipeline/prices.json");

#[derive(Debug, Deserialize)]
struct Price {
    what: String,
    meter: Meter,
    dollars: f64,
    per: f64,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, Deserialize)]
enum Meter {
    QueueRequests,
    KeyRequests,
    KeyMonths,
    WriteUnitHours,
    ReadUnitHours,
    EndpointHours,
}

/// A month, as AWS bills by.
const HOURS_A_MONTH: f64 = 730.0;

/// The lines of the bill.
pub(crate) fn costs(world: &World<'_>, length: Span) -> Vec<Cost> {
    let prices: Vec<Price> = serde_json::from_str(PRICES).unwrap_or_default();
    let hours = length.as_millis() as f64 / 3_600_000.0;
    let scale = world.orders.len().div_ceil(1_000) as f64;
    let quantity = |meter: Meter| match meter {
        Meter::QueueRequests => world.ledger.billed.whole() as f64,
        Meter::KeyRequests => world.vault.kms.count as f64,
        Meter::KeyMonths => hours / HOURS_A_MONTH,
        Meter::WriteUnitHours => hours * 2.0 * scale * table::WRITES as f64,
        Meter::ReadUnitHours => hours * 2.0 * scale * table::READS as f64,
        Meter::EndpointHours => hours * 2.0,
    };
    let cost = |price: Price| {
        let quantity = quantity(price.meter);
        Cost { what: price.what, quantity, dollars: quantity * price.dollars / price.per }
    };
    prices.into_iter().map(cost).collect()
}
