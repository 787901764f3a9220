//! Write data beside its address.

use anyhow::Result;
use vcm_sim::axi::Request;
use vcm_sim::platform::Config;
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::Page;

const IOVA: u32 = 0x5000_0000;

/// IHI 0022E A3.3.1: a slave may wait for WVALID before it gives AWREADY, so that a master which waited
/// for AWREADY with its WVALID would wait for ever.
#[test]
fn a_memory_that_takes_an_address_only_with_its_data_is_served() -> Result<()> {
    let waiting = |mut config: Config| {
        config.ddr.data.address_after_data = true;
        config
    };
    for config in std::iter::once(quick()).chain((71..74).map(|seed| quick().stressed(seed))) {
        cosimulate(waiting(config), |bench| {
            bench.context(0)?.map(Page::small(IOVA, DATA))?;
            bench.route(0, Route::Context(0))?;
            let writes: Vec<_> = (0..12u8)
                .map(|n| {
                    let data = vec![n + 1; 8 * usize::from(n % 4 + 1)];
                    let request = Request::write(IOVA + 0x40 * u32::from(n), &data).id(n % 3);
                    bench.platform.submit(request)
                })
                .collect();
            for ticket in writes {
                bench.platform.wait(ticket)?;
            }
            for n in 0..12u32 {
                assert_eq!(bench.peek(DATA + 0x40 * n)?, (n + 1) * 0x0101_0101);
            }
            Ok(())
        })?;
    }
    Ok(())
}
