//! The queues' depths as a picture.

use crate::report::Depth;
use plotters::prelude::*;
use std::fs;
use std::io;
use std::path::Path;

const COLOURS: [RGBColor; 4] = [
    RGBColor(0x1f, 0x77, 0xb4),
    RGBColor(0xff, 0x7f, 0x0e),
    RGBColor(0x2c, 0xa0, 0x2c),
    RGBColor(0xd6, 0x27, 0x28),
];

/// Writes `queue-depth.svg` into `folder`: beside it first, then renamed, so
/// that no half picture is ever there.
pub(crate) fn write(folder: &Path, depths: &[Depth]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut svg = String::new();
    draw(&mut svg, depths).map_err(io::Error::other)?;
    let (part, whole) = (folder.join("queue-depth.svg.part"), folder.join("queue-depth.svg"));
    fs::write(&part, svg)?;
    fs::rename(part, whole)
}

fn draw(svg: &mut String, depths: &[Depth]) -> Result<(), String> {
    let text = |error: DrawingAreaErrorKind<_>| error.to_string();
    let minutes = |millis: i64| millis as f64 / 60_000.0;
    let last = depths.iter().flat_map(|depth| &depth.at_ms).copied().max().unwrap_or(1);
    let most = depths.iter().flat_map(|depth| &depth.all).copied().max().unwrap_or(1);
    let area = SVGBackend::with_string(svg, (960, 420)).into_drawing_area();
    area.fill(&WHITE).map_err(text)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("Messages in each queue", ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..minutes(last), 0_u64..most + most / 10 + 1)
        .map_err(text)?;
    chart.configure_mesh().x_desc("simulated minutes").y_desc("messages").draw().map_err(text)?;
    for (depth, colour) in depths.iter().zip(COLOURS) {
        let points = depth.at_ms.iter().zip(&depth.all).map(|(at, all)| (minutes(*at), *all));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))
            .map_err(text)?
            .label(depth.queue)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(BLACK).draw().map_err(text)?;
    area.present().map_err(text)
}
