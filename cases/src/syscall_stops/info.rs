//! What `PTRACE_GET_SYSCALL_INFO` says at syscall-stops and elsewhere.

use super::stops::{ENTER, EXIT, Side, Sysgood, pass, to, to_enter, to_exit};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Return, ReturnPid, Word};

const ARGS: [u64; 6] = [0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6];

/// Clauses about the fields that every stop has.
const COMMON: [&str; 5] = [
    "sysinfo.field-reserved",
    "sysinfo.field-flags",
    "sysinfo.field-arch",
    "sysinfo.field-ip",
    "sysinfo.field-sp",
];

/// Stops that are no syscall-stops.
#[derive(Clone, Copy, PartialEq)]
enum Elsewhere {
    Signal,
    Group,
    Event,
}

impl Axis for Elsewhere {
    const VALUES: &'static [(&'static str, Self)] =
        &[("signal", Elsewhere::Signal), ("group", Elsewhere::Group), ("event", Elsewhere::Event)];
}

/// Results on either side of where errors end.
#[derive(Clone, Copy, PartialEq)]
enum Border {
    LastError,
    BeyondErrors,
    FirstError,
    Zero,
}

impl Axis for Border {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("lasterror", Border::LastError),
        ("beyond", Border::BeyondErrors),
        ("firsterror", Border::FirstError),
        ("zero", Border::Zero),
    ];
}

