//! What a filter and syscall user dispatch make of a call by `int 0x80`.

use super::int80::BY_INTERRUPT;
use super::interrupt::{ARCH, ARGUMENTS, BEFORE, CODE, KEPT, NUMBER, RESULT, UMASK};
use super::interrupt::{check_kept, exited, to_exit, to_routine};
use super::view::{FilterOf, I386, check_info, check_registers, filter};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Address, Return, Word};

const EVENT: &str = "seccomp.trace-event";
const FILTER: &str = "abi.filter-arch";
const DISPATCHED: &str = "abi.int80-dispatch";

/// What the filter says to the tracer.
const DATA: u16 = 13;
/// `PR_SET_SYSCALL_USER_DISPATCH`, its mode, its selector's word, and what that says (linux/prctl.h).
const PR_SET_SYSCALL_USER_DISPATCH: u64 = 59;
const ON: u64 = 1;
const SELECTOR: usize = 0;
const ALLOW: u64 = 0;
const BLOCK: u64 = 1;
/// `si_code` of an intercepted call.
const SYS_USER_DISPATCH: i32 = 2;

/// What the filter looks for: i386's umask(2), whose first argument has an upper half.
const UPPER_HALF: FilterOf = FilterOf {
    arch: I386,
    number: UMASK.number,
    upper: (UMASK.given()[super::interrupt::ARGS[0]] >> 32) as u32,
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "int80_filtered",
        title: "A filter sees of an int 0x80 call the arch and number of i386 and whole registers as arguments, and its event shows the same.",
        clauses: &[STOPS, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, EVENT, FILTER],
        needs: &[Need::InterruptCalls, Need::SeccompFilter],
        options: options::TRACESYSGOOD | options::TRACESECCOMP,
        program: |p| {
            filter(p, UPPER_HALF, DATA);
            p.call(Syscall::UMASK, &[BEFORE]);
            UMASK.step(p);
            p.exit(3);
        },
        scenario: |t| {
            let (t, inside) = to_routine(t, UMASK)?;
            let t = t.cont()?.expect(FILTER, Stop::Event(Event::SECCOMP))?;
            t.check(EVENT, "event message", Ok(DATA.into()), t.message());
            check_registers(&t, NUMBER, &inside)?;
            let mut shown = UMASK.info(&inside);
            (shown.op, shown.extra) = (info::SECCOMP, DATA.into());
            check_info(&t, ARGUMENTS, shown)?;
            let (t, behind) = to_exit(t, &inside, BEFORE)?;
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            exited(&task, RESULT, BEFORE)
        },
        ..BY_INTERRUPT
    },
    Case {
        name: "int80_dispatched",
        title: "Syscall user dispatch intercepts an int 0x80 call: no stop of it, but a SIGSYS with i386's arch and number, and rax as the program had it in its lower half.",
        clauses: &[STOPS, ENTER, END, KEPT, ARCH, DISPATCHED],
        needs: &[Need::InterruptCalls, Need::Kernel(5, 11)],
        program: |p| {
            let selector = Program::shared(SELECTOR);
            p.call(Syscall::UMASK, &[BEFORE]);
            p.call(Syscall::PRCTL, &[PR_SET_SYSCALL_USER_DISPATCH, ON, 0, 0, selector]);
            p.store(selector, BLOCK);
            UMASK.step(p);
            p.call(Syscall::UMASK, &[0]);
            p.exit(3);
        },
        scenario: |t| {
            let (t, inside) = to_routine(t, UMASK)?;
            let t = t.syscall()?.expect(DISPATCHED, Stop::Signal(Signal::SYS))?;
            let told = t.siginfo();
            t.check(DISPATCHED, "si_code", Ok(SYS_USER_DISPATCH), told.map(|told| told.code));
            t.check(DISPATCHED, "si_errno", Ok(0), told.map(|told| told.errno));
            t.check(DISPATCHED, "si_syscall", Ok(UMASK.number as i32), told.map(|told| told.status));
            t.check(DISPATCHED, "si_arch", Ok(Word(I386.into())), told.map(|told| Word(told.arch.into())));
            let place = told.map(|told| Address(told.address));
            t.check(DISPATCHED, "si_call_addr", Ok(Address(CODE[3])), place);
            let behind = inside.with(arch::RESULT, UMASK.number.into());
            check_registers(&t, DISPATCHED, &behind)?;
            let mut shown = UMASK.info(&inside);
            shown.op = info::NONE;
            check_info(&t, DISPATCHED, shown)?;
            t.set_word(SELECTOR, ALLOW);
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            t.check(ENTER, "number", Syscall::UMASK.number, t.syscall_number()?);
            let task = t.cont()?.ends(END, Gone::Exited(3))?;
            check_kept(&task, &behind);
            exited(&task, DISPATCHED, UMASK.number.into())?;
            task.check_saw(DISPATCHED, "umask_2", Some(Return(BEFORE)))
        },
        ..BY_INTERRUPT
    },
];
