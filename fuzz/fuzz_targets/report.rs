//! A report file.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| ptrace_conformance_fuzz::report_file::check(text));
