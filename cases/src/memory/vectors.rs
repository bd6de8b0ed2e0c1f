//! process_vm_readv(2) and process_vm_writev(2) with several vectors.

use super::place::{AT, END, SIZE, STOPS, map_anonymous, to_breakpoint};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

const ORDER: &str = "pvm.order";
const PARTIAL: &str = "pvm.partial";
const FAULT: &str = "pvm.remote-efault";

/// Where nothing is mapped.
const HOLE: u64 = AT + SIZE;
const FIRST: [u8; 8] = *b"abcdefgh";
const SECOND: [u8; 8] = *b"ijklmnop";

fn program(p: &mut Program) {
    map_anonymous(p, AT);
    p.store(AT, u64::from_ne_bytes(FIRST));
    p.store(AT + 512, u64::from_ne_bytes(SECOND));
    p.breakpoint();
    p.exit(3);
}

/// A read into pieces, or a write from them: which places, how much comes of it, and what is transferred.
struct Transfer {
    what: &'static str,
    clause: &'static str,
    pieces: &'static [usize],
    remote: &'static [(u64, u64)],
    answer: Result<i64, Errno>,
    read: &'static str,
}

const TRANSFERS: &[Transfer] = &[
    Transfer {
        what: "one into three",
        clause: ORDER,
        pieces: &[1, 2, 5],
        remote: &[(AT, 8)],
        answer: Ok(8),
        read: "abcdefgh",
    },
    Transfer {
        what: "three into one, out of order",
        clause: ORDER,
        pieces: &[6],
        remote: &[(AT + 512, 3), (AT + 4, 2), (AT, 1)],
        answer: Ok(6),
        read: "ijkefa",
    },
    Transfer {
        what: "two into three of other lengths",
        clause: ORDER,
        pieces: &[3, 0, 9],
        remote: &[(AT, 8), (AT + 512, 4)],
        answer: Ok(12),
        read: "abcdefghijkl",
    },
    Transfer {
        what: "more than there is room for",
        clause: ORDER,
        pieces: &[2],
        remote: &[(AT, 8), (AT + 512, 8)],
        answer: Ok(2),
        read: "ab",
    },
    Transfer {
        what: "more room than there is",
        clause: ORDER,
        pieces: &[8, 8],
        remote: &[(AT, 3)],
        answer: Ok(3),
        read: "abc",
    },
    Transfer { what: "no vectors", clause: ORDER, pieces: &[], remote: &[], answer: Ok(0), read: "" },
    Transfer {
        what: "no vectors of ours",
        clause: ORDER,
        pieces: &[],
        remote: &[(AT, 8)],
        answer: Ok(0),
        read: "",
    },
    Transfer {
        what: "no length",
        clause: ORDER,
        pieces: &[8],
        remote: &[(HOLE, 0)],
        answer: Ok(0),
        read: "",
    },
    Transfer {
        what: "a hole in second place",
        clause: PARTIAL,
        pieces: &[16],
        remote: &[(AT, 4), (HOLE, 4), (AT + 512, 8)],
        answer: Ok(4),
        read: "abcd",
    },
    Transfer {
        what: "a hole in first place",
        clause: FAULT,
        pieces: &[16],
        remote: &[(HOLE, 4), (AT, 4)],
        answer: Err(Errno::EFAULT),
        read: "",
    },
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "vectors_are_read_in_order",
        title: "process_vm_readv goes through both lists in order, whatever the lengths; it ends at the first place without memory, and says how much was read.",
        clauses: &[STOPS, END, ORDER, PARTIAL, FAULT],
        axes: &[axis::<Start>(&["traceme"])],
        program,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            for transfer in TRANSFERS {
                let (answer, bytes) = t.vm_read(transfer.pieces, transfer.remote);
                t.check(transfer.clause, transfer.what, transfer.answer, answer);
                let mut expected = transfer.read.as_bytes().to_vec();
                expected.resize(bytes.len(), 0);
                t.check(transfer.clause, &format!("{}: bytes", transfer.what), expected, bytes);
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "vectors_are_written_in_order",
        title: "process_vm_writev does the same with writes.",
        clauses: &[STOPS, END, ORDER, PARTIAL, FAULT],
        axes: &[axis::<Start>(&["traceme"])],
        program,
        scenario: |t| {
            let t = to_breakpoint(t)?;
            for transfer in TRANSFERS {
                let length: usize = transfer.pieces.iter().sum();
                let bytes = &b"ABCDEFGHIJKLMNOP"[..length];
                let answer = t.vm_write(bytes, transfer.pieces, transfer.remote);
                t.check(transfer.clause, transfer.what, transfer.answer, answer);
                check_written(&t, transfer, bytes)?;
                t.set_memory(AT, &[u64::from_ne_bytes(FIRST)])?;
                t.set_memory(AT + 512, &[u64::from_ne_bytes(SECOND)])?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];

/// Both words of the program, as the transfer must have changed them.
fn check_written(t: &Stopped, transfer: &Transfer, bytes: &[u8]) -> Flow {
    let mut expected = [FIRST, SECOND];
    let mut rest = &bytes[..transfer.answer.map_or(0, |written| written as usize)];
    for &(address, length) in transfer.remote {
        let (now, later) = rest.split_at(rest.len().min(length as usize));
        let (word, offset) = ((address - AT) / 512, (address - AT) % 512);
        if let Some(word) = expected.get_mut(word as usize) {
            word[offset as usize..][..now.len()].copy_from_slice(now);
        }
        rest = later;
    }
    let found = [t.memory(AT, 1)?[0], t.memory(AT + 512, 1)?[0]].map(u64::to_ne_bytes);
    let both = |words: [[u8; 8]; 2]| words.concat();
    t.check(transfer.clause, &format!("{}: what is there", transfer.what), both(expected), both(found));
    Ok(())
}
