//! What the different requests show of the same registers.

use super::{END, GETREGS};
use ptrace_conformance_harness::arch::{self, NAMES};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Word;

const WHOLE: &str = "regs.getregset-prstatus";

/// A kind of stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Enter,
    Exit,
    Signal,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] =
        &[("enter", At::Enter), ("exit", At::Exit), ("signal", At::Signal)];
}

fn program(p: &mut Program) {
    p.call(Syscall::GETPPID, &[0; 0]);
    p.raise(Signal::USR1);
    p.exit(3);
}

fn to_stop(t: Stopped) -> Flow<Stopped> {
    match t.pick()? {
        At::Enter => t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter),
        At::Exit => {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)
        }
        At::Signal => t.cont()?.expect(super::STOPS, Stop::Signal(Signal::USR1)),
    }
}

fn to_end(t: Stopped) -> Flow {
    let t = if t.stop == Stop::Signal(Signal::USR1) {
        t.cont()?
    } else {
        t.cont()?.expect(super::STOPS, Stop::Signal(Signal::USR1))?.cont()?
    };
    t.ends(END, Gone::Exited(3)).map(drop)
}

const STOPS_AT: &[&str] = &["sysstop.entry", "sysstop.exit-after-entry", super::STOPS, END];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "any_length_gives_the_front",
        title: "PTRACE_GETREGSET with NT_PRSTATUS gives as many whole words as fit into the buffer, those of the front, and says how many bytes that were.",
        clauses: &[STOPS_AT[0], STOPS_AT[1], STOPS_AT[2], STOPS_AT[3], WHOLE, "regs.getregset-iov-len-out"],
        axes: &[ANY_START, axis::<At>(&["enter", "exit", "signal"])],
        program,
        scenario: |t| {
            let t = to_stop(t)?;
            let all = t.registers()?.bytes();
            for words in 0..=NAMES.len() + 2 {
                let mut buffer = vec![0xaa; 8 * words];
                let there = words.min(NAMES.len());
                let length = t.regset(note::PRSTATUS, &mut buffer);
                t.check(
                    "regs.getregset-iov-len-out",
                    &format!("length for {words} words"),
                    Ok(8 * there),
                    length,
                );
                let mut expected = all[..8 * there].to_vec();
                expected.resize(buffer.len(), 0xaa);
                t.check(WHOLE, &format!("{words} words are the front"), true, buffer == expected);
            }
            to_end(t)
        },
        ..Case::NEW
    },
    Case {
        name: "all_views_agree",
        title: "PTRACE_GETREGS, PTRACE_PEEKUSER and PTRACE_GETREGSET show the same registers, and PTRACE_GETREGS does not look at addr.",
        clauses: &[
            STOPS_AT[0],
            STOPS_AT[1],
            STOPS_AT[2],
            STOPS_AT[3],
            "regs.getregs-copies",
            "regs.get-addr-ignored",
            "user.peek-reads-user-area",
        ],
        axes: &[ANY_START, axis::<At>(&["enter", "exit", "signal"])],
        arches: &[Arch::X86_64],
        only: "aarch64 has neither PTRACE_GETREGS nor a USER area",
        program,
        scenario: |t| {
            let t = to_stop(t)?;
            let all = t.registers()?;
            for addr in [0, 1, u64::MAX] {
                let clause = if addr == 0 { "regs.getregs-copies" } else { "regs.get-addr-ignored" };
                let mut buffer = [0; 8 * NAMES.len()];
                let got = t.request(GETREGS, addr, Data::Buffer(&mut buffer));
                t.check(clause, "PTRACE_GETREGS", Ok(0), got);
                let words = buffer.chunks_exact(8).zip(all.words);
                let differ = words.zip(NAMES).filter(|((bytes, word), _)| *bytes != word.to_ne_bytes());
                t.check(clause, "what it shows otherwise", vec![], differ.map(|(_, name)| name).collect());
            }
            for (offset, (name, word)) in (0..).step_by(8).zip(NAMES.into_iter().zip(all.words)) {
                let seen = t.peek_user(offset).map(Word) == Ok(Word(word));
                t.check("user.peek-reads-user-area", &format!("{name} is the same"), true, seen);
            }
            to_end(t)
        },
        ..Case::NEW
    },
];

/// Words that a write at a stop behind a call may change at will: what the program notes, but the stack pointer.
pub(super) fn free() -> impl Iterator<Item = (usize, &'static str)> {
    let index = |name: &str| NAMES.iter().position(|known| *known == name);
    arch::SAVED
        .iter()
        .filter_map(move |&name| Some((index(name)?, name)))
        .filter(|(index, _)| *index != arch::SP)
}
