//! Files that are cut off, damaged, compressed, of other designs, or not waveforms at all.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::{TempDir, tempdir};
use vcm_sim::axi::Request;
use vcm_sim::check::Rule;
use vcm_sim::wave::{ClockChoice, Protocol, Wave, compare};
use vcm_tests::bench::{DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::waveform::{only_ports, read, record};

/// A waveform of bypassed reads and writes: the k-th of each goes to `DATA` + 0x100 k.
fn waveform(folder: &TempDir, name: &str, bursts: u32, odd: Option<u32>) -> Result<PathBuf> {
    let file = folder.path().join(name);
    cosimulate(quick().stressed(7), |bench| {
        record(bench, &file, || {
            bench.route(0, Route::Bypass)?;
            for n in 0..bursts {
                let at = DATA + 0x100 * n;
                let data = [n as u8; 64];
                bench.platform.submit(Request::write(at, &data).id(n as u8));
                let beats = if odd == Some(n) { 7 } else { 8 };
                bench.platform.submit(Request::read(at, beats).id(n as u8));
            }
            bench.settle()
        })
    })?;
    Ok(file)
}

#[test]
fn a_compressed_file_tells_the_same_as_a_plain_one() -> Result<()> {
    let folder = tempdir()?;
    let plain = waveform(&folder, "a.vcd", 20, None)?;
    let packed = folder.path().join("a.vcd.gz");
    let mut encoder = GzEncoder::new(fs::File::create(&packed)?, Compression::fast());
    encoder.write_all(&fs::read(&plain)?)?;
    encoder.finish()?;
    let (plain, packed) = (read(&plain)?, read(&packed)?);
    assert_eq!(plain.transactions, packed.transactions);
    assert_eq!(plain.transactions.len(), 40);
    assert_eq!(plain.summary.ending.bytes, packed.summary.ending.bytes);
    Ok(())
}

#[test]
fn a_file_that_is_cut_off_tells_what_there_is_and_where_it_ends() -> Result<()> {
    let folder = tempdir()?;
    let whole = waveform(&folder, "a.vcd", 20, None)?;
    let bytes = fs::read(&whole)?;
    let told = read(&whole)?;
    let cut = folder.path().join("cut.vcd");
    for part in [98, 95, 92] {
        let mut end = bytes.len() * part / 100;
        while bytes[end] == b'\n' || bytes[end - 1] == b'\n' {
            end += 1;
        }
        fs::write(&cut, &bytes[..end])?;
        let partly = read(&cut)?;
        let damage = partly.summary.ending.damage.expect("is told");
        assert!(
            damage.contains("line ") && damage.contains("byte "),
            "{damage}"
        );
        let answered = partly
            .transactions
            .iter()
            .filter(|t| t.burst.done.is_some());
        let mut count = 0;
        for t in answered {
            assert!(told.transactions.contains(t), "{t:?}");
            count += 1;
        }
        assert!(count > 0 && count <= told.transactions.len());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&bytes)?;
    let packed = encoder.finish()?;
    fs::write(&cut, &packed[..packed.len() * 2 / 3])?;
    let partly = read(&cut)?;
    assert!(
        partly
            .summary
            .ending
            .damage
            .expect("is told")
            .contains("ends too early")
    );
    Ok(())
}

#[test]
fn a_damaged_line_is_told_with_its_place_and_what_came_before_is_kept() -> Result<()> {
    let folder = tempdir()?;
    let file = waveform(&folder, "a.vcd", 20, None)?;
    let text = fs::read_to_string(&file)?;
    let mut lines: Vec<&str> = text.lines().collect();
    let at = lines.len() * 9 / 10;
    for (wrong, says) in [
        ("b01q1 !", "b01q1"),
        ("?!", "?!"),
        ("#12x", "#12x"),
        ("#1", "time goes back"),
        ("$nonsense", "$nonsense"),
    ] {
        let kept = std::mem::replace(&mut lines[at], wrong);
        let broken = folder.path().join("broken.vcd");
        fs::write(&broken, lines.join("\n") + "\n")?;
        lines[at] = kept;
        let told = read(&broken)?;
        // Of signals that nobody wants, values are not looked at.
        if let Some(damage) = told.summary.ending.damage {
            assert!(damage.contains(says), "{damage}");
            assert!(
                damage.contains(&format!("line {}", at + 1)),
                "{damage} {}",
                at + 1
            );
        } else {
            assert_eq!(wrong, "b01q1 !");
        }
        assert!(told.transactions.len() > 20);
    }
    Ok(())
}

#[test]
fn what_is_no_waveform_is_refused_with_the_reason() -> Result<()> {
    let folder = tempdir()?;
    let refused = |text: &[u8]| -> Result<String> {
        let file = folder.path().join("x.vcd");
        fs::write(&file, text)?;
        let error = Wave::open(&file, &ClockChoice::Search).expect_err("is none");
        let text = error.to_string();
        assert!(text.contains("x.vcd"), "{text}");
        Ok(text)
    };
    assert!(refused(b"")?.contains("empty"));
    assert!(refused(b"\x7fELF and so on")?.contains("does not begin with a declaration"));
    assert!(refused(b"$scope module top $end\n")?.contains("ends before $enddefinitions"));
    let none = "$timescale 1ns $end $scope module t $end $var wire 1 ! clk $end $upscope $end \
                $enddefinitions $end\n#0\n";
    assert!(refused(none.as_bytes())?.contains("no AXI port among its 1 signals"));
    let clockless = "$timescale 1ns $end $scope module t $end $var wire 1 ! s_axi_arvalid $end \
                     $var wire 1 \" s_axi_arready $end $var wire 32 # s_axi_araddr $end \
                     $var wire 1 $ s_axi_rvalid $end $var wire 1 % s_axi_rready $end \
                     $upscope $end $enddefinitions $end\n#0\n";
    assert!(refused(clockless.as_bytes())?.contains("--clock"));
    let missing = Wave::open(folder.path().join("none.vcd"), &ClockChoice::Search);
    assert!(
        missing
            .expect_err("is none")
            .to_string()
            .contains("none.vcd")
    );
    Ok(())
}

/// A port of another design, which a test drives by hand.
struct Foreign(String);

impl Foreign {
    fn new(prefix: &str, clock: &str, lite: bool) -> Self {
        let mut header = String::from("$timescale 1 ns $end\n$scope module tb $end\n");
        let mut var = |width: u32, code: char, name: &str| {
            header.push_str(&format!(
                "$var logic {width} {code} {name} [{}:0] $end\n",
                width - 1
            ));
        };
        var(1, 'c', clock);
        for (width, code, name) in [
            (1, 'v', "ARVALID"),
            (1, 'r', "ARREADY"),
            (40, 'a', "ARADDR"),
            (12, 'i', "ARID"),
            (1, 'V', "RVALID"),
            (1, 'R', "RREADY"),
            (128, 'D', "RDATA"),
            (12, 'I', "RID"),
            (2, 'S', "RRESP"),
            (1, 'L', "RLAST"),
            (8, 'l', "ARLEN"),
            (3, 's', "ARSIZE"),
        ] {
            if !lite || !matches!(name, "ARID" | "RID" | "RLAST" | "ARLEN" | "ARSIZE") {
                var(width, code, &format!("{prefix}{name}"));
            }
        }
        header.push_str("$upscope $end\n$enddefinitions $end\n#0\n");
        Self(header)
    }

    /// A cycle of 10 ns with these changes in its first half.
    fn cycle(&mut self, n: u64, changes: &str) {
        let text = format!("#{}\n0c\n{changes}\n#{}\n1c\n", 10 * n + 1, 10 * n + 6);
        self.0.push_str(&text);
    }

    fn write(&self, to: &Path) -> Result<()> {
        Ok(fs::write(to, &self.0)?)
    }
}

/// A read of two beats, cycle by cycle.
const READ: [&str; 6] = [
    "0v 1r 0V 1R b0 S 0L",
    "1v b1000000000000000000000000000000000010000 a b101010101010 i b1 l b100 s",
    "0v",
    "1V b101010101010 I b1111 D 0L",
    "b1110 D 1L",
    "0V",
];

#[test]
fn ports_of_other_designs_are_found_whatever_their_prefix_and_width() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("foreign.vcd");
    for (prefix, clock, name) in [
        ("S_AXI_", "S_AXI_ACLK", "tb.s_axi"),
        ("s_axi_0_", "clk", "tb.s_axi_0"),
        ("", "aclk", "tb"),
    ] {
        let mut foreign = Foreign::new(prefix, clock, false);
        for (n, changes) in READ.into_iter().enumerate() {
            foreign.cycle(n as u64, changes);
        }
        foreign.cycle(READ.len() as u64, "");
        foreign.write(&file)?;
        let wave = Wave::open(&file, &ClockChoice::Search)?;
        let [port] = &wave.layout().ports[..] else {
            panic!("{:?}", wave.layout());
        };
        assert_eq!((port.name.as_str(), port.protocol), (name, Protocol::Axi));
        assert_eq!(
            (port.data_bytes, port.id_bits, port.addr_bits),
            (16, 12, 40)
        );
        assert!((wave.timebase(0).frequency() - 1e8).abs() < 1.0);
        let told = read(&file)?;
        let [(0, burst)] = &told.bursts[..] else {
            panic!("{:?}", told.bursts);
        };
        assert_eq!((burst.addr, burst.id), (0x80_0000_0010, 0xAAA));
        assert_eq!(
            (burst.beats, burst.size, burst.taken, burst.done),
            (2, 4, 1, Some(4))
        );
        let (findings, _) = wave.check()?;
        assert_eq!(findings[0].violations, []);
    }
    Ok(())
}

