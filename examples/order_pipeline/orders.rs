//! The input: a company's orders, one JSON object a line.

use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// An order, as far as the pipeline needs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) order_id: u32,
    pub(crate) customer_id: String,
    /// `YYYY-MM-DD`.
    pub(crate) order_date: String,
    /// Decimal text.
    pub(crate) freight: String,
    pub(crate) ship_to: ShipTo,
    pub(crate) lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ShipTo {
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) country: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) product_id: u32,
    /// Decimal text.
    pub(crate) unit_price: String,
    pub(crate) quantity: u32,
}

impl Order {
    /// What the table calls it.
    pub(crate) fn id(&self) -> String {
        format!("order#{}", self.order_id)
    }

    /// The lines' prices times their quantities, in decimal text.
    pub(crate) fn total(&self) -> String {
        let cents = |line: &Line| {
            let (whole, part) = line.unit_price.split_once('.').unwrap_or((&line.unit_price, ""));
            let part: String = part.chars().chain("00".chars()).take(2).collect();
            let price = format!("{whole}{part}").parse::<i64>().unwrap_or(0);
            price * i64::from(line.quantity)
        };
        let total: i64 = self.lines.iter().map(cents).sum();
        format!("{}.{:02}", total / 100, total % 100)
    }
}

/// What is wrong with the input, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{path}: {what}; expected a readable file")]
    File { path: PathBuf, what: String },
    #[error(
        "{path}:{line}:{column}: {what}; expected an order: order_id, customer_id, order_date, freight, ship_to and lines"
    )]
    Line { path: PathBuf, line: usize, column: usize, what: String },
    #[error("{path}:{line}:1: `{date}` is no date; expected YYYY-MM-DD")]
    Date { path: PathBuf, line: usize, date: String },
    #[error("{path}: there are no orders; expected one JSON object a line")]
    Empty { path: PathBuf },
}

/// Reads `orders.jsonl` in `folder`, with each order's day counted from the
/// first one's.
pub(crate) fn read(folder: &Path) -> Result<Vec<(i64, Order)>, InputError> {
    let path = folder.join("orders.jsonl");
    let text = fs::read_to_string(&path)
        .map_err(|error| InputError::File { path: path.clone(), what: error.to_string() })?;
    let mut orders = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let order: Order = serde_json::from_str(line).map_err(|error| {
            let what = error.to_string();
            let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what).into();
            InputError::Line { path: path.clone(), line: index + 1, column: error.column(), what }
        })?;
        let date = order.order_date.clone();
        let day = day(&date).ok_or(InputError::Date { path: path.clone(), line: index + 1, date })?;
        orders.push((day, order));
    }
    orders.sort_by_key(|(day, order)| (*day, order.order_id));
    let first = orders.first().map(|(day, _)| *day).ok_or(InputError::Empty { path })?;
    orders.iter_mut().for_each(|(day, _)| *day -= first);
    Ok(orders)
}

/// A date as a day number.
fn day(date: &str) -> Option<i64> {
    let date: jiff::civil::Date = date.parse().ok()?;
    let days = date.since(jiff::civil::date(1970, 1, 1)).ok()?.get_days();
    Some(i64::from(days))
}
