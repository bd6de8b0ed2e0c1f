//! Whatever happens to a case, a worker or the command: the other cases run, and nothing is left behind.
//!
//! This one program plays all the parts, with real processes:
//!
//! ```text
//! test ── judge ── command (has the pool) ── keeper ── guardian ── tracer process ── tracees
//! ```
//!
//! Each test has a judge of its own: a single-threaded sub-reaper, to which everything comes that loses its parent.
//! When it has no child any more, nothing is left. A test that hangs ends its judge by `SIGALRM`.
#![expect(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod cases;
mod command;
mod judge;
mod os;
mod session;

use libtest_mimic::{Arguments, Failed, Trial};
use ptrace_conformance_harness::worker;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    worker::serve_if_asked(cases::REGISTRY);
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["command", ..] => command::run(&args[1..]),
        ["judge", name] => judge::run(name),
        _ => return test(),
    }
    ExitCode::SUCCESS
}

fn test() -> ExitCode {
    let trial = |&(name, _): &(&'static str, _)| Trial::test(name, move || by_judge(name));
    let trials = judge::TESTS.iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn by_judge(name: &str) -> Result<(), Failed> {
    let program = std::env::current_exe()?;
    let output = Command::new(program).args(["judge", name]).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into())
}
