//! A picture of where everything lies: the contiguous device addresses of source and destination left
//! and right, the memory in between, and below them the buffer that is shared.

mod plan;
mod style;
mod svg;
mod tile;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use vcm_regs::descriptor::SECTION_SIZE;

use self::plan::{LEFT, Plan, TOP, Tiles, mib};
use self::style::class;
use self::svg::{Rect, Svg};
use crate::layout::{Buffer, MemoryMap, Page, Role};
use crate::mix::{PAGES, size_name};
use crate::number::bytes;
use crate::report::{Attempt, Report};

/// The picture, as an SVG file, for a file of this name.
pub fn draw(name: &str, report: &Report) -> String {
    let map = &report.map;
    let of = |role| map.buffers.iter().find(|buffer| buffer.role == role);
    let (Some(source), Some(destination), Some(shared)) =
        (of(Role::Source), of(Role::Destination), of(Role::Shared))
    else {
        return Svg::default().finish(name, (1.0, 1.0), "", "");
    };
    let plan = Plan::new(map, source, destination, shared);
    let mut svg = Svg::default();

    // Behind everything else.
    ribbons(&mut svg, source, (&plan.source, Side::Right), &plan.memory);
    let right = (&plan.destination, Side::Left);
    ribbons(&mut svg, destination, right, &plan.memory);
    let [direct, memory, translated] = &plan.shared;
    ribbons(
        &mut svg,
        &shared.one_to_one(),
        (direct, Side::Right),
        memory,
    );
    ribbons(&mut svg, shared, (translated, Side::Left), memory);

    head(&mut svg, name, source, &plan);
    device(&mut svg, source, &plan.source, Side::Left);
    device(&mut svg, destination, &plan.destination, Side::Right);
    physical(&mut svg, map, [source, destination], &plan.memory);
    sharing(&mut svg, shared, &plan);
    faults(&mut svg, &report.attempts, [source, destination], &plan);
    let title = format!("Where {name} lies in memory");
    let size = (plan.width, plan.height);
    svg.finish(&title, size, style::SHEET, style::PATTERNS)
}

/// A side of something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Title, legend, and what the columns are.
fn head(svg: &mut Svg, name: &str, file: &Buffer, plan: &Plan) {
    svg.text(
        "title",
        LEFT,
        46.0,
        "Contiguous for the device, scattered in memory",
    );
    let counts = PAGES.iter().zip(file.page_counts());
    let counts: Vec<String> = counts
        .map(|(size, count)| format!("{count} × {}", size_name(*size)))
        .collect();
    let subtitle = format!(
        "{}, {}: source and destination are pages of {} each",
        shortened(name),
        bytes(file.filled),
        counts.join(", "),
    );
    svg.text("subtitle", LEFT, 68.0, subtitle);

    let mut x = LEFT;
    let mut entry = |svg: &mut Svg, classes: &[&str], text: String| {
        for class in classes.iter().chain(&["frame"]) {
            svg.rect(class, Rect::new(x, 86.0, 18.0, 12.0), "");
        }
        svg.text("legend", x + 25.0, 97.0, &text);
        x += 25.0 + 6.4 * text.chars().count() as f64 + 20.0;
    };
    for size in PAGES {
        entry(svg, &[class(size)], format!("{} page", size_name(size)));
    }
    entry(svg, &["section", "hatch"], "destination".to_owned());
    entry(svg, &["rest section"], "not filled by the file".to_owned());
    entry(svg, &["others"], "memory of others".to_owned());
    entry(svg, &["tile"], "free".to_owned());
    cross(svg, x + 9.0, 92.0, "");
    svg.text("legend", x + 20.0, 97.0, "refused access");
    svg.text(
        "subtitle",
        LEFT,
        120.0,
        "Each box is 1 MiB: 16 rows of 64 KiB, each of 16 cells of 4 KiB.",
    );

    let columns = [
        (LEFT, "Source", "device addresses, read-only"),
        (plan.middle, "Memory", "physical addresses"),
        (plan.right, "Destination", "device addresses"),
    ];
    for (x, head, below) in columns {
        svg.text("head", x, TOP - 24.0, head);
        svg.text("subtitle", x, TOP - 7.0, below);
    }
}

