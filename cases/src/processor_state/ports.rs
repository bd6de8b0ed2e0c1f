//! Sets of x86_64 that tell what a task may do or has asked for: ports, and a shadow stack.

use super::sets::{differing, fronts, whole};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const PORTS: &str = "x86.ioperm-enxio";
const BITMAP: &str = "x86.ioperm-bitmap";
const SHADOW: &str = "x86.ssp-regset";
const ONLY: &str = "aarch64 has neither ports nor such a stack";

/// ioperm(2): from a port on, so many, on or off. Nothing is behind this one, and nobody uses it.
const IOPERM: Syscall = Syscall::numbered(173, "ioperm");
const PORT: u64 = 0x80;
/// Bytes of the bitmap: a bit for each of 65536 ports.
const SIZE: usize = 8192;

fn plain(p: &mut Program) {
    p.raise(Signal::USR1);
    p.exit(3);
}

fn to_signal(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))
}

/// That there is no bitmap.
fn check_none(t: &Stopped) {
    let read = t.regset(note::X86_IOPERM, &mut [0; SIZE]);
    t.check(PORTS, "PTRACE_GETREGSET", Err(Errno::ENXIO), read);
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "no_ports_no_bitmap",
        title: "NT_386_IOPERM of a task that may use no ports fails with ENXIO, and can never be written.",
        clauses: &[STOPS, END, PORTS, "regs.setregset-read-only"],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        program: plain,
        scenario: |t| {
            let t = to_signal(t)?;
            check_none(&t);
            let set = t.set_regset(note::X86_IOPERM, &[0; 8]);
            t.check("regs.setregset-read-only", "PTRACE_SETREGSET", Err(Errno::EOPNOTSUPP), set);
            check_none(&t);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "ports_of_the_program",
        title: "NT_386_IOPERM has a bit for each port, clear for those that ioperm(2) has given to the program, and goes away with the last of them.",
        clauses: &[STOPS, END, PORTS, BITMAP],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: &[Need::Ports],
        program: |p| {
            p.call(IOPERM, &[PORT, 2, 1]);
            p.raise(Signal::USR1);
            p.call(IOPERM, &[PORT, 2, 0]);
            p.raise(Signal::USR1);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_signal(t)?;
            let mut expected = vec![0xff; SIZE];
            expected[PORT as usize / 8] = 0xfc;
            let read = whole(&t, BITMAP, note::X86_IOPERM, SIZE);
            t.check(BITMAP, "bytes that read otherwise", vec![], differing(&read, &expected));
            let lengths = [0, 8, 24, SIZE - 8].into_iter();
            fronts(&t, BITMAP, note::X86_IOPERM, &expected, lengths);
            let t = to_signal(t)?;
            check_none(&t);
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            t.check_saw(BITMAP, "ioperm", Some(Return(0)))?;
            t.check_saw(PORTS, "ioperm_2", Some(Return(0)))
        },
        ..Case::NEW
    },
    Case {
        name: "no_shadow_stack_no_pointer",
        title: "NT_X86_SHSTK of a task without a shadow stack fails with ENODEV, for reading and for writing.",
        clauses: &[STOPS, END, SHADOW],
        axes: &[ANY_START],
        arches: &[Arch::X86_64],
        only: ONLY,
        needs: &[Need::ShadowStacks],
        program: plain,
        scenario: |t| {
            let t = to_signal(t)?;
            let read = t.regset(note::X86_SHSTK, &mut [0; 8]);
            t.check(SHADOW, "PTRACE_GETREGSET", Err(Errno::ENODEV), read);
            let set = t.set_regset(note::X86_SHSTK, &0x1000_u64.to_ne_bytes());
            t.check(SHADOW, "PTRACE_SETREGSET", Err(Errno::ENODEV), set);
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
