//! The console of a guest.
#![no_main]

libfuzzer_sys::fuzz_target!(|script: &[u8]| ptrace_conformance_fuzz::console::check(script));
