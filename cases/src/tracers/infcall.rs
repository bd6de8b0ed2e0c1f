//! A function that gdb calls at the stop of a signal, which is then passed on with the siginfo that it had.

use super::{ARGUMENT, END, IS_X86, STOPS, check_registers};
use ptrace_conformance_harness::answers::SIGINFO_SIZE;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::made_siginfo::{MadeSiginfo, sender};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};

const KEPT: &str = "siginfo.set-changes-delivered";
const TOLD: &str = "siginfo.sigqueueinfo-visible";
const CALLED: &str = if IS_X86 { "x86.orig-ax-minus1" } else { "restore.restart-arm64" };
const VALUE: u64 = 0x1234_5678_9abc_def0;
const READY: usize = super::READY;

/// Where the signal finds the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum In {
    /// In its own code.
    Code,
    /// Asleep in ppoll(2), which a handler ends.
    Call,
}

impl Axis for In {
    const VALUES: &'static [(&'static str, Self)] = &[("code", In::Code), ("call", In::Call)];
}

pub(super) const CASES: &[Case] = &[Case {
    name: "gdb_keeps_a_signal_over_a_call",
    title: "At the stop of a queued signal a function is called; registers and siginfo are put back where it has returned, and the handler gets the signal as it was sent. The call that it interrupted ends with EINTR on x86_64, and on aarch64, which is in front of it again, is made again.",
    clauses: &[STOPS, END, KEPT, TOLD, CALLED],
    axes: &[ANY_START, axis::<In>(&["code", "call"])],
    program: |p| {
        let place: In = p.pick();
        p.handle(Signal::USR1, 0);
        p.store(Program::shared(READY), 1);
        match place {
            In::Code => p.await_word(Program::shared(super::ON)),
            In::Call => p.sleep(),
        };
        p.exit(3);
    },
    scenario: |t| {
        let place: In = t.pick()?;
        let t = t.cont()?;
        t.await_word(READY);
        let t = signalled(t)?;
        let (saved, siginfo) = (t.steady_registers(STOPS)?, raw_siginfo(&t)?);
        let t = function_called(t, &saved)?;
        t.set_registers(&saved)?;
        t.check(KEPT, "PTRACE_SETSIGINFO", Ok(()), t.set_siginfo(&siginfo));
        t.check(KEPT, "siginfo as it was", true, raw_siginfo(&t)? == siginfo);
        t.set_word(super::ON, 1);
        let t = t.resume(Resume::Cont, Signal::USR1)?;
        // Nothing of the interrupted call is known any more at the function's breakpoint.
        let again = place == In::Call && !IS_X86;
        let t = if again { signalled(t)?.resume(Resume::Cont, Signal::USR1)? } else { t };
        let task = t.ends(END, Gone::Exited(3))?;
        check_handled(&task, if again { 2 } else { 1 });
        if place == In::Call {
            task.check_saw(CALLED, "ppoll", Some(Return::error(Errno::EINTR)))?;
        }
        Ok(())
    },
    ..Case::NEW
}];

const fn sent() -> MadeSiginfo {
    MadeSiginfo { signal: Signal::USR1, errno: 0, code: libc::SI_QUEUE, origin: sender(17, 42), value: VALUE }
}

/// Queues the signal once the program is where it has to be.
fn signalled(t: Running) -> Flow<Stopped> {
    if t.pick::<In>()? == In::Call {
        t.await_state(&['S'])?;
    }
    t.queue(sent())?;
    let t = t.expect(STOPS, Stop::Signal(Signal::USR1))?;
    let told = t.siginfo();
    let kind = told.map(|told| (told.signal, (told.errno, told.code)));
    t.check(TOLD, "si_signo, si_errno and si_code", Ok((Signal::USR1, (0, libc::SI_QUEUE))), kind);
    t.check(TOLD, "si_value", Ok(Word(VALUE)), told.map(|told| Word(told.value())));
    t.check(TOLD, "si_pid and si_uid", Ok((17, 42)), told.map(|told| (told.pid, told.uid)));
    Ok(t)
}

fn raw_siginfo(t: &Stopped) -> Flow<[u8; SIGINFO_SIZE]> {
    let mut bytes = [0; SIGINFO_SIZE];
    t.must("PTRACE_GETSIGINFO", t.request(Request::GETSIGINFO, 0, Data::Buffer(&mut bytes)))?;
    Ok(bytes)
}

/// Calls a function that returns to a breakpoint, with the stack below what the program may use.
fn function_called(t: Stopped, saved: &Registers) -> Flow<Stopped> {
    const RED_ZONE: u64 = 128;
    const LINK: usize = 30;
    let place = label::BREAKPOINT + arch::BREAKPOINT_ADVANCE;
    let calls = saved.with(arch::IP, label::STRAIGHT).with(arch::ARGS[0], ARGUMENT);
    let (calls, returned) = if IS_X86 {
        let sp = (saved.sp() - RED_ZONE) / 16 * 16 - 8;
        t.set_memory(sp, &[label::BREAKPOINT])?;
        let calls = calls.with(arch::SP, sp).with(arch::NUMBER, u64::MAX);
        (calls, calls.with(arch::RESULT, ARGUMENT).with(arch::SP, sp + 8))
    } else {
        let calls = calls.with(LINK, label::BREAKPOINT);
        (calls, calls)
    };
    t.set_registers(&calls)?;
    let t = t.cont()?.expect(CALLED, Stop::Signal(Signal::TRAP))?;
    check_registers(&t, CALLED, "registers otherwise where it returns", &returned.with(arch::IP, place))?;
    Ok(t)
}

/// The handler has had the signal as it was sent, each time.
fn check_handled(task: &Task, times: usize) {
    let runs = task.runs();
    task.check(KEPT, "runs of the handler", times, runs.len());
    for run in runs {
        let siginfo = run.siginfo;
        let kind = (siginfo.signal, (siginfo.errno, siginfo.code));
        task.check(KEPT, "number and code in the handler", (Signal::USR1, (0, libc::SI_QUEUE)), kind);
        task.check(KEPT, "mask that its return restores", Word(0), Word(run.mask));
        task.check(KEPT, "si_value in the handler", Word(VALUE), Word(siginfo.value()));
        task.check(KEPT, "si_pid and si_uid in the handler", (17, 42), (siginfo.pid, siginfo.uid));
    }
}
