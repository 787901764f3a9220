//! Which part of a run is recorded, by the programs' options, and what is left of it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::{TempDir, tempdir};
use vcm_sim::wave::{ClockChoice, FaultEvent, Listener, Summary, Wave};

/// Collects faults.
#[derive(Default)]
struct Faults(Vec<FaultEvent>);

impl Listener for Faults {
    fn fault(&mut self, fault: FaultEvent) {
        self.0.push(fault);
    }
}

fn read(file: &Path) -> (Vec<FaultEvent>, Summary) {
    let wave = Wave::open(file, &ClockChoice::Search).expect("is a waveform");
    let mut faults = Faults::default();
    let summary = wave.read(&mut faults).expect("can be read");
    assert_eq!(summary.ending.damage, None);
    (faults.0, summary)
}

/// The programs that leave waveforms, on runs with faults: with the name of what they leave.
const PROGRAMS: [(&str, &[&str], &str); 2] = [
    (env!("CARGO_BIN_EXE_vcm-demo"), &["four"], "demo"),
    (
        env!("CARGO_BIN_EXE_vcm-soak"),
        &["--replay", "3", "--keep", "0-60"],
        "3",
    ),
];

fn command(folder: &TempDir, (program, arguments, _): (&str, &[&str], &str)) -> Command {
    fs::write(folder.path().join("four"), "four").expect("can be written");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["--output", "."])
        .current_dir(folder.path());
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().expect("can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output
}

#[test]
fn a_part_between_two_cycles_has_these_and_views_beside_it() {
    for program in PROGRAMS {
        let folder = tempdir().expect("can be made");
        let part = ["--trace-from", "1000", "--trace-to", "10us"];
        done(command(&folder, program).args(part));
        let file = |ending| folder.path().join(format!("{}.{ending}", program.2));
        let (_, summary) = read(&file("vcd"));
        let cycles = summary.ending.cycles;
        assert!(
            cycles.iter().all(|seen| *seen == 500),
            "{cycles:?} of {}",
            program.0
        );
        for ending in ["gtkw", "sucl"] {
            assert!(file(ending).is_file(), "{} of {}", ending, program.0);
        }
    }
}

#[test]
fn a_waveform_on_fault_begins_before_the_first_and_ends_after_it() {
    for program in PROGRAMS {
        let folder = tempdir().expect("can be made");
        done(command(&folder, program).args(["--trace-on", "fault"]));
        let (faults, summary) = read(&folder.path().join(format!("{}.vcd", program.2)));
        let cycles = summary.ending.cycles[0];
        assert!(
            (2_000..=6_001).contains(&cycles),
            "{cycles} of {}",
            program.0
        );
        assert!(!faults.is_empty(), "{}", program.0);
    }
}

#[test]
fn a_waveform_as_fst_tells_the_same_as_one_in_text() {
    if Command::new("vcd2fst").arg("--help").output().is_err() {
        eprintln!("SKIPPED: no vcd2fst is installed (Debian: apt install gtkwave)");
        return;
    }
    for program in PROGRAMS {
        let folder = tempdir().expect("can be made");
        let name = |ending| folder.path().join(format!("{}.{ending}", program.2));
        let part = ["--trace-to", "8000"];
        done(command(&folder, program).args(part));
        let text = (
            read(&name("vcd")),
            fs::metadata(name("vcd")).expect("is there").len(),
        );
        done(
            command(&folder, program)
                .args(part)
                .args(["--trace-format", "fst"]),
        );
        assert!(!name("vcd").exists(), "it is there twice");
        let packed = (
            read(&name("fst")),
            fs::metadata(name("fst")).expect("is there").len(),
        );
        assert_eq!(packed.0.0, text.0.0);
        assert_eq!(packed.0.1.devices, text.0.1.devices);
        assert!(packed.1 * 8 < text.1, "{} of {} bytes", packed.1, text.1);
        let view = fs::read_to_string(name("gtkw")).expect("is there");
        assert!(view.contains(&format!("{}.fst\"", program.2)), "{view}");
    }
}

#[test]
fn without_gtkwave_the_waveform_stays_as_it_is_and_what_is_missing_is_told() {
    for program in PROGRAMS {
        let folder = tempdir().expect("can be made");
        let output = command(&folder, program)
            .args(["--trace-to", "3000", "--trace-format", "fst"])
            .env("PATH", folder.path())
            .output()
            .expect("can be run");
        assert_eq!(output.status.code(), Some(2), "{}", program.0);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("vcd2fst is missing: install GTKWave"),
            "{said}"
        );
        let (_, summary) = read(&folder.path().join(format!("{}.vcd", program.2)));
        assert!(summary.ending.cycles[0] > 2_900, "{}", program.0);
    }
}
