//! What `PTRACE_GET_RSEQ_CONFIGURATION` says, before a registration, with it and behind it.

use super::{AREA, ASKS, END, LENGTH, NONE, REGISTERED, SIGNATURE, check, register};
use crate::changes::RSEQ_LENGTH;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::edge::Edge;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::layout::RseqConfiguration;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped, Task};
use ptrace_conformance_harness::values::Return;

const FIELDS: &str = "uapi.rseq.config";
const UNREGISTERED: &str = "uapi.rseq.unregistered";
const WHOLE: &str = "uapi.rseq.return-size";
const STOPS: &str = "stop.signal.every-delivery-stops";

/// `RSEQ_FLAG_UNREGISTER`
const UNREGISTER: u64 = 1;

/// A thread without registration: up to 6.2 the length is told all the same.
pub(super) fn check_none(t: &Task, clause: &str) -> Flow {
    let size = t.across(&RSEQ_LENGTH, LENGTH as u32, 0)?;
    check(t, clause, RseqConfiguration { size, ..NONE })
}

/// To a breakpoint of the program, and behind it.
fn to_breakpoint(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    Ok(t)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "nothing_registered",
        title: "Of a thread that has registered no area the tracer reads a null pointer and no signature.",
        clauses: &[UNREGISTERED, END],
        changes: &[&RSEQ_LENGTH],
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            check_none(&t, UNREGISTERED)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..ASKS
    },
    Case {
        name: "registered_and_taken_back",
        title: "The tracer reads address, length and signature that the thread registered, and a null pointer when it has taken them back.",
        clauses: &[STOPS, FIELDS, UNREGISTERED, END],
        changes: &[&RSEQ_LENGTH],
        program: |p| {
            register(p);
            p.breakpoint();
            p.call(Syscall::RSEQ, &[AREA, LENGTH, UNREGISTER, SIGNATURE.into()]);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            check(&t, FIELDS, REGISTERED)?;
            let t = to_breakpoint(t)?;
            check_none(&t, UNREGISTERED)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            task.check_saw(FIELDS, "rseq", Some(Return(0)))?;
            task.check_saw(UNREGISTERED, "rseq_2", Some(Return(0)))
        },
        ..ASKS
    },
    Case {
        name: "refused_registration",
        title: "A registration that the kernel refuses leaves the one that there is.",
        clauses: &[STOPS, FIELDS, END],
        program: |p| {
            register(p);
            register(p);
            p.call(Syscall::RSEQ, &[AREA, LENGTH, 0, 7]);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            t.check_saw(FIELDS, "rseq_2", Some(Return::error(EBUSY)))?;
            t.check_saw(FIELDS, "rseq_3", Some(Return::error(Errno::EPERM)))?;
            check(&t, FIELDS, REGISTERED)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..ASKS
    },
    Case {
        name: "any_size",
        title: "PTRACE_GET_RSEQ_CONFIGURATION returns the size of the whole structure, whatever size it is given, and writes no more than that.",
        clauses: &[STOPS, WHOLE, END],
        program: |p| {
            register(p);
            p.breakpoint();
            p.exit(3);
        },
        scenario: |t| {
            let t = to_breakpoint(t)?;
            let mut edge = Edge::new().map_err(|error| Halt::Broken(format!("no edge: {error}")))?;
            let mut whole = [0; 24];
            let answer = t.request(Request::GET_RSEQ_CONFIGURATION, 24, Data::Buffer(&mut whole));
            t.check(WHOLE, "returned with size 24", Ok(24), answer);
            for size in [0, 1, 8, 23, 25, 4096] {
                let buffer = edge.last(24.min(size));
                buffer.fill(0xa5);
                let answer = t.request(Request::GET_RSEQ_CONFIGURATION, size as u64, Data::Buffer(buffer));
                t.check(WHOLE, &format!("returned with size {size}"), Ok(24), answer);
                let front = *buffer == whole[..buffer.len()];
                t.check(WHOLE, &format!("with size {size} as much of the structure"), true, front);
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..ASKS
    },
];

/// Device or resource busy: what a second registration gets.
const EBUSY: Errno = Errno(libc::EBUSY);
