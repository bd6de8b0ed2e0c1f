//! What ptrace(2) says first: requests and their results, options, restarts, and what /proc shows meanwhile.

mod injected;
mod nested;
mod options;
mod proc_files;
mod requests;
mod resuming;
mod signals;

use ptrace_conformance_harness::case::Family;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The family.
pub const FAMILY: Family = Family {
    name: "basics",
    title: "Requests and their results, options, restarts, and what /proc shows meanwhile",
    cases: &[
        resuming::CASES,
        options::CASES,
        requests::CASES,
        injected::CASES,
        signals::CASES,
        nested::CASES,
        proc_files::CASES,
    ],
};

/// The program's own end.
const END: &str = "wait.macro.exited";
/// The clause that promises the stop at a breakpoint of the program.
const STOPS: &str = "stop.signal.every-delivery-stops";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";

/// What stands where the kernel is said not to look.
const JUNK: u64 = 0x5a5a_1234_5678;

/// To a breakpoint of the program, and behind it.
fn to_breakpoint(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    Ok(t)
}
