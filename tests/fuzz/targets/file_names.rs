#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| plenary::testing::fuzz::run("file_names", data));