impl Border {
    const fn result(self) -> i64 {
        match self {
            Border::LastError => -4095,
            Border::BeyondErrors => -4096,
            Border::FirstError => -1,
            Border::Zero => 0,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "info_common_fields",
        title: "Reserved byte and flags are zero; architecture and both pointers are as the registers say.",
        clauses: &[ENTER, EXIT, COMMON[0], COMMON[1], COMMON[2], COMMON[3], COMMON[4]],
        axes: &[ANY_START, axis::<Side>(&["enter", "exit"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to(t.pick()?, t)?;
            check_common(&t)?;
            let ip = t.syscall_info().map(|info| Address(info.ip()));
            t.check("sysinfo.field-ip", "instruction pointer", Ok(Address(label::SYSCALL_RETURN)), ip);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_at_enter",
        title: "At an enter-stop op is ENTRY, with the number and all six arguments.",
        clauses: &[
            ENTER,
            "sysinfo.get",
            "sysinfo.field-op",
            "sysinfo.entry-nr",
            "sysinfo.entry-args",
            "ret.sysinfo-bytes",
        ],
        program: |p| {
            p.call(Syscall::GETPID, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let answer = t.syscall_info();
            t.check(
                "ret.sysinfo-bytes",
                "returned",
                Ok(info::SIZE_ENTRY as i64),
                answer.map(|info| info.available),
            );
            t.check("sysinfo.field-op", "op", Ok(info::ENTRY), answer.map(|info| info.op()));
            t.check(
                "sysinfo.entry-nr",
                "entry.nr",
                Ok(Syscall::GETPID.number),
                answer.map(|info| info.number()),
            );
            t.check("sysinfo.entry-args", "entry.args", Ok(ARGS), answer.map(|info| info.args()));
            let again = t.syscall_info();
            t.check("sysinfo.get", "the same when asked again", true, again == answer && again.is_ok());
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_at_exit_of_success",
        title: "At the exit-stop of a call that succeeds op is EXIT, rval the result and is_error 0.",
        clauses: &[
            ENTER,
            EXIT,
            "sysinfo.field-op",
            "sysinfo.exit-rval",
            "sysinfo.exit-is-error",
            "ret.sysinfo-bytes",
        ],
        program: |p| {
            p.call(Syscall::GETPID, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            let answer = t.syscall_info();
            t.check(
                "ret.sysinfo-bytes",
                "returned",
                Ok(info::SIZE_EXIT as i64),
                answer.map(|info| info.available),
            );
            t.check("sysinfo.field-op", "op", Ok(info::EXIT), answer.map(|info| info.op()));
            let pid = ReturnPid(t.pid as u64);
            t.check("sysinfo.exit-rval", "exit.rval", Ok(pid), answer.map(|info| ReturnPid(info.rval())));
            t.check("sysinfo.exit-is-error", "exit.is_error", Ok(0), answer.map(|info| info.is_error()));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_at_exit_of_failure",
        title: "At the exit-stop of a call that fails rval is the negated error number and is_error 1.",
        clauses: &[ENTER, EXIT, "sysinfo.field-op", "sysinfo.exit-rval", "sysinfo.exit-is-error"],
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            let answer = t.syscall_info();
            t.check("sysinfo.field-op", "op", Ok(info::EXIT), answer.map(|info| info.op()));
            let failed = Return::error(Errno::EBADF);
            t.check("sysinfo.exit-rval", "exit.rval", Ok(failed), answer.map(|info| Return(info.rval())));
            t.check("sysinfo.exit-is-error", "exit.is_error", Ok(1), answer.map(|info| info.is_error()));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_error_range",
        title: "Results from -4095 to -1 are errors, also such as the tracer wrote; no others are.",
        clauses: &[ENTER, EXIT, "sysinfo.error-range", "sysinfo.exit-rval"],
        axes: &[ANY_START, axis::<Border>(&["lasterror", "beyond", "firsterror", "zero"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let border: Border = t.pick()?;
            let t = pass(t)?;
            t.set_register(arch::RESULT, border.result() as u64)?;
            let answer = t.syscall_info();
            let error = u8::from(matches!(border, Border::LastError | Border::FirstError));
            t.check("sysinfo.error-range", "exit.is_error", Ok(error), answer.map(|info| info.is_error()));
            let rval = answer.map(|info| info.rval() as i64);
            t.check("sysinfo.exit-rval", "exit.rval", Ok(border.result()), rval);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_follows_the_registers",
        title: "Number and arguments that the tracer changes at an enter-stop show in the next answer.",
        clauses: &[ENTER, "sysinfo.entry-nr", "sysinfo.entry-args"],
        program: |p| {
            p.call(Syscall::GETPID, &ARGS);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            t.set_register(arch::ARGS[5], 0xb6)?;
            t.set_syscall_number(Syscall::GETTID.number)?;
            let answer = t.syscall_info();
            t.check(
                "sysinfo.entry-nr",
                "entry.nr",
                Ok(Syscall::GETTID.number),
                answer.map(|info| info.number()),
            );
            t.check("sysinfo.entry-args", "sixth argument", Ok(0xb6), answer.map(|info| info.args()[5]));
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_elsewhere",
        title: "In signal-delivery, group and event stops op is NONE and only the common fields are given.",
        clauses: &[
            "sysinfo.none-elsewhere",
            "sysinfo.common-fields-all-ops",
            COMMON[0],
            COMMON[1],
            COMMON[2],
            COMMON[3],
            COMMON[4],
        ],
        axes: &[ANY_START, axis::<Elsewhere>(&["signal", "group", "event"])],
        options: options::TRACESYSGOOD | options::TRACEEXIT,
        program: |p| {
            p.exit(3);
        },
        scenario: |t| {
            let elsewhere: Elsewhere = t.pick()?;
            let t = reach(elsewhere, t)?;
            check_common(&t)?;
            let answer = t.syscall_info();
            let size = Ok(info::SIZE_NONE as i64);
            t.check("sysinfo.common-fields-all-ops", "returned", size, answer.map(|info| info.available));
            t.check("sysinfo.none-elsewhere", "op", Ok(info::NONE), answer.map(|info| info.op()));
            let beyond = answer.map(|info| info.bytes[info::SIZE_NONE..].iter().all(|byte| *byte == 0));
            t.check("sysinfo.none-elsewhere", "nothing behind the common fields", Ok(true), beyond);
            t.change_options(0)?;
            t.cont()?.ends("sysinfo.none-elsewhere", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "info_needs_tracesysgood",
        title: "Without TRACESYSGOOD op is NONE at syscall-stops; the option set there helps the next stop.",
        clauses: &[ENTER, EXIT, "sysinfo.needs-sysgood"],
        options: 0,
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            check_op(&t, info::NONE, info::SIZE_NONE);
            t.change_options(Sysgood::On.options())?;
            check_op(&t, info::NONE, info::SIZE_NONE);
            let t = to_exit(t)?;
            check_op(&t, info::EXIT, info::SIZE_EXIT);
            t.change_options(Sysgood::Off.options())?;
            check_op(&t, info::EXIT, info::SIZE_EXIT);
            let t = to_enter(t)?;
            check_op(&t, info::NONE, info::SIZE_NONE);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn check_op(t: &Stopped, op: u8, size: usize) {
    let answer = t.syscall_info().map(|info| (info.op(), info.available));
    t.check("sysinfo.needs-sysgood", "op and size", Ok((op, size as i64)), answer);
}

fn check_common(t: &Stopped) -> Flow {
    let registers = t.registers()?;
    let answer = t.syscall_info();
    let both = answer.map(|info| info.reserved_and_flags());
    t.check("sysinfo.field-reserved", "reserved byte", Ok(0), both.map(|(reserved, _)| reserved));
    t.check("sysinfo.field-flags", "flags", Ok(0), both.map(|(_, flags)| flags));
    let audit = Word(arch::AUDIT_ARCH.into());
    t.check("sysinfo.field-arch", "arch", Ok(audit), answer.map(|info| Word(info.arch().into())));
    let same = answer.map(|info| info.ip() == registers.ip());
    t.check("sysinfo.field-ip", "instruction pointer as in NT_PRSTATUS", Ok(true), same);
    let same = answer.map(|info| info.sp() == registers.sp());
    t.check("sysinfo.field-sp", "stack pointer as in NT_PRSTATUS", Ok(true), same);
    Ok(())
}

/// From the gate, itself a signal-delivery-stop, to a stop of that kind.
fn reach(elsewhere: Elsewhere, t: Stopped) -> Flow<Stopped> {
    const CLAUSE: &str = "sysinfo.none-elsewhere";
    match elsewhere {
        Elsewhere::Signal => {
            t.check(CLAUSE, "stop", Stop::Signal(Signal::TRAP), t.stop);
            Ok(t)
        }
        Elsewhere::Event => {
            t.syscall()?.expect(CLAUSE, Stop::SyscallEnter)?.cont()?.expect(CLAUSE, Stop::Event(Event::EXIT))
        }
        Elsewhere::Group => {
            t.kill(Signal::STOP)?;
            let t = t.cont()?.expect(CLAUSE, Stop::Signal(Signal::STOP))?;
            let stop = if t.start == Start::Seize {
                Stop::EventStop(Signal::STOP)
            } else {
                Stop::Group(Signal::STOP)
            };
            t.resume(Resume::Cont, Signal::STOP)?.expect(CLAUSE, stop)
        }
    }
}
