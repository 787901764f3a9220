//! `unmap`: ends what a program has left behind.

use vcm::addr::{Iova, PhysAddr};
use vcm::seam::PhysMem;
use vcm::table::{PageSize, walk};
use vcm_demo_core::terminal::line;
use vcm_regs::descriptor::{REPEAT, SECTION_SIZE, SMALL_PAGE_SIZE, TableDescriptor};

use crate::failure::{Failure, While};
use crate::peek::Peek;
use vcm_linux::Device;
use vcm_linux::number::size;

pub(super) fn run(
    device: &Device,
    peek: &Peek<'_>,
    context: u8,
    address: Option<u32>,
) -> Result<(), Failure> {
    let bank = peek.bank(context)?;
    if !bank.enabled {
        return Err(Failure::Unusable(format!(
            "context {context} is not enabled: nothing is mapped there"
        )));
    }
    let Some(address) = address else {
        let streams = peek.streams_of(context)?;
        peek.stop(context)?;
        line(&format!(
            "context {context} and its {} streams are stopped",
            streams.len()
        ));
        return Ok(());
    };
    if bank.one_to_one {
        return Err(Failure::Unusable(format!(
            "context {context} is one-to-one, and has no pages: unmap all of it"
        )));
    }
    let (memory, at) = (device.memory()?, Iova::new(address));
    let found = walk(&memory, bank.root, at);
    let found = found.map_err(|fault| Failure::Unusable(format!("{at} is not mapped: {fault}")))?;
    let page = found.page.bytes();
    let start = Iova::new(address & !(page - 1));
    clear(&memory, bank.root, start, found.page).when("clearing the page's descriptors")?;
    peek.forget(context, start)?;
    line(&format!("{} at {start} are unmapped", size(page.into())));
    Ok(())
}

/// Clears all words of the page.
fn clear(
    memory: &impl PhysMem,
    root: PhysAddr,
    start: Iova,
    page: PageSize,
) -> Result<(), vcm::seam::MemError> {
    let first = PhysAddr::new(root.get() + start.get() / SECTION_SIZE * 4);
    let at = match page {
        PageSize::Section | PageSize::Supersection => first,
        PageSize::SmallPage | PageSize::LargePage => {
            let table = TableDescriptor::from_bits(memory.read32(first)?);
            let base = table.get(TableDescriptor::BASE) << TableDescriptor::BASE.lsb;
            PhysAddr::new(base + start.get() % SECTION_SIZE / SMALL_PAGE_SIZE * 4)
        }
    };
    let words = match page {
        PageSize::Section | PageSize::SmallPage => 1,
        PageSize::Supersection | PageSize::LargePage => REPEAT,
    };
    for word in 0..words {
        memory.write32(PhysAddr::new(at.get() + 4 * word), 0)?;
    }
    memory.sync_for_device(at, 4 * words);
    Ok(())
}
