//! `ptrace-conformance`: checks what ptrace(2) answers on a Linux kernel against its documentation.

mod catalogue;
mod cli;
mod doctor;
mod exit;
mod explain;
mod failure;
mod formats;
mod human;
mod interrupt;
mod list;
mod output;
mod partition;
mod progress;
mod prose;
mod report;
mod rounds;
mod run;
mod select;
mod stored;
mod style;
mod target;

mod vm;

use std::process::ExitCode;

use clap::Parser;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::worker;

use crate::exit::Status;

fn main() -> ExitCode {
    worker::serve_if_asked(FAMILIES);
    vm::serve_if_asked();
    let status = cli::Cli::parse().obey().unwrap_or_else(|error| {
        anstream::eprintln!("{} {error:#}", style::paint(style::BAD, "error:"));
        Status::of_error(&error)
    });
    ExitCode::from(status.code())
}