/// The pages of a buffer at their device addresses.
fn device(svg: &mut Svg, buffer: &Buffer, tiles: &Tiles, labels: Side) {
    for tile in tiles.values() {
        svg.rect("tile", tile.at, "");
    }
    pages(svg, buffer, tiles, |page| page.iova.get());
    let mut last = f64::NEG_INFINITY;
    for (mib, tile) in tiles {
        svg.rect("frame", tile.at, "");
        // As many addresses as can be read.
        if tile.at.y - last >= 11.0 {
            last = tile.at.y;
            let address = format!("{:#010x}", mib * SECTION_SIZE);
            match labels {
                Side::Left => {
                    svg.text("address end", tile.at.x - 8.0, tile.at.y + 9.0, address);
                }
                Side::Right => {
                    svg.text("address", tile.at.right() + 8.0, tile.at.y + 9.0, address);
                }
            }
        }
    }
}

/// Memory: what is ours, what belongs to others, what is free.
fn physical(svg: &mut Svg, map: &MemoryMap, buffers: [&Buffer; 2], tiles: &Tiles) {
    for (mib, tile) in tiles {
        svg.rect("tile", tile.at, "");
        let address = format!("{:#010x}", mib * SECTION_SIZE);
        svg.text("address", tile.at.x, tile.at.y - 4.0, address);
    }
    for part in &map.others {
        let start = part.start.get();
        if let Some(tile) = tiles.get(&mib(start)) {
            let area = tile.area(start % SECTION_SIZE, part.size);
            svg.rects("others", &area, "");
        }
    }
    for buffer in buffers {
        pages(svg, buffer, tiles, |page| page.phys.get());
    }
    for tile in tiles.values() {
        svg.rect("frame", tile.at, "");
    }
}

/// The pages of a buffer, wherever `place` says.
fn pages(svg: &mut Svg, buffer: &Buffer, tiles: &Tiles, place: impl Fn(&Page) -> u32) {
    let mut offset = 0;
    for page in &buffer.pages {
        let filled = match buffer.role {
            Role::Shared => page.size,
            Role::Source | Role::Destination => buffer.filled.saturating_sub(offset).min(page.size),
        };
        offset += page.size;
        let at = place(page);
        let Some(tile) = tiles.get(&mib(at)) else {
            continue;
        };
        let hint = describe(buffer, page);
        let at = at % SECTION_SIZE;
        let class = class(page.size);
        let all = tile.area(at, page.size);
        if filled < page.size {
            svg.rects(&format!("rest {class}"), &all, &hint);
        }
        // A cell is too small to show how full it is.
        let shown = if page.size == PAGES[0] && filled > 0 {
            page.size
        } else {
            filled
        };
        svg.rects(class, &tile.area(at, shown), &hint);
        if buffer.role == Role::Destination {
            svg.rects("hatch", &tile.area(at, shown), "");
        }
        svg.rects("edge", &all, "");
    }
}

fn describe(buffer: &Buffer, page: &Page) -> String {
    format!(
        "{}: {} at {} lies at {}",
        buffer.role.name(),
        size_name(page.size),
        page.iova,
        page.phys
    )
}

/// Ribbons from the pages of a buffer at its device addresses to where they lie.
fn ribbons(svg: &mut Svg, buffer: &Buffer, device: (&Tiles, Side), memory: &Tiles) {
    let (tiles, side) = device;
    // The large ones first, so that the small ones are seen.
    for size in PAGES.into_iter().rev() {
        for page in buffer.pages.iter().filter(|page| page.size == size) {
            let (from, to) = (page.iova.get(), page.phys.get());
            let (Some(from_tile), Some(to_tile)) = (tiles.get(&mib(from)), memory.get(&mib(to)))
            else {
                continue;
            };
            let (x1, x2) = match side {
                Side::Right => (from_tile.at.right(), to_tile.at.x),
                Side::Left => (from_tile.at.x, to_tile.at.right()),
            };
            let (top1, bottom1) = from_tile.span(from % SECTION_SIZE, page.size);
            let (top2, bottom2) = to_tile.span(to % SECTION_SIZE, page.size);
            // Seen even where it is thinner than a line.
            let (bottom1, bottom2) = (bottom1.max(top1 + 0.7), bottom2.max(top2 + 0.7));
            let bend = (x1 + x2) / 2.0;
            let path = format!(
                "M{x1:.2} {top1:.2}C{bend:.2} {top1:.2} {bend:.2} {top2:.2} {x2:.2} {top2:.2}\
                 V{bottom2:.2}C{bend:.2} {bottom2:.2} {bend:.2} {bottom1:.2} {x1:.2} {bottom1:.2}z"
            );
            let class = format!("ribbon {}", class(page.size));
            svg.path(&class, &path, &describe(buffer, page));
        }
    }
}

