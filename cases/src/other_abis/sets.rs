//! Which register sets a task in 32-bit code has, and what the requests of the tracer's own layout show of it.

use super::nr;
use super::program::{ARGUMENTS, CALL, EVENT, EXECUTED, Image, NEW, begin, execute, finish};
use super::view32::VIEW;
use super::{END, STOPS};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::Task;

const SETS: &str = "abi.view32-sets";

/// `NT_PRXFPREG` and `NT_ARM_VFP` (linux/elf.h).
const PRXFPREG: u64 = 0x46e6_2b7f;
const ARM_VFP: u64 = 0x400;

const NONE: Result<usize, Errno> = Err(Errno::EINVAL);

/// Sets, with their lengths in a 64-bit program, where that does not depend on the processor, and in one of 32 bits.
type Set = (u64, &'static str, Option<Result<usize, Errno>>, Result<usize, Errno>);

#[cfg(target_arch = "x86_64")]
const OF_EITHER: &[Set] = &[
    (note::PRSTATUS, "NT_PRSTATUS", Some(Ok(216)), Ok(68)),
    (note::PRFPREG, "NT_PRFPREG", Some(Ok(512)), Ok(108)),
    (PRXFPREG, "NT_PRXFPREG", Some(NONE), Ok(512)),
    (note::X86_TLS, "NT_386_TLS", Some(NONE), Ok(48)),
    (ARM_VFP, "NT_ARM_VFP", Some(NONE), NONE),
];
#[cfg(target_arch = "aarch64")]
const OF_EITHER: &[Set] = &[
    (note::PRSTATUS, "NT_PRSTATUS", Some(Ok(272)), Ok(72)),
    (note::PRFPREG, "NT_PRFPREG", Some(Ok(528)), NONE),
    (ARM_VFP, "NT_ARM_VFP", Some(NONE), Ok(260)),
    (note::ARM_TLS, "NT_ARM_TLS", None, Ok(4)),
    (note::ARM_SYSTEM_CALL, "NT_ARM_SYSTEM_CALL", Some(Ok(4)), Ok(4)),
    (PRXFPREG, "NT_PRXFPREG", Some(NONE), NONE),
];

/// A set as it is, with its length; read twice, so that no bit of it can be told wrong.
fn check_length(t: &Task, set: u64, name: &str, expected: Result<usize, Errno>) {
    let mut bytes = [[0; 1024]; 2];
    let length = t.regset(set, &mut bytes[0]);
    t.check(SETS, &format!("length of {name}"), expected, length);
    let again = t.regset(set, &mut bytes[1]);
    t.check(SETS, &format!("length of {name} again"), expected, again);
    t.check(SETS, &format!("{name} reads the same"), true, bytes[0] == bytes[1]);
}

pub(super) const CASES: &[Case] = &[Case {
    name: "lengths_of_sets",
    title: "By execve the register sets of a task become those of the 32-bit ABI, of other lengths, and some are there in one of the two alone.",
    clauses: &[EVENT, NEW, VIEW, CALL, SETS, STOPS, END],
    arches: Arch::ALL,
    program: execute,
    scenario: |t| {
        let image = Image::of(nr::UMASK, ARGUMENTS);
        for &(set, name, length, _) in OF_EITHER {
            if let Some(length) = length {
                check_length(&t, set, name, length);
            }
        }
        let (t, at) = begin(t, &image)?;
        for &(set, name, _, length) in OF_EITHER {
            check_length(&t, set, name, length);
        }
        finish(t, &at, &image)
    },
    ..EXECUTED
}];
