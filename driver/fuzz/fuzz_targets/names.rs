#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vcm_attack::run("names", bytes));
