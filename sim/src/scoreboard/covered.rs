//! Tells the functional coverage what the scoreboard has judged.

use vcm_regs::{context, fault, global};

use super::matching::Request;
use super::mirror::bank;
use super::mismatch::Seen;
use super::predict::{Golden, Window};
use super::registers::Event;
use crate::coverage::Collector;
use crate::signals::Cycle;

/// Takes in what happened in a cycle.
pub(super) fn cycle(
    collector: &mut Collector,
    now: &Cycle,
    events: &[Event],
    seen: &Seen,
    under_way: bool,
    golden: &Golden<'_>,
) {
    for (ax, write) in [(&now.s_axi.ar, false), (&now.s_axi.aw, true)] {
        if ax.fires() {
            collector.came(ax, write);
        }
    }
    for (request, pa) in &seen.passed {
        let window = window(request, now.number);
        if let Some(how) = golden.passage(&request.ax, request.write, window, *pa) {
            collector.passed(&request.ax, request.write, how);
        }
    }
    for fault in &seen.faults {
        // Of several that it may be nobody knows which it is.
        let [status] = fault.status[..] else { continue };
        let Request { ax, write, .. } = &fault.request;
        let window = window(&fault.request, now.number);
        let page = match status {
            fault::EXTERNAL_ABORT => golden.page_of(ax, *write, window, None),
            _ => golden.page_of(ax, *write, window, Some(status)),
        };
        collector.fault(ax, *write, status, page);
    }
    // The answer alone does not tell it from the fault that stalled.
    for request in &seen.timeouts {
        collector.fault(&request.ax, request.write, fault::STALL_TIMEOUT, None);
    }
    for &(write, status) in &seen.stalls {
        collector.stalled(write, status);
    }
    for event in events {
        if let Event::WriteBegun(write) = event {
            if let Some(command) = command(write.offset) {
                collector.invalidated(command, under_way);
            }
        }
    }
}

fn window(request: &Request, now: u64) -> Window {
    Window {
        from: request.since,
        to: now,
    }
}

/// Which of the commands of the coverage a register is.
fn command(offset: u32) -> Option<usize> {
    if offset == global::BLOCK.base + global::TLBIALL.offset {
        return Some(0);
    }
    let (_, local) = bank(&context::BLOCK, offset)?;
    let commands = [
        context::TLBIALL.offset,
        context::TLBIASID.offset,
        context::TLBIVA.offset,
        context::TLBIVAA.offset,
        context::TLBRANGE.offset,
    ];
    let place = commands.iter().position(|command| *command == local)?;
    Some(1 + place)
}
