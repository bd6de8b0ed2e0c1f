//! Requests with arguments that make no sense, at a stop where the request itself is allowed.

use super::NEW_REQUESTS;
use super::ask::UNCHANGED;
use super::at_stops::SEIZED;
use super::bad_table::{Bad, Shape, TABLE, UNKNOWN_OPTION};
use super::state::State;
use super::way::{self, ENDS, GOES_ON, ON, STOPS, to_event, until_there};
use crate::event_stops::tasks::{END, EVENT};
use ptrace_conformance_harness::answers::Siginfo;
use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Start, axis};
use ptrace_conformance_harness::edge::Edge;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped, Task};
use ptrace_conformance_harness::version::KernelVersion;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "bad_arguments",
        title: "Signals, options, sizes, offsets and pointers that make no sense are refused, each with its errno, and the tracee stays as it was.",
        clauses: &[
            UNCHANGED,
            END,
            EVENT,
            STOPS,
            "err.efault-eio-mem",
            "err.eio-bad-signal",
            "err.eio-invalid-area",
            "err.einval-option",
            "err.einval-size",
            "kdoc.detach-bad-signal",
            "kdoc.peeksiginfo-errors",
            "regs.getregset-short-len",
            "regs.getregset-unknown-type",
            "regs.setregset-same-conventions",
            "seize.addr-zero",
            "seize.bad-options",
            "sigmask.get-size-arg",
            "sigmask.set-size-arg",
            "sysinfo.none-elsewhere",
            "tls.get-bad-index",
            "user.peek-alignment",
            "user.peek-out-of-range",
            "user.poke-alignment",
            "user.poke-disallowed-fields",
            "x86.arch-prctl-set-limit",
            "x86.oldsetoptions",
        ],
        changes: NEW_REQUESTS,
        axes: &[ANY_START, axis::<State>(&["signal"])],
        program: way::program,
        scenario: |t| {
            let t = way::to_stop(t, State::Signal)?;
            let before = look(&t)?;
            let mut edge = Edge::new().map_err(|error| Halt::Broken(format!("no memory: {error}")))?;
            TABLE.iter().filter(|bad| makes_sense_here(bad)).for_each(|bad| refused(&t, bad, &mut edge));
            t.check(UNCHANGED, "registers, siginfo, mask and memory afterwards", true, before == look(&t)?);
            way::ordinary_end(t, State::Signal)
        },
        ..Case::NEW
    },
    Case {
        name: "seize_refused",
        title: "PTRACE_SEIZE with an address or an unknown option fails with EIO and attaches nobody.",
        clauses: &[END, UNCHANGED, "seize.addr-zero", "seize.bad-options"],
        axes: &[axis::<Start>(&["traceme"]), axis::<State>(&["untraced"])],
        program: way::program,
        scenario: |t| {
            let t = t.detach(Signal::NONE)?;
            until_there(&t);
            let seize = |addr, options| t.request(Request::SEIZE, addr, Data::Word(options));
            t.check("seize.addr-zero", "with an address", Err(Errno::EIO), seize(8, 0));
            for (what, options) in [("bit 8", UNKNOWN_OPTION), ("bit 32", 1 << 32), ("all bits", u64::MAX)] {
                t.check("seize.bad-options", &format!("with {what}"), Err(Errno::EIO), seize(0, options));
            }
            t.check(UNCHANGED, "tracer in /proc", 0, t.proc_status()?.tracer);
            t.set_word(ON, 1);
            t.ends(END, ENDS).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "arguments_ignored",
        title: "PTRACE_INTERRUPT, LISTEN and KILL do not look at their arguments, nor SETOPTIONS and restarts at the address.",
        clauses: &[
            END,
            EVENT,
            GOES_ON,
            "kill.args-ignored",
            "cmd.restarting-list",
            "kdoc.interrupt-at-least-one-trap",
        ],
        axes: &[SEIZED, axis::<State>(&["interrupted"])],
        program: way::program,
        scenario: |t| {
            const TRAP: &str = "kdoc.interrupt-at-least-one-trap";
            let t = way::to_stop(t, State::Interrupted)?;
            let options = way::options(State::Interrupted).into();
            ignores(&t, GOES_ON, Request::SETOPTIONS, options);
            ignores(&t, "cmd.restarting-list", Request::LISTEN, 77);
            let t = t.left_alone();
            ignores(&t, TRAP, Request::INTERRUPT, 77);
            let t = t.expect(TRAP, Stop::EventStop(Signal::TRAP))?;
            ignores(&t, "cmd.restarting-list", Request::SYSCALL, 0);
            let t = t.left_alone().expect(GOES_ON, Stop::SyscallEnter)?;
            ignores(&t, "kill.args-ignored", Request::KILL, 77);
            let t = to_event(t.left_alone(), Event::EXIT)?;
            t.cont()?.ends(END, Gone::Killed(Signal::KILL, false)).map(drop)
        },
        ..Case::NEW
    },
];

/// An argument of a request that this architecture lacks is nothing, unless its number is another request.
fn makes_sense_here(bad: &Bad) -> bool {
    bad.arches.contains(&Arch::HERE) || bad.request.name().is_none()
}

/// What a refused request could have changed.
#[derive(PartialEq)]
struct Look {
    registers: Registers,
    memory: Vec<u64>,
    siginfo: Result<Siginfo, Errno>,
    mask: Result<u64, Errno>,
}

fn look(t: &Stopped) -> Flow<Look> {
    let (registers, memory) = (t.registers()?, t.memory(label::START, 1)?);
    Ok(Look { registers, memory, siginfo: t.siginfo(), mask: t.signal_mask() })
}

fn refused(t: &Task, bad: &Bad, edge: &mut Edge) {
    let is_there = bad.arches.contains(&Arch::HERE) && KernelVersion::running().line >= bad.since;
    let allowed = if is_there { bad.any_of } else { &[Err(Errno::EIO)] };
    let name = format!("{}: {}", shown(bad.request), bad.what);
    let told = ask(t, bad, edge);
    if allowed.len() > 1 && allowed.contains(&told) {
        t.check(bad.clause, &format!("{name}, again"), told, ask(t, bad, edge));
    } else {
        t.check(bad.clause, &name, allowed[0], told);
    }
}

/// The request under the name that its row of the other table has.
fn shown(request: Request) -> String {
    super::table::ROWS
        .iter()
        .find(|row| row.request == request)
        .map_or_else(|| request.to_string(), super::ask::named)
}

fn ask(t: &Task, bad: &Bad, edge: &mut Edge) -> Result<i64, Errno> {
    match bad.data {
        Shape::Word(word) => t.request(bad.request, bad.addr, Data::Word(word)),
        Shape::Edge(length) => t.request(bad.request, bad.addr, Data::Buffer(edge.last(length))),
        Shape::Vector(mut length) => {
            let buffer = edge.last(length);
            t.request(bad.request, bad.addr, Data::Vector(buffer, &mut length))
        }
    }
}

/// With an address that means nothing.
fn ignores(t: &Task, clause: &str, request: Request, data: u64) {
    t.check(clause, &request.to_string(), Ok(0), t.request(request, 0x55, Data::Word(data)));
}
