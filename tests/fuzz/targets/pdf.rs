#![no_main]
libfuzzer_sys::fuzz_target!(init: plenary::testing::fuzz::let_decoders_panic(), |data: &[u8]| plenary::testing::fuzz::run("pdf", data));
