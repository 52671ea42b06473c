//! The comparison as a picture: a panel of bars for each of a few rows of the table, on logarithmic scales.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::table::{duration, factor};
use super::{Comparison, Operation};

const WIDTH: u32 = 960;
/// The height of a panel without its bars.
const HEAD: u32 = 56;
const BAR: u32 = 26;
const MARGIN: u32 = 20;
/// The space for names, left of the bars.
const NAMES: i32 = 150;
/// The space for the figure of the longest bar.
const FIGURES: i32 = 110;

const INK: RGBColor = RGBColor(0x24, 0x29, 0x2F);
const GREY: RGBColor = RGBColor(0x6E, 0x77, 0x81);
const OURS: RGBColor = RGBColor(0xC2, 0x41, 0x0C);
const OTHERS: RGBColor = RGBColor(0x9A, 0xB0, 0xC4);

/// The panels. One is left out if it was not measured.
const PANELS: [(Operation, &str, &str); 4] = [
    (Operation::Decode, "W1", "Decode a Get response with an AES-256 key (312 bytes)"),
    (Operation::Encode, "W1", "Encode it again"),
    (Operation::Decode, "W4", "Decode a batch of 1,000 Get responses (240 kB)"),
    (Operation::RoundTrip, "Get", "Get over TLS on loopback, one caller"),
];

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws the picture into an SVG file.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub fn draw(comparison: &Comparison, file: &Path) -> Drawn {
    let shown: Vec<_> = PANELS
        .into_iter()
        .filter(|(operation, message, _)| {
            comparison.cells.iter().any(|cell| cell.operation == *operation && cell.message == *message)
        })
        .collect();
    let stacks = u32::try_from(comparison.stacks.iter().filter(|stack| stack.not_measured.is_none()).count());
    let panel = HEAD + BAR * stacks.unwrap_or(1);
    let rows = u32::try_from(shown.len().div_ceil(2)).unwrap_or(1);
    let height = 64 + rows * panel + 36;
    let root = SVGBackend::new(file, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    label(&root, "KMIP stacks beside each other", (20, 30), 22, INK, HPos::Left, FontStyle::Bold)?;
    let legend =
        "median time of one operation; bars are logarithmic, shorter is faster; x: times as long as kmip-client";
    label(&root, legend, (20, 52), 13, GREY, HPos::Left, FontStyle::Normal)?;
    for (index, (operation, message, title)) in (0..).zip(shown) {
        let corner = ((index % 2) * (WIDTH / 2), 64 + (index / 2) * panel);
        let area = root.clone().shrink(corner, (WIDTH / 2 - MARGIN, panel));
        bars(&area, comparison, operation, message, title)?;
    }
    let machine = &comparison.machine;
    let day = machine.date.split('T').next().unwrap_or_default();
    let foot = format!("{day}, {} ({} threads), {}", machine.processor, machine.threads, machine.system);
    let bottom = i32::try_from(height).unwrap_or(i32::MAX) - 16;
    label(&root, &foot, (20, bottom), 12, GREY, HPos::Left, FontStyle::Normal)?;
    root.present()
}

/// One panel.
fn bars(area: &Area<'_>, comparison: &Comparison, operation: Operation, message: &str, title: &str) -> Drawn {
    label(area, title, (20, 30), 15, INK, HPos::Left, FontStyle::Bold)?;
    let stacks = comparison.stacks.iter().filter(|stack| stack.not_measured.is_none());
    let cells: Vec<_> = stacks.map(|stack| (stack, comparison.cell(&stack.name, operation, message))).collect();
    let times = || cells.iter().filter_map(|(_, cell)| Some((*cell)?.time?.ns));
    // The shortest bar is to be seen too: it begins at half of the shortest time.
    let (low, high) = (times().fold(f64::INFINITY, f64::min) / 2.0, times().fold(0.0, f64::max));
    let (width, _) = area.dim_in_pixel();
    let room = f64::from(i32::try_from(width).unwrap_or(i32::MAX) - NAMES - FIGURES);
    for (row, (stack, cell)) in (0..).zip(cells) {
        let top = 44 + row * i32::try_from(BAR).unwrap_or(i32::MAX);
        let middle = top + 10;
        let is_ours = row == 0;
        let style = if is_ours { FontStyle::Bold } else { FontStyle::Normal };
        label(area, &stack.name, (NAMES - 8, middle), 13, INK, HPos::Right, style)?;
        let Some(time) = cell.and_then(|cell| cell.time) else {
            label(area, "cannot", (NAMES + 4, middle), 12, GREY, HPos::Left, FontStyle::Normal)?;
            continue;
        };
        #[allow(clippy::cast_possible_truncation, reason = "a length on the picture")]
        let end = NAMES + (room * (time.ns / low).ln() / (high / low).ln().max(f64::MIN_POSITIVE)) as i32;
        let color = if is_ours { OURS } else { OTHERS };
        area.draw(&Rectangle::new([(NAMES, top), (end, top + 19)], color.filled()))?;
        let ratio = cell.and_then(|cell| comparison.ratio(cell)).filter(|_| !is_ours).map(factor);
        let figure = format!("{}  {}", duration(time.ns), ratio.unwrap_or_default());
        label(area, figure.trim_end(), (end + 6, middle), 12, INK, HPos::Left, style)?;
    }
    Ok(())
}

fn label(
    area: &Area<'_>,
    text: &str,
    place: (i32, i32),
    size: u32,
    color: RGBColor,
    side: HPos,
    weight: FontStyle,
) -> Drawn {
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(size), weight);
    area.draw_text(text, &font.color(&color).pos(Pos::new(side, VPos::Center)), place)
}
