//! process_vm_readv(2) and process_vm_writev(2) with any vectors on both sides.

use proptest::collection::vec;
use proptest::prelude::*;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Flow;
use ptrace_conformance_harness::tracee::Stopped;

use crate::{CASE, holds, on_tracees};

/// A mapping with nothing behind it, of a page of every kernel.
const AT: u64 = 0x2000_0000;
const SIZE: u64 = 1 << 16;
const END: u64 = AT + SIZE;
/// The part that is looked at, with some that is not there.
const FIRST: u64 = END - 600;
const BEHIND: u64 = 80;

fn program(p: &mut Program) {
    let rights = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as u64;
    p.call(Syscall::MMAP, &[AT, SIZE, rights, flags, u64::MAX, 0]);
    p.breakpoint();
}

/// A stopped tracee with the mapping, and what is in its part.
fn to_mapping(t: Stopped) -> Flow<(Stopped, Vec<u8>)> {
    let t = t.cont()?.expect("c", Stop::Signal(Signal::TRAP))?;
    let pattern: Vec<_> = (0..END - FIRST).map(|at| (at * 7 + 3) as u8).collect();
    let written = t.vm_write(&pattern, &[pattern.len()], &[(FIRST, END - FIRST)]);
    t.check("c", "pattern", Ok((END - FIRST) as i64), written);
    Ok((t, pattern))
}

type Vectors = (Vec<usize>, Vec<(u64, u64)>);

fn vectors() -> impl Strategy<Value = Vectors> {
    let place = (FIRST..END + BEHIND, prop_oneof![Just(0), 0..90_u64]);
    (vec(prop_oneof![Just(0), 0..90_usize], 0..6), vec(place, 0..6))
}

/// The places of the bytes that move, in order, and the answer: as many as both sides have, and none from a byte on
/// that is not there, even in the middle of a vector (mm/process_vm_access.c goes by pages).
fn moves((pieces, remote): &Vectors) -> (Vec<u64>, Result<i64, Errno>) {
    let room = pieces.iter().sum::<usize>();
    let places = remote.iter().flat_map(|&(at, length)| at..at + length).take(room);
    let moved: Vec<_> = places.clone().take_while(|place| *place < END).collect();
    let answer = match moved.len() {
        0 if places.count() > 0 => Err(Errno::EFAULT),
        moved => Ok(moved as i64),
    };
    (moved, answer)
}

#[test]
fn any_vectors_read_as_predicted() {
    on_tracees(Case {
        program,
        scenario: |t| {
            let (t, pattern) = to_mapping(t)?;
            holds(&t, &vectors(), |vectors| {
                let (moved, answer) = moves(&vectors);
                let (told, read) = t.vm_read(&vectors.0, &vectors.1);
                prop_assert_eq!(told, answer);
                let bytes: Vec<_> = moved.iter().map(|place| pattern[(place - FIRST) as usize]).collect();
                prop_assert_eq!(&read[..bytes.len()], &bytes);
                prop_assert!(read[bytes.len()..].iter().all(|byte| *byte == 0), "more than it tells");
                Ok(())
            })
        },
        ..CASE
    });
}

#[test]
fn any_vectors_write_as_predicted() {
    on_tracees(Case {
        program,
        scenario: |t| {
            let (t, pattern) = to_mapping(t)?;
            let whole = (FIRST, END - FIRST);
            holds(&t, &(vectors(), any::<u8>()), |(vectors, first)| {
                let reset = t.vm_write(&pattern, &[pattern.len()], &[whole]);
                prop_assert_eq!(reset, Ok(pattern.len() as i64));
                let room = vectors.0.iter().sum::<usize>();
                let bytes: Vec<_> = (0..room).map(|at| first.wrapping_add(at as u8)).collect();
                let (moved, answer) = moves(&vectors);
                prop_assert_eq!(t.vm_write(&bytes, &vectors.0, &vectors.1), answer);
                let mut becomes = pattern.clone();
                for (place, byte) in moved.iter().zip(bytes) {
                    becomes[(place - FIRST) as usize] = byte;
                }
                prop_assert_eq!(t.vm_read(&[becomes.len()], &[whole]).1, becomes);
                Ok(())
            })
        },
        ..CASE
    });
}
