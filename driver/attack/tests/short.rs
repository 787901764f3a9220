//! Every target with its seeds, and with inputs that are the same every time: a share of `make fuzz`
//! that needs no nightly Rust. `VCM_ATTACK=n` runs n inputs of each, others every time.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use vcm_attack::{TARGETS, Target};

/// Inputs of each target; few in Miri, which is slow.
const CASES: u32 = if cfg!(miri) { 12 } else { 3000 };
/// Their length in bytes.
const LONGEST: usize = 600;

fn target(name: &str) -> Target {
    let found = TARGETS.iter().find(|target| target.name == name);
    *found.expect("there is such a target")
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let files = fs::read_dir(folder.join(name)).expect("a target has a folder of seeds");
    let files = files.map(|file| fs::read(file.expect("a file").path()).expect("can be read"));
    files.collect()
}

fn survives(name: &str) {
    let run = target(name).run;
    let seeds = seeds(name);
    assert!(!seeds.is_empty());
    for seed in &seeds {
        run(seed);
    }
    let asked = std::env::var("VCM_ATTACK").ok();
    let asked = asked.map(|cases| cases.parse().expect("VCM_ATTACK is a number"));
    let config = Config {
        cases: asked.unwrap_or(CASES),
        failure_persistence: None,
        rng_seed: match asked {
            Some(_) => RngSeed::Random,
            None => RngSeed::Fixed(0x5643_4D54),
        },
        ..Config::default()
    };
    let strategy = vec(any::<u8>(), 0..LONGEST);
    let result = TestRunner::new(config).run(&strategy, |bytes| {
        run(&bytes);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

macro_rules! tests {
    ($($test:ident: $name:ident;)*) => {
        $( #[test] fn $test() { survives(stringify!($name)); } )*

        #[test]
        fn no_target_is_left_out() {
            let here = [$(stringify!($name)),*];
            assert_eq!(TARGETS.iter().map(|t| t.name).collect::<Vec<_>>(), here);
            let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/Cargo.toml");
            let manifest = fs::read_to_string(manifest).expect("a manifest");
            for name in here {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
            assert_eq!(manifest.matches("[[bin]]").count(), here.len());
        }
    };
}

tests! {
    walks_through_arbitrary_memory_are_those_of_the_manual: walk;
    tables_say_what_was_mapped_whatever_was_called: tables;
    no_frame_is_given_out_twice_or_lost: frames;
    no_address_is_given_out_twice_or_lost: iova;
    registers_say_what_their_bits_say: records;
    an_iommu_that_answers_anything_is_survived: device;
    a_dma_engine_that_answers_anything_is_survived: dma;
    hostile_calls_from_c_are_refused: capi;
    what_comes_over_the_socket_is_checked: wire;
    names_are_read_by_their_grammar: names;
}
