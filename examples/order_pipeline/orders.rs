//! The input: a company's orders, one JSON object a line.

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// An order, as far as the pipeline needs it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) order_id: String,
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
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) product_id: String,
    /// Decimal text.
    pub(crate) unit_price: String,
    /// Negative where goods come back.
    pub(crate) quantity: i64,
}

/// Ids are texts here, whatever they are in the input.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a number or a text")]
    enum Id {
        Number(u64),
        Text(String),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    })
}

/// An invoice of the retail shop.
#[derive(Debug, Deserialize)]
struct Invoice {
    invoice: String,
    time: String,
    customer: Option<u32>,
    country: String,
    /// Stock code, quantity and price.
    lines: Vec<(String, i64, String)>,
}

impl From<Invoice> for Order {
    fn from(invoice: Invoice) -> Self {
        let customer = invoice.customer.map_or_else(|| "guest".into(), |customer| customer.to_string());
        let line = |(product_id, quantity, unit_price)| Line { product_id, unit_price, quantity };
        let name = format!("customer {customer}");
        Self {
            order_id: invoice.invoice,
            customer_id: customer,
            order_date: invoice.time.get(..10).unwrap_or_default().into(),
            freight: "0.00".into(),
            ship_to: ShipTo { name, city: String::new(), country: invoice.country },
            lines: invoice.lines.into_iter().map(line).collect(),
        }
    }
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
            let digits = part.bytes().chain(*b"00").take(2).map(|digit| i64::from(digit.wrapping_sub(b'0')));
            let whole = whole.parse::<i64>().unwrap_or(0);
            let cents =
                digits.fold(whole.abs(), |cents, digit| cents.saturating_mul(10).saturating_add(digit));
            let price = if line.unit_price.starts_with('-') { -cents } else { cents };
            price.saturating_mul(line.quantity)
        };
        let total = self.lines.iter().map(cents).fold(0_i64, i64::saturating_add);
        let sign = if total < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", total.unsigned_abs() / 100, total.unsigned_abs() % 100)
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
    parse::<Order>(path, &text)
}

/// Reads the retail shop's invoices from a gzipped file.
pub(crate) fn read_retail(path: &Path) -> Result<Vec<(i64, Order)>, InputError> {
    let fault = |error: std::io::Error| InputError::File { path: path.into(), what: error.to_string() };
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).map_err(fault)?).read_to_string(&mut text).map_err(fault)?;
    parse::<Invoice>(path.into(), &text)
}

fn parse<T: DeserializeOwned + Into<Order>>(
    path: PathBuf,
    text: &str,
) -> Result<Vec<(i64, Order)>, InputError> {
    let mut orders = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let order = serde_json::from_str::<T>(line).map(T::into).map_err(|error| {
            let what = error.to_string();
            let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(what, _)| what).into();
            InputError::Line { path: path.clone(), line: index + 1, column: error.column(), what }
        })?;
        let date = order.order_date.clone();
        let day = day(&date).ok_or(InputError::Date { path: path.clone(), line: index + 1, date })?;
        orders.push((day, order));
    }
    orders.sort_by(|(day, order), (other_day, other)| {
        (day, &order.order_id).cmp(&(other_day, &other.order_id))
    });
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
