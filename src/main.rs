//! `ptrace-conformance`: checks what ptrace(2) answers on a Linux kernel against its documentation.

mod audit;
mod bisect;
mod catalogue;
mod cli;
mod compare;
mod coverage;
mod doctor;
mod elsewhere;
mod evidence;
mod exit;
mod explain;
mod failure;
mod formats;
mod gvisor;
mod human;
mod interrupt;
mod kernels;
mod list;
mod matrix;
mod output;
mod partition;
mod progress;
mod prose;
mod quirks;
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
    let status = match cli::Cli::try_parse() {
        Ok(cli) => cli.obey().unwrap_or_else(|error| {
            tell(&error);
            Status::of_error(&error)
        }),
        Err(error) if error.use_stderr() && bisect::is_asked(std::env::args_os()) => {
            anstream::eprint!("{}", error.render().ansi());
            Status::BisectionEnds
        }
        Err(error) => error.exit(),
    };
    ExitCode::from(status.code())
}

/// Tells an error with all its causes.
fn tell(error: &anyhow::Error) {
    anstream::eprintln!("{} {error:#}", style::paint(style::BAD, "error:"));
}
