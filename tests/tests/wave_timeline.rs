//! The picture of a waveform, as a browser shows it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;
use tempfile::tempdir;
use vcm_sim::axi::Request;
use vcm_sim::wave::filter::Filter;
use vcm_sim::wave::{
    Burst, ClockChoice, FaultEvent, Listener as _, Lookup, Route as Way, Source, Timeline,
    TimelineError, Transaction, Wave,
};
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::browser::Browser;
use vcm_tests::tables::Page;
use vcm_tests::waveform::record;

const IOVA: u32 = 0x2000_0000;

/// A waveform of four reads of two pages, and of a write and a read that fault.
fn waveform(file: &std::path::Path) -> Result<()> {
    cosimulate(quick(), |bench| {
        record(bench, file, || {
            let mut tables = bench.context(0)?;
            tables.map(Page::small(IOVA, DATA))?;
            tables.map(Page::small(IOVA + 0x1000, DATA + 0x5000))?;
            for n in 0..4 {
                let at = IOVA + 0x1000 * (n % 2) + 0x40 * n;
                bench.platform.submit(Request::read(at, 8).id(n as u8));
            }
            bench.platform.finish()?;
            bench.transfer(Request::write(IOVA + 0x9000, &[1; 8]))?;
            bench.transfer(Request::read(IOVA + 0x30_0000, 1))?;
            bench.settle()?;
            bench.faults().map(drop)
        })
    })
}

fn html(timeline: &Timeline) -> Result<String> {
    let mut page = Vec::new();
    timeline.write_page(&mut page)?;
    Ok(String::from_utf8(page)?)
}

#[test]
fn the_page_loads_and_finds_what_is_looked_for() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    waveform(&file)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let mut timeline = Timeline::new(&wave, Filter::default(), 1000);
    wave.read(&mut timeline)?;
    assert_eq!(timeline.transactions(), 6);
    let page = folder.path().join("a.html");
    fs::write(&page, html(&timeline)?)?;
    let Some(browser) = Browser::find("the page loads and finds what is looked for") else {
        return Ok(());
    };
    for (query, found, says) in [
        ("", "", ""),
        ("fault%230", "1 of 1", "TRANSLATION_L2"),
        ("fault", "1 of 2", "TRANSLATION_L2"),
        ("fault%20read", "1 of 1", "TRANSLATION_L1"),
        ("%233", "1 of 1", "#3 read of 64 bytes"),
        ("0x20001040", "1 of 1", "to 0x08005040"),
        ("0x08005040", "1 of 1", "#1 read of 64 bytes"),
        ("walk%230", "1 of 1", "walk#0"),
        ("stream%207", "nothing", ""),
    ] {
        let shown = browser.show(&page, &format!("q={query}"))?;
        shown.ran_well()?;
        assert_eq!(shown.text("found"), Some(found), "{query}");
        let detail = shown.text("detail").unwrap_or_default();
        assert!(detail.contains(says), "{query}: {detail}");
        let about = shown.text("about").unwrap_or_default();
        assert!(about.contains("6 transactions"), "{about}");
        assert!(about.contains("2 faults"), "{about}");
    }
    Ok(())
}

#[test]
fn a_page_of_100_000_transactions_is_usable() -> Result<()> {
    const COUNT: u64 = 100_000;
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    waveform(&file)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let mut timeline = Timeline::new(&wave, Filter::default(), COUNT as usize);
    for number in 0..COUNT + 5 {
        timeline.transaction(made(number));
    }
    assert_eq!(timeline.left_out(), 5);
    let text = html(&timeline)?;
    assert!(text.len() < 25_000_000, "{} bytes", text.len());
    let page = folder.path().join("a.html");
    fs::write(&page, text)?;
    assert!(matches!(timeline.svg(), Err(TimelineError::TooMany { .. })));
    let Some(browser) = Browser::find("a page of 100 000 transactions is usable") else {
        return Ok(());
    };
    let begun = Instant::now();
    let shown = browser.show(&page, "q=fault%23999")?;
    let took = begun.elapsed();
    shown.ran_well()?;
    assert_eq!(shown.text("found"), Some("1 of 1"));
    // With the start of the browser, the page written out again, and on a busy machine.
    assert!(took < Duration::from_secs(60), "{took:?}");
    Ok(())
}

/// One of many transactions: each hundredth faults.
fn made(number: u64) -> Transaction {
    let valid = number * 12;
    let burst = Burst {
        number,
        write: number % 3 == 0,
        id: number % 4,
        addr: u64::from(IOVA) + number * 64,
        len: 7,
        size: 3,
        valid,
        taken: valid + 1,
        first_data: Some(valid + 30),
        last_data: Some(valid + 37),
        done: Some(valid + 37 + number % 23),
        beats: 8,
        ..Burst::default()
    };
    let fault = (number % 100 == 0).then(|| FaultEvent {
        number: number / 100,
        device: 0,
        cycle: valid + 10,
        status: vec![vcm_regs::fault::PERMISSION_L2],
        source: Source::Inside,
        iova: burst.addr as u32,
        write: burst.write,
        privileged: false,
        instruction: false,
        context: Some(0),
        stream: 0,
        id: 0,
        stalled: None,
        transaction: Some(number),
    });
    let forwarded = fault.is_none().then(|| Burst {
        valid: valid + 5,
        taken: valid + 6,
        done: Some(valid + 36),
        ..burst.clone()
    });
    Transaction {
        number,
        stream: (number % 5) as u8,
        context: Some(0),
        route: Way::Translate,
        lookup: Lookup::Micro,
        burst,
        forwarded,
        fault,
        ..Transaction::default()
    }
}

#[test]
fn an_svg_shows_each_transaction_its_walk_and_its_fault() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("a.vcd");
    waveform(&file)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let mut timeline = Timeline::new(&wave, Filter::default(), 1000);
    wave.read(&mut timeline)?;
    let svg = timeline.svg()?;
    for number in 0..6 {
        assert!(svg.contains(&format!("<title>#{number} 0x")), "#{number}");
    }
    for says in ["walk#0", "fault#0 TRANSLATION_L2", "fault#1 TRANSLATION_L1"] {
        assert!(svg.contains(says), "{says}");
    }
    let empty = Timeline::new(&wave, Filter::default(), 1000);
    assert_eq!(empty.svg(), Err(TimelineError::Empty));
    Ok(())
}
