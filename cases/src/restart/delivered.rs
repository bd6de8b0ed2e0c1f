//! The signal takes effect: a handler runs, with and without `SA_RESTART`, or nothing does.

use super::calls::{CALLS, Call, Class};
use super::way::{
    END, ENTER, EXIT, GOES_ON, INTERRUPTS, SIGNAL, around_the_call, ends_by, ends_with, entered, enters,
    finish, to_signal,
};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Return;

const HANDLED: &str = "restart.after-handler";

/// What the signal does.
#[derive(Clone, Copy, PartialEq)]
enum Action {
    /// A handler runs.
    Handler,
    /// A handler with `SA_RESTART` runs.
    Restarts,
    /// It is ignored.
    Ignored,
}

impl Axis for Action {
    const VALUES: &'static [(&'static str, Self)] =
        &[("handler", Action::Handler), ("sarestart", Action::Restarts), ("ignored", Action::Ignored)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "handled",
        title: "Behind the handler the class of the call decides: made again always, with SA_RESTART, or never, and then EINTR.",
        clauses: &[
            SIGNAL,
            ENTER,
            EXIT,
            END,
            HANDLED,
            "signal.restart-with-sa-restart",
            "signal.never-restarted-list",
        ],
        axes: &[axis::<Start>(&["traceme"]), CALLS, axis::<Action>(&["handler", "sarestart"])],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(HANDLED, Stop::SyscallEnter)?;
            let (times, signal, code) = t.handled();
            t.check(HANDLED, "signals handled", (2, INTERRUPTS), (times, signal));
            t.check(HANDLED, "si_code in the handler", libc::SI_USER, code);
            let t = t.syscall()?.expect(ENTER, Stop::SyscallExit)?;
            let (call, action): (Call, Action) = (t.pick()?, t.pick()?);
            let clause = clause(call, action);
            if !made_again(call, action) {
                return ends_with(t, clause, Return::error(Errno::EINTR));
            }
            finish(enters(t, clause, call.syscall(), &before)?, clause)
        },
        ..Case::NEW
    },
    Case {
        name: "ignored",
        title: "An ignored signal stops and interrupts a tracee all the same; delivered, it does nothing, and every call goes on.",
        clauses: &[SIGNAL, ENTER, EXIT, END, GOES_ON],
        axes: &[axis::<Start>(&["traceme"]), CALLS, axis::<Action>(&["ignored"])],
        program,
        scenario: |t| {
            let (t, before) = to_signal(t)?;
            let t = t.resume(Resume::Syscall, INTERRUPTS)?;
            let restarted = t.pick::<Call>()?.restarted();
            let t = entered(t.expect(GOES_ON, Stop::SyscallEnter)?, GOES_ON, restarted, &before)?;
            finish(t, GOES_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "handled_unseen",
        title: "With PTRACE_CONT the program alone sees what the handler made of the call.",
        clauses: &[SIGNAL, ENTER, EXIT, END, HANDLED],
        axes: &[
            axis::<Start>(&["traceme"]),
            axis::<Call>(&[
                "read",
                "wait4",
                "futex",
                "ppoll",
                "pselect6",
                "sigsuspend",
                "until",
                "nanosleep",
                "clocknanosleep",
                "futextimed",
            ]),
            axis::<Action>(&["handler"]),
        ],
        program,
        scenario: |t| {
            let (t, _) = to_signal(t)?;
            ends_by(t, INTERRUPTS, HANDLED, Return::error(Errno::EINTR))
        },
        ..Case::NEW
    },
];

fn program(p: &mut Program) {
    around_the_call(p, |p| {
        match p.pick() {
            Action::Handler => p.handle(INTERRUPTS, 0),
            Action::Restarts => p.handle(INTERRUPTS, libc::SA_RESTART),
            Action::Ignored => p.ignore(INTERRUPTS),
        };
    });
}

fn made_again(call: Call, action: Action) -> bool {
    match call.class() {
        Class::NoIntr => true,
        Class::Sys => action == Action::Restarts,
        Class::NoHand | Class::Block => false,
    }
}

/// What the manual says of it where it says something.
fn clause(call: Call, action: Action) -> &'static str {
    match (call, action) {
        (Call::Read, Action::Restarts) => "signal.restart-with-sa-restart",
        (Call::Ppoll | Call::Pselect6 | Call::Sigsuspend | Call::Nanosleep, Action::Restarts) => {
            "signal.never-restarted-list"
        }
        _ => HANDLED,
    }
}
