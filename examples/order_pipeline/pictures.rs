//! Pictures: the queues' depths and the partitions' writes over time, and the
//! ways through the network.

use crate::report::{Depth, Partition, Report};
use plotters::prelude::*;
use std::fs;
use std::io;
use std::path::Path;
use vpc_net::{Trace, Walk};

const COLOURS: [RGBColor; 8] = [
    RGBColor(0x1f, 0x77, 0xb4),
    RGBColor(0xff, 0x7f, 0x0e),
    RGBColor(0x2c, 0xa0, 0x2c),
    RGBColor(0xd6, 0x27, 0x28),
    RGBColor(0x94, 0x67, 0xbd),
    RGBColor(0x8c, 0x56, 0x4b),
    RGBColor(0xe3, 0x77, 0xc2),
    RGBColor(0x7f, 0x7f, 0x7f),
];

/// Writes `queue-depth.svg`, `partitions.svg` and `network.svg` into `folder`:
/// beside it first, then renamed, so that no half picture is ever there.
pub(crate) fn write(folder: &Path, report: &Report, ways: &[(String, Trace)]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let depths = report.depths.iter().map(Series::from).collect::<Vec<_>>();
    let partitions = report.partitions.iter().map(Series::from).collect::<Vec<_>>();
    let pictures = [
        ("queue-depth.svg", lines("Messages in each queue", "messages", &depths)),
        ("partitions.svg", lines("Write units of each partition", "write units a sample", &partitions)),
        ("network.svg", network(ways)),
    ];
    for (name, picture) in pictures {
        let svg = picture.map_err(io::Error::other)?;
        let (part, whole) = (folder.join(format!("{name}.part")), folder.join(name));
        fs::write(&part, svg)?;
        fs::rename(part, whole)?;
    }
    Ok(())
}

/// One line of a chart.
struct Series {
    name: String,
    points: Vec<(f64, u64)>,
}

const MINUTE: f64 = 60_000.0;

impl From<&Depth> for Series {
    fn from(depth: &Depth) -> Self {
        let points = depth.at_ms.iter().zip(&depth.all).map(|(at, all)| (*at as f64 / MINUTE, *all));
        Self { name: depth.queue.into(), points: points.collect() }
    }
}

impl From<&Partition> for Series {
    fn from(partition: &Partition) -> Self {
        let points = partition.at_ms.iter().zip(&partition.over_time);
        let points = points.map(|(at, units)| (*at as f64 / MINUTE, *units)).collect();
        Self { name: format!("{} {}", partition.arm, partition.partition), points }
    }
}

fn lines(caption: &str, unit: &str, series: &[Series]) -> Result<String, String> {
    let text = |error: DrawingAreaErrorKind<_>| error.to_string();
    let points = || series.iter().flat_map(|series| &series.points);
    let last = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let most = points().map(|(_, value)| *value).max().unwrap_or(1);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (960, 420)).into_drawing_area();
        area.fill(&WHITE).map_err(text)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(caption, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..last, 0_u64..most + most / 10 + 1)
            .map_err(text)?;
        chart.configure_mesh().x_desc("simulated minutes").y_desc(unit).draw().map_err(text)?;
        for (series, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            chart
                .draw_series(LineSeries::new(series.points.iter().copied(), colour.stroke_width(2)))
                .map_err(text)?
                .label(&series.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .border_style(BLACK)
            .draw()
            .map_err(text)?;
        area.present().map_err(text)?;
    }
    Ok(svg)
}

const STOP: (i32, i32) = (150, 34);
const ROW: i32 = 54;

/// A row for each way there and each way back, a box for each component; the
/// one that stops the packet is red.
fn network(ways: &[(String, Trace)]) -> Result<String, String> {
    let text = |error: DrawingAreaErrorKind<_>| error.to_string();
    let rows: Vec<(String, Vec<(&str, bool)>)> =
        ways.iter().flat_map(|(name, trace)| rows(name, trace)).collect();
    let longest = rows.iter().map(|(_, stops)| stops.len()).max().unwrap_or(1);
    let place = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let size = (260 + place(longest) * (STOP.0 + 24), 40 + place(rows.len()) * ROW);
    let mut svg = String::new();
    {
        let size = (size.0.unsigned_abs(), size.1.unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE).map_err(text)?;
        for (row, (name, stops)) in rows.iter().enumerate() {
            let top = 20 + place(row) * ROW;
            area.draw(&Text::new(name.clone(), (12, top + 10), ("sans-serif", 14))).map_err(text)?;
            for (column, (at, stopped)) in stops.iter().enumerate() {
                let left = 240 + place(column) * (STOP.0 + 24);
                let colour = if *stopped { RGBColor(0xd6, 0x27, 0x28) } else { RGBColor(0x1f, 0x77, 0xb4) };
                let corners = [(left, top), (left + STOP.0, top + STOP.1)];
                area.draw(&Rectangle::new(corners, colour.stroke_width(2))).map_err(text)?;
                area.draw(&Text::new(
                    (*at).to_string(),
                    (left + 8, top + 10),
                    ("sans-serif", 13).into_font().color(&colour),
                ))
                .map_err(text)?;
                if column > 0 {
                    let middle = top + STOP.1 / 2;
                    let arrow = [(left - 24, middle), (left - 2, middle)];
                    area.draw(&PathElement::new(arrow, BLACK.stroke_width(1))).map_err(text)?;
                    let head = [(left - 8, middle - 4), (left - 2, middle), (left - 8, middle + 4)];
                    area.draw(&PathElement::new(head, BLACK.stroke_width(1))).map_err(text)?;
                }
            }
        }
        area.present().map_err(text)?;
    }
    Ok(svg)
}

fn rows<'t>(name: &str, trace: &'t Trace) -> Vec<(String, Vec<(&'t str, bool)>)> {
    let walk = |walk: &'t Walk| {
        let mut stops: Vec<(&str, bool)> = Vec::new();
        for step in &walk.steps {
            if stops.last().is_none_or(|(last, _)| *last != step.at) {
                stops.push((&step.at, false));
            }
        }
        stops.extend(walk.blocks.iter().map(|block| (block.at.as_str(), true)));
        stops
    };
    let mut rows = vec![(format!("{name}, there"), walk(&trace.forward))];
    if let Some(reply) = &trace.reply {
        rows.push((format!("{name}, back"), walk(reply)));
    }
    rows
}
