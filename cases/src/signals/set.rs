//! `PTRACE_SETSIGINFO`: what it writes, who gets it, and what it refuses.

use super::told::{Origin, Told, tracer};
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::made_siginfo::MadeSiginfo;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::Resume;
use ptrace_conformance_harness::values::Word;

/// Which `si_code` the tracer writes: of a sender, of the kernel, of a fault, of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Code(i32);

impl Axis for Code {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("user", Code(libc::SI_USER)),
        ("queue", Code(libc::SI_QUEUE)),
        ("kernel", Code(libc::SI_KERNEL)),
        ("own", Code(-99)),
        ("timer", Code(libc::SI_TIMER)),
        ("positive", Code(3)),
    ];
}

/// A siginfo with something in the bytes that the kernel does not keep, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tail {
    code: i32,
    /// The byte that is not zero, if one is.
    at: Option<usize>,
    answer: Result<(), Errno>,
}

/// `E2BIG`
const TOO_BIG: Errno = Errno(libc::E2BIG);

impl Axis for Tail {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("unknowncodefirst", Tail { code: -8, at: Some(48), answer: Err(TOO_BIG) }),
        ("unknowncodelast", Tail { code: -8, at: Some(127), answer: Err(TOO_BIG) }),
        ("unknowncodenone", Tail { code: -8, at: None, answer: Ok(()) }),
        ("knowncode", Tail { code: libc::SI_QUEUE, at: Some(48), answer: Ok(()) }),
    ];
}

/// The number that the tracer writes and the one that it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    BothOther,
    OtherWritten,
    OtherGiven,
}

impl Axis for Numbers {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("bothother", Numbers::BothOther),
        ("otherwritten", Numbers::OtherWritten),
        ("othergiven", Numbers::OtherGiven),
    ];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const SET: &str = "siginfo.set-changes-delivered";
const INJECTED: &str = "inject.setsiginfo";
const READ: &str = "inject.getsiginfo";
const REBUILT: &str = "kdoc.inject-changed-siginfo";
const MISMATCH: &str = "inject.setsiginfo-mismatch";
const TAIL: &str = "kdoc.setsiginfo-e2big";

const ORIGIN: u64 = 0x0000_4321_0000_0765;
const VALUE: u64 = 0xfedc_ba98_7654_3210;

