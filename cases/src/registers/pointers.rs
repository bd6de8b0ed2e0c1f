//! Instruction and stack pointers that are no addresses, and an instruction pointer in the middle of nowhere.

use super::{END, STOPS, behind_a_call, check_all, program};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Address;

const TAKEN: &str = "regs.pointers-not-checked";
const FAULT: &str = "sigaction.fault-si-addr";

const IS_X86: bool = cfg!(target_arch = "x86_64");
/// Where nothing is mapped, and no stack can grow to.
const NOWHERE: u64 = 0x7_7000;
/// An odd address, where nothing is mapped either; on aarch64 in the code, since its alignment is checked before.
const ODD: u64 = if IS_X86 { 77 } else { STACKED + 1 };
/// No address of 64 bits, whatever the size of the address space.
const NO_ADDRESS: u64 = 1 << 63;

/// An instruction that uses the stack, and how far below the stack pointer.
const STACKED: u64 = if IS_X86 { label::STRAIGHT_RETURN } else { label::FLOATING };
const BELOW: u64 = if IS_X86 { 0 } else { 64 };

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    Ip,
    OddIp,
    NonCanonicalIp,
    Sp,
}

impl Axis for Bad {
    const VALUES: &'static [(&'static str, Self)] =
        &[("ip", Bad::Ip), ("oddip", Bad::OddIp), ("noncanonicalip", Bad::NonCanonicalIp), ("sp", Bad::Sp)];
}

/// Signal, code and address of a fault.
type Told = (Signal, i32, Address);

/// `SI_KERNEL` (asm-generic/siginfo.h): what the processor gives no address for.
const BY_KERNEL: i32 = 0x80;
/// `SEGV_MAPERR` and `BUS_ADRALN`.
const UNMAPPED: i32 = 1;
const MISALIGNED: i32 = 1;

impl Bad {
    fn put_into(self, registers: &Registers) -> Registers {
        match self {
            Bad::Ip => registers.with(arch::IP, NOWHERE),
            Bad::OddIp => registers.with(arch::IP, ODD),
            Bad::NonCanonicalIp => registers.with(arch::IP, NO_ADDRESS),
            Bad::Sp => registers.with(arch::IP, STACKED).with(arch::SP, NOWHERE),
        }
    }

    const fn told(self) -> Told {
        match self {
            Bad::Ip => (Signal::SEGV, UNMAPPED, Address(NOWHERE)),
            Bad::OddIp if IS_X86 => (Signal::SEGV, UNMAPPED, Address(ODD)),
            Bad::OddIp => (Signal(libc::SIGBUS), MISALIGNED, Address(ODD)),
            Bad::NonCanonicalIp => (Signal::SEGV, BY_KERNEL, Address(0)),
            Bad::Sp => (Signal::SEGV, UNMAPPED, Address(NOWHERE - BELOW)),
        }
    }
}

/// The resume flag, which processors set at a fault and QEMU's translation does not.
const RESUME: u64 = 1 << 16;

/// The registers where a fault has stopped: in no call, whose number x86_64 shows beside them.
fn at_fault(t: &Stopped, registers: &Registers) -> Flow<Registers> {
    if !IS_X86 {
        return Ok(*registers);
    }
    let resume =
        t.unspecified("the resume flag is the processor's", |_| t.registers())?.words[arch::FLAGS] & RESUME;
    let flags = registers.words[arch::FLAGS] | resume;
    Ok(registers.with(arch::NUMBER, u64::MAX).with(arch::FLAGS, flags))
}

fn check_fault(t: &Stopped, bad: Bad) {
    let (signal, code, address) = bad.told();
    let told = t.siginfo().map(|told| (told.signal, (told.code, Address(told.address))));
    t.check(FAULT, "si_signo, si_code and si_addr", Ok((signal, (code, address))), told);
}

/// Twice, since a fault that is made again is the same.
fn faults(t: Stopped) -> Flow {
    let bad: Bad = t.pick()?;
    let (mut t, old) = behind_a_call(t)?;
    let new = bad.put_into(&old);
    t.set_registers(&new)?;
    check_all(&t, TAKEN, &new)?;
    for _ in 0..2 {
        t = t.cont()?.expect(TAKEN, Stop::Signal(bad.told().0))?;
        check_fault(&t, bad);
        check_all(&t, TAKEN, &at_fault(&t, &new)?)?;
    }
    t.set_registers(&old)?;
    t.cont()?.ends(END, Gone::Exited(3)).map(drop)
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "pointers_are_not_checked",
        title: "An instruction or stack pointer may be written that is no address: the fault comes when the tracee goes on, and the old registers lead it back.",
        clauses: &[STOPS, END, TAKEN, FAULT],
        axes: &[ANY_START, axis::<Bad>(&["ip", "oddip", "sp"])],
        program,
        scenario: faults,
        ..Case::NEW
    },
    Case {
        name: "noncanonical_pointer_is_not_checked",
        title: "An instruction pointer may be written that no page table could map: the fault comes when the tracee goes on.",
        clauses: &[STOPS, END, TAKEN, FAULT],
        axes: &[ANY_START, axis::<Bad>(&["noncanonicalip"])],
        arches: &[Arch::X86_64],
        only: "aarch64 takes some of the upper bits for tags",
        program,
        scenario: faults,
        ..Case::NEW
    },
];