/// The buffer that both streams see.
fn sharing(svg: &mut Svg, shared: &Buffer, plan: &Plan) {
    let [direct, memory, translated] = &plan.shared;
    let y = plan.shared_top;
    let rule = format!("M{LEFT} {:.2}H{:.2}", y - 58.0, plan.width - LEFT);
    svg.path("rule", &rule, "");
    let columns = [
        (LEFT, "Shared, one-to-one", "as the bypassed stream sees it"),
        (plan.middle, "Contiguous memory", "physical addresses"),
        (
            plan.right,
            "Shared, translated",
            "as the translated stream does",
        ),
    ];
    for (x, head, below) in columns {
        svg.text("head", x, y - 30.0, head);
        svg.text("subtitle", x, y - 13.0, below);
    }
    device(svg, &shared.one_to_one(), direct, Side::Left);
    device(svg, shared, translated, Side::Right);
    for (mib, tile) in memory {
        svg.rect("tile", tile.at, &format!("{:#010x}", mib * SECTION_SIZE));
    }
    pages(svg, shared, memory, |page| page.phys.get());
    for tile in memory.values() {
        svg.rect("frame", tile.at, "");
    }
}

/// Where the device was refused.
fn faults(svg: &mut Svg, attempts: &[Attempt], buffers: [&Buffer; 2], plan: &Plan) {
    let guard = plan.guard;
    svg.rect("guard", guard, "reserved, nothing is bound");
    let end = buffers[1].start().get() + buffers[1].size();
    let address = format!("{end:#010x}");
    svg.text("address", guard.right() + 8.0, guard.y + 12.0, address);
    svg.text(
        "faulty",
        guard.x + 22.0,
        guard.y + 14.0,
        "guard: nothing bound here",
    );
    for attempt in attempts {
        let Some(record) = &attempt.record else {
            continue;
        };
        let at = record.iova.get();
        let inside = |buffer: &Buffer| {
            let start = buffer.start().get();
            (start..start + buffer.size()).contains(&at)
        };
        let tiles = if inside(buffers[0]) {
            &plan.source
        } else {
            &plan.destination
        };
        let spot = tiles
            .get(&mib(at))
            .filter(|_| buffers.iter().any(|b| inside(b)));
        let (x, y) = match spot {
            Some(tile) => {
                let area = tile.area(at % SECTION_SIZE, 1);
                area.first().map_or((0.0, 0.0), |spot| {
                    (
                        spot.x.clamp(tile.at.x + 6.0, tile.at.right() - 6.0),
                        spot.y + spot.height / 2.0,
                    )
                })
            }
            // Right behind the destination.
            None if at >= end && at - end < (64 << 10) => (guard.x + 10.0, guard.y + 10.0),
            None => continue,
        };
        cross(svg, x, y, &attempt.describe());
    }
}

/// A red cross.
fn cross(svg: &mut Svg, x: f64, y: f64, hint: &str) {
    let (left, top, right, bottom) = (x - 5.0, y - 5.0, x + 5.0, y + 5.0);
    let path = format!(
        "M{left:.2} {top:.2}L{right:.2} {bottom:.2}M{left:.2} {bottom:.2}L{right:.2} {top:.2}"
    );
    svg.path("fault", &path, hint);
}

/// A name that fits into a line.
fn shortened(name: &str) -> String {
    const MOST: usize = 60;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let begin: String = name.chars().take(MOST - 1).collect();
    format!("{begin}…")
}