const ONE_START: Dimension = axis::<Start>(&["traceme"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "set_siginfo",
        title: "PTRACE_SETSIGINFO is read back as written, whatever the code, and the handler gets every field of it.",
        clauses: &[STOPS, SET, INJECTED, READ],
        axes: &[ONE_START, axis::<Code>(&["user", "queue", "kernel", "own", "timer", "positive"])],
        program: handles_and_raises,
        scenario: |t| {
            let Code(code) = t.pick()?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            Told::thread_killed(Signal::USR1, t.pid).check(STOPS, &t);
            let (made, told) = made(Signal::USR1, code);
            t.check(SET, "PTRACE_SETSIGINFO", Ok(()), t.set_siginfo(&made.bytes()));
            told.check(READ, &t);
            let t = t.resume(Resume::Cont, Signal::USR1)?.ends(INJECTED, Gone::Exited(3))?;
            told.check_only_run(SET, &t);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "set_siginfo_of_another_number",
        title: "The signal given decides: it has the siginfo that the tracer wrote if that has its number, and otherwise one from the tracer.",
        clauses: &[STOPS, SET, READ, REBUILT, MISMATCH],
        axes: &[
            ONE_START,
            axis::<Numbers>(&["bothother", "otherwritten", "othergiven"]),
            axis::<Resume>(&["cont", "detach"]),
        ],
        program: handles_and_raises,
        scenario: |t| {
            let (numbers, how): (Numbers, Resume) = (t.pick()?, t.pick()?);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let (written, given) = match numbers {
                Numbers::BothOther => (Signal::USR2, Signal::USR2),
                Numbers::OtherWritten => (Signal::USR2, Signal::USR1),
                Numbers::OtherGiven => (Signal::USR1, Signal::USR2),
            };
            let (made, told) = made(written, libc::SI_QUEUE);
            t.check(SET, "PTRACE_SETSIGINFO", Ok(()), t.set_siginfo(&made.bytes()));
            told.check(READ, &t);
            let t = t.resume(how, given)?.ends(SET, Gone::Exited(3))?;
            match numbers {
                Numbers::BothOther => told.check_only_run(SET, &t),
                Numbers::OtherWritten => Told::killed(given, tracer()).check_only_run(MISMATCH, &t),
                Numbers::OtherGiven => Told::killed(given, tracer()).check_only_run(REBUILT, &t),
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "set_siginfo_of_bytes_unknown",
        title: "With a code that the kernel does not know PTRACE_SETSIGINFO refuses what it could not keep, and then changes nothing.",
        clauses: &[STOPS, TAIL, READ],
        axes: &[
            ONE_START,
            axis::<Tail>(&["unknowncodefirst", "unknowncodelast", "unknowncodenone", "knowncode"]),
        ],
        program: handles_and_raises,
        scenario: |t| {
            let tail: Tail = t.pick()?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let before = Told::thread_killed(Signal::USR1, t.pid);
            let (made, after) = made(Signal::USR1, tail.code);
            let mut bytes = made.bytes();
            if let Some(at) = tail.at {
                bytes[at] = 1;
            }
            t.check(TAIL, "PTRACE_SETSIGINFO", tail.answer, t.set_siginfo(&bytes));
            let told = if tail.answer.is_ok() { after } else { before };
            told.check(READ, &t);
            let t = t.resume(Resume::Cont, Signal::USR1)?.ends(TAIL, Gone::Exited(3))?;
            told.check_only_run(TAIL, &t);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "address_is_ignored",
        title: "PTRACE_GETSIGINFO, PTRACE_SETSIGINFO and PTRACE_GETEVENTMSG do not look at addr.",
        clauses: &[
            STOPS,
            "siginfo.get-addr-ignored",
            "siginfo.set-addr-ignored",
            "eventmsg.addr-ignored",
            "eventmsg.unsigned-long",
        ],
        program: handles_and_raises,
        scenario: |t| {
            const MESSAGE: &str = "eventmsg.addr-ignored";
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let (made, told) = made(Signal::USR1, libc::SI_QUEUE);
            for addr in [1, u64::MAX, 1 << 47] {
                let set = t.request(Request::SETSIGINFO, addr, Data::Buffer(&mut made.bytes()));
                t.check("siginfo.set-addr-ignored", "PTRACE_SETSIGINFO", Ok(0), set);
                let mut bytes = [0; 128];
                let got = t.request(Request::GETSIGINFO, addr, Data::Buffer(&mut bytes));
                t.check("siginfo.get-addr-ignored", "PTRACE_GETSIGINFO", Ok(0), got);
                t.check("siginfo.get-addr-ignored", "all bytes as written", true, bytes == made.bytes());
                let mut message = [0xff; 16];
                let got = t.request(Request::GETEVENTMSG, addr, Data::Buffer(&mut message));
                t.check(MESSAGE, "PTRACE_GETEVENTMSG", Ok(0), got);
                let (word, behind) = message.split_at(8);
                let written = (word == [0; 8], behind == [0xff; 8]);
                t.check("eventmsg.unsigned-long", "one word, and nothing behind it", (true, true), written);
            }
            let t =
                t.resume(Resume::Cont, Signal::USR1)?.ends("siginfo.set-addr-ignored", Gone::Exited(3))?;
            told.check_only_run("siginfo.set-addr-ignored", &t);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "set_siginfo_of_a_suppressed_signal",
        title: "What PTRACE_SETSIGINFO wrote goes with the signal that the tracer suppresses; the next one has its own.",
        clauses: &[STOPS, SET, "inject.zero-none"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let (made, _) = made(Signal::USR1, libc::SI_QUEUE);
            t.check(SET, "PTRACE_SETSIGINFO", Ok(()), t.set_siginfo(&made.bytes()));
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.check("inject.zero-none", "runs of the handler", 0, t.handled().0);
            let told = Told::thread_killed(Signal::USR1, t.pid);
            told.check(SET, &t);
            t.check(SET, "event message", Ok(Word(0)), t.message().map(Word));
            let t = t.resume(Resume::Cont, Signal::USR1)?.ends(STOPS, Gone::Exited(3))?;
            told.check_only_run(SET, &t);
            Ok(())
        },
        ..Case::NEW
    },
];

fn handles_and_raises(p: &mut Program) {
    p.handle(Signal::USR1, 0);
    p.handle(Signal::USR2, 0);
    p.raise(Signal::USR1);
    p.exit(3);
}

/// A siginfo of the tracer's own making, and what should be read of it.
fn made(signal: Signal, code: i32) -> (MadeSiginfo, Told) {
    let made = MadeSiginfo { signal, errno: 42, code, origin: ORIGIN, value: VALUE };
    (made, Told { errno: 42, ..Told::new(signal, code, Origin::Words(ORIGIN, VALUE)) })
}
