//! Calls of process_vm_readv(2) and process_vm_writev(2) that make no sense.

use super::place::{AT, END, STOPS, WORD, map_anonymous, to_breakpoint};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::remote_memory::{Direction, Odd};
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::values::Word;

/// `UIO_MAXIOV` and one.
const TOO_MANY: u64 = 1025;
/// More than `ssize_t` can tell.
const TOO_LONG: u64 = 1 << 63;

/// What is wrong, which clause says so, and the error.
const WRONG: &[(&str, Odd, &str, Errno)] = &[
    ("flags 1", Odd::Flags(1), "pvm.flags-zero", Errno::EINVAL),
    ("flags 1 << 63", Odd::Flags(1 << 63), "pvm.flags-zero", Errno::EINVAL),
    ("1025 vectors of ours", Odd::LocalCount(TOO_MANY), "pvm.iov-limit", Errno::EINVAL),
    ("1025 vectors there", Odd::RemoteCount(TOO_MANY), "pvm.iov-limit", Errno::EINVAL),
    ("a length of ours of 1 << 63", Odd::LocalLength(TOO_LONG), "pvm.einval-overflow", Errno::EINVAL),
    ("a length there of 1 << 63", Odd::RemoteLength(TOO_LONG), "pvm.einval-overflow", Errno::EINVAL),
    ("no vectors of ours", Odd::LocalVectors, "pvm.local-checked-first", Errno::EFAULT),
    ("no vectors there", Odd::RemoteVectors, "pvm.bad-remote-vectors", Errno::EFAULT),
    ("no buffer of ours", Odd::LocalBuffer, "pvm.local-efault", Errno::EFAULT),
];

pub(super) const CASES: &[Case] = &[Case {
    name: "refused_transfers",
    title: "process_vm_readv and process_vm_writev with flags, too many vectors, lengths beyond ssize_t or vectors that are not there fail, each with its error, and transfer nothing.",
    clauses: &[
        STOPS,
        END,
        "pvm.flags-zero",
        "pvm.iov-limit",
        "pvm.einval-overflow",
        "pvm.local-checked-first",
        "pvm.bad-remote-vectors",
        "pvm.local-efault",
    ],
    axes: &[axis::<Start>(&["traceme"]), axis::<Direction>(&["read", "write"])],
    program: |p| {
        map_anonymous(p, AT);
        p.store(AT, WORD);
        p.breakpoint();
        p.exit(3);
    },
    scenario: |t| {
        let direction: Direction = t.pick()?;
        let t = to_breakpoint(t)?;
        for &(what, odd, clause, errno) in WRONG {
            t.check(clause, what, Err(errno), t.vm_odd(direction, AT, odd));
            let behind = format!("{what}: what is there");
            t.check(clause, &behind, Word(WORD), Word(t.memory(AT, 1)?[0]));
        }
        t.cont()?.ends(END, Gone::Exited(3)).map(drop)
    },
    ..Case::NEW
}];
