//! `PTRACE_GETREGSET` and `SETREGSET` with buffers of every length, for the sets that describe a call.

use super::stops::{ENTER, EXIT, to_enter, to_exit};
use ptrace_conformance_harness::arch::NAMES;
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::{Request, note};
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Stopped;
use ptrace_conformance_harness::values::Return;

/// Bytes of `NT_PRSTATUS`.
const SIZE: usize = 8 * NAMES.len();
/// What is in the buffer before.
const PATTERN: u8 = 0xa5;
/// A note type that no architecture has.
const NO_SUCH_NOTE: u64 = 0x0dec_ade0;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "regset_into_any_buffer",
        title: "NT_PRSTATUS comes whole words at a time: the length given back is that of what was filled.",
        clauses: &[
            ENTER,
            "regs.getregset-prstatus",
            "regs.getregset-iov-len-out",
            "regs.getregset-short-len",
            "regs.getregset-iov-in",
        ],
        program: |p| {
            p.call(Syscall::GETPID, &[1, 2, 3, 4, 5, 6]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let (whole_length, whole) = get(&t, note::PRSTATUS, 2 * SIZE);
            t.check("regs.getregset-prstatus", "length in a large buffer", Ok(SIZE), whole_length);
            let answers: Vec<_> =
                (0..=SIZE + 16).map(|length| (length, get(&t, note::PRSTATUS, length))).collect();
            let (words, broken): (Vec<_>, Vec<_>) = answers.iter().partition(|(length, _)| length % 8 == 0);
            let otherwise = words.iter().filter(|(length, answer)| answer.0 != Ok((*length).min(SIZE)));
            let wrong: Vec<_> = otherwise.map(|(length, _)| *length).collect();
            t.check("regs.getregset-iov-len-out", "lengths with another answer", vec![], wrong);
            let accepted = broken.iter().filter(|(_, answer)| answer.0 != Err(Errno::EINVAL));
            let accepted: Vec<_> = accepted.map(|(length, _)| *length).collect();
            t.check("regs.getregset-short-len", "broken words accepted", vec![], accepted);
            let differs = words.iter().filter(|(length, (_, bytes))| {
                let given = (*length).min(SIZE);
                bytes[..given] != whole[..given] || bytes[given..].iter().any(|byte| *byte != PATTERN)
            });
            let wrong: Vec<_> = differs.map(|(length, _)| *length).collect();
            t.check("regs.getregset-iov-in", "lengths with other bytes", vec![], wrong);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "regset_written_in_part",
        title: "A write of the leading words of NT_PRSTATUS changes those and leaves the others alone.",
        clauses: &[ENTER, EXIT, "regs.setregset-partial", "regs.setregset-same-conventions"],
        program: |p| {
            p.call(Syscall::GETPID, &[1, 2, 3, 4, 5, 6]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_exit(to_enter(t)?)?;
            let before = t.registers()?;
            let first = before.words[0] ^ 0xff00;
            let answer = t.set_regset(note::PRSTATUS, &first.to_ne_bytes());
            t.check("regs.setregset-same-conventions", "length taken", Ok(8), answer);
            let differing = before.differing(&t.registers()?);
            t.check("regs.setregset-partial", "registers changed", vec![NAMES[0]], differing);
            let odd = t.set_regset(note::PRSTATUS, &[0; 12]);
            t.check("regs.setregset-same-conventions", "a broken word", Err(Errno::EINVAL), odd);
            let none = t.set_regset(note::PRSTATUS, &[]);
            t.check("regs.setregset-same-conventions", "no byte", Ok(0), none);
            // It is the process id on aarch64.
            let written = t.registers()?.words[0] == first;
            t.check("regs.setregset-partial", "first word is the one written", true, written);
            t.set_registers(&before)?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw_pid("regs.setregset-partial", "getpid", &task)
        },
        ..Case::NEW
    },
    Case {
        name: "regset_unknown",
        title: "A note type that there is no register set for is refused, for reading and for writing.",
        clauses: &[ENTER, "regs.getregset-unknown-type", "regs.setregset-same-conventions"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            let answer = get(&t, NO_SUCH_NOTE, 8).0;
            t.check("regs.getregset-unknown-type", "PTRACE_GETREGSET", Err(Errno::EINVAL), answer);
            let answer = t.set_regset(NO_SUCH_NOTE, &[0; 8]);
            t.check("regs.setregset-same-conventions", "PTRACE_SETREGSET", Err(Errno::EINVAL), answer);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "number_regset_into_any_buffer",
        title: "NT_ARM_SYSTEM_CALL is one int: broken lengths are refused, longer ones are cut.",
        clauses: &[
            ENTER,
            EXIT,
            "arm64.syscall-nr-regset",
            "regs.getregset-short-len",
            "regs.getregset-iov-len-out",
        ],
        arches: &[Arch::Aarch64],
        only: "NT_ARM_SYSTEM_CALL is aarch64's",
        program: |p| {
            p.call(Syscall::CLOSE, &[u64::MAX]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(t)?;
            for length in [0, 4, 8, 64] {
                let answer = get(&t, note::ARM_SYSTEM_CALL, length);
                t.check("regs.getregset-iov-len-out", &format!("of {length}"), Ok(length.min(4)), answer.0);
                let beyond = answer.1[length.min(4)..].iter().any(|byte| *byte != PATTERN);
                t.check("regs.getregset-iov-len-out", &format!("beyond {length}"), false, beyond);
            }
            for length in [1, 2, 3, 5] {
                let answer = get(&t, note::ARM_SYSTEM_CALL, length).0;
                t.check("regs.getregset-short-len", &format!("of {length}"), Err(Errno::EINVAL), answer);
                let answer = t.set_regset(note::ARM_SYSTEM_CALL, &[0; 8][..length]);
                t.check("regs.getregset-short-len", &format!("written {length}"), Err(Errno::EINVAL), answer);
            }
            t.check("arm64.syscall-nr-regset", "no byte", Ok(0), t.set_regset(note::ARM_SYSTEM_CALL, &[]));
            t.check("arm64.syscall-nr-regset", "number", Syscall::CLOSE.number, t.syscall_number()?);
            let task = to_exit(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check_saw("arm64.syscall-nr-regset", "close", Some(Return::error(Errno::EBADF)))
        },
        ..Case::NEW
    },
];

/// Reads into a buffer of this length, with room behind it to see what is written there.
fn get(t: &Stopped, set: u64, length: usize) -> (Result<usize, Errno>, [u8; 4 * SIZE]) {
    let mut bytes = [PATTERN; 4 * SIZE];
    let mut filled = length;
    let answer = t.request(Request::GETREGSET, set, Data::Vector(&mut bytes, &mut filled));
    (answer.map(|_| filled), bytes)
}
