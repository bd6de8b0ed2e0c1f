//! The two parsers that read what others wrote, for the fuzzer, with what must hold of them.
//!
//! The program is one binary without a library, so its files are included here by their paths; `crate::` in
//! them means this crate. Nothing of it is copied.
#![allow(dead_code, reason = "only the parsers of the included modules are used")]

pub mod console;
pub mod report_file;

#[path = "../../src/exit.rs"]
mod exit;
#[path = "../../src/report.rs"]
mod report;
#[path = "../../src/target.rs"]
mod target;

#[path = "../../src/vm"]
mod vm {
    pub mod accel;
    pub mod alarm;
    pub mod cause;
    pub mod document;
    pub mod guest;
    pub mod ledger;
    pub mod limits;
    pub mod qemu;
    pub mod record;
    pub mod transcript;
    pub mod watch;
}