#[test]
fn a_lite_port_and_one_without_a_clock_are_read_too() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("lite.vcd");
    let mut foreign = Foreign::new("m_axi_lite_", "tick", true);
    for n in 0..3 {
        foreign.0.push_str(&format!("#{n}\n"));
        foreign
            .0
            .push_str(["1v 1r b100 a 0V 1R", "0v", "1V b0 S"][n]);
        foreign.0.push('\n');
    }
    foreign.0.push_str("#3\n0V\n#4\n");
    foreign.write(&file)?;
    assert!(Wave::open(&file, &ClockChoice::Search).is_err());
    let wave = Wave::open(&file, &ClockChoice::None)?;
    assert_eq!(wave.layout().ports[0].protocol, Protocol::Lite);
    let mut told = vcm_tests::waveform::Recorded::default();
    wave.read(&mut told)?;
    let [(0, burst)] = &told.bursts[..] else {
        panic!("{:?}", told.bursts);
    };
    assert_eq!((burst.addr, burst.taken, burst.done), (4, 0, Some(2)));
    Ok(())
}

#[test]
fn what_is_unknown_is_told_and_taken_for_nothing() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("x.vcd");
    let mut foreign = Foreign::new("s_axi_", "clk", false);
    foreign.cycle(0, "xv 1r 0V 1R b0 S 0L");
    for (n, changes) in READ.into_iter().enumerate() {
        let unknown = changes.replace("b101010101010 i", "b10101010101x i");
        foreign.cycle(n as u64 + 1, &unknown);
    }
    foreign.write(&file)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let mut told = vcm_tests::waveform::Recorded::default();
    let summary = wave.read(&mut told)?;
    assert_eq!(summary.unknown_handshakes, 1);
    let (findings, _) = wave.check()?;
    let fields: Vec<&str> = findings[0].unknown.iter().map(|u| u.1.name()).collect();
    assert_eq!(fields, ["valid", "id"]);
    assert_eq!(findings[0].unknown[0].2, 0);
    Ok(())
}

