//! Restartable sequences under trace: how a tracer finds the area of a thread, and what a stop does to a critical section.

mod configuration;
mod inherited;
mod section;

use ptrace_conformance_harness::case::{Case, Family, Need};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::layout::RseqConfiguration;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Task;
use ptrace_conformance_harness::values::{Address, Word};

/// The family.
pub const FAMILY: Family = Family {
    name: "rseq",
    title: "Restartable sequences under trace: the area of a thread, and what a stop does to a critical section",
    cases: &[configuration::CASES, inherited::CASES, section::CASES],
};

/// A case that asks for the configuration.
const ASKS: Case = Case { needs: &[Need::Kernel(5, 13)], ..Case::NEW };

/// The program's own end.
const END: &str = "wait.macro.exited";

/// Where the programs have their area: in free words of the record, aligned as the kernel asks.
const AREA: u64 = Program::shared(32).next_multiple_of(LENGTH);
/// The free word that holds the address of the critical section's descriptor, the second of the area.
const SECTION: usize = 33 + ((AREA - Program::shared(32)) / 8) as usize;
/// `sizeof(struct rseq)` of the first kernels that had it, which all later ones take.
const LENGTH: u64 = 32;
/// What stands in front of an abort handler (`routines/*/critical.rs`).
const SIGNATURE: u32 = if cfg!(target_arch = "x86_64") { 0x5305_3053 } else { 0xd428_bc00 };

const REGISTERED: RseqConfiguration =
    RseqConfiguration { area: AREA, size: LENGTH as u32, signature: SIGNATURE, flags: 0, pad: 0 };
const NONE: RseqConfiguration = RseqConfiguration { area: 0, size: 0, signature: 0, flags: 0, pad: 0 };

/// Registers the area.
fn register(p: &mut Program) {
    p.call(Syscall::RSEQ, &[AREA, LENGTH, 0, SIGNATURE.into()]);
}

/// Checks every field of a thread's configuration.
fn check(t: &Task, clause: &str, expected: RseqConfiguration) -> Flow {
    let read = t.must("PTRACE_GET_RSEQ_CONFIGURATION", t.rseq())?;
    t.check(clause, "rseq_abi_pointer", Address(expected.area), Address(read.area));
    t.check(clause, "rseq_abi_size", expected.size, read.size);
    t.check(clause, "signature", Word(expected.signature.into()), Word(read.signature.into()));
    t.check(clause, "flags and padding", [expected.flags, expected.pad], [read.flags, read.pad]);
    Ok(())
}