#[test]
fn a_broken_rule_is_found_in_a_recording() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("rule.vcd");
    let mut foreign = Foreign::new("s_axi_", "clk", false);
    foreign.cycle(0, "0r");
    foreign.cycle(1, "1v b1000 a b1 i b0 l b10 s 0V 1R");
    foreign.cycle(2, "b1100 a");
    foreign.cycle(3, "1r");
    foreign.cycle(4, "0v");
    foreign.write(&file)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let (findings, _) = wave.check()?;
    let rules: Vec<(Rule, u64)> = (findings[0].violations.iter())
        .map(|violation| (violation.rule, violation.cycle))
        .collect();
    assert_eq!(rules, [(Rule::PayloadStable, 2)]);
    Ok(())
}

#[test]
fn our_own_waveforms_keep_every_rule_on_every_port() -> Result<()> {
    let folder = tempdir()?;
    let file = waveform(&folder, "a.vcd", 20, None)?;
    let wave = Wave::open(&file, &ClockChoice::Search)?;
    let (findings, ending) = wave.check()?;
    assert_eq!(findings.len(), 4);
    for found in &findings {
        assert_eq!((found.total, found.of_before), (0, 0), "{found:?}");
        assert_eq!(found.cycles, ending.cycles[0]);
        assert!(found.unknown.is_empty());
    }
    Ok(())
}

#[test]
fn an_iommu_of_which_only_some_ports_were_recorded_is_still_one() -> Result<()> {
    let folder = tempdir()?;
    let file = waveform(&folder, "a.vcd", 10, None)?;
    let some = folder.path().join("some.vcd");
    only_ports(&file, &some, |name| match name.starts_with("s_axil") {
        true => format!("not_recorded_{name}").replace('_', ""),
        false => name.to_owned(),
    })?;
    let wave = Wave::open(&some, &ClockChoice::Search)?;
    let [device] = &wave.layout().devices[..] else {
        panic!("{:?}", wave.layout());
    };
    assert!(device.ports[0].is_none() && device.ports[1..].iter().all(Option::is_some));
    let told = read(&some)?;
    assert_eq!(told.transactions.len(), 20);
    assert!(told.transactions.iter().all(|t| t.forwarded.is_some()));
    Ok(())
}

#[test]
fn the_first_transaction_that_differs_is_found() -> Result<()> {
    let folder = tempdir()?;
    let open = |file: &Path| Wave::open(file, &ClockChoice::Search);
    let (a, b) = (
        waveform(&folder, "a.vcd", 20, None)?,
        waveform(&folder, "b.vcd", 20, Some(12))?,
    );
    let same = compare(&open(&a)?, &open(&a)?, true)?;
    assert_eq!((same.divergences, same.same), (Vec::new(), 40));
    let other = compare(&open(&a)?, &open(&b)?, false)?;
    let [divergence] = &other.divergences[..] else {
        panic!("{:?}", other.divergences);
    };
    assert_eq!((divergence.same, divergence.write), (12, false));
    let beats = &divergence.fields[0];
    assert_eq!(
        (beats.0.as_str(), beats.1.as_str(), beats.2.as_str()),
        ("beats", "8", "7")
    );
    assert_eq!(other.same, 20 + 12);
    Ok(())
}
