//! Floating-point registers while the thread moves from processor to processor.

use super::floating_image::{SIZE, image};
use super::sets::{check_set, differing, to_breakpoint};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped};
use ptrace_conformance_harness::values::Return;

const WRITTEN: &str = "regs.setregset-prfpreg";

const SET_AFFINITY: Syscall = Syscall::numbered(libc::SYS_sched_setaffinity as u64, "sched_setaffinity");
const GET_AFFINITY: Syscall = Syscall::numbered(libc::SYS_sched_getaffinity as u64, "sched_getaffinity");

/// Words of a mask of processors, as many as kernels have use for, and free words of the record: the processors that
/// the thread may use, and the masks of the two between which it moves.
const MASK: usize = 16;
const MAY_USE: usize = 0;
const TWO: usize = MASK;

/// Two processors, each as a mask.
fn two_processors(t: &Stopped) -> Flow<[u64; 2]> {
    let may_use = t.unspecified("which processors there are is the machine's", |t| t.word(MAY_USE));
    let mut masks = (0..64).map(|bit| 1 << bit).filter(|mask| may_use & mask != 0);
    match (masks.next(), masks.next()) {
        (Some(one), Some(other)) => Ok([one, other]),
        _ => Err(Halt::Skip("needs two processors".to_owned())),
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "floating_point_migrates",
    title: "Floating-point registers that the tracer has written the program still has after two hundred moves from one processor to another.",
    clauses: &[STOPS, END, WRITTEN],
    axes: &[ANY_START],
    program: |p| {
        let all = p.data(&[u64::MAX; MASK]);
        let size = 8 * MASK as u64;
        p.call(SET_AFFINITY, &[0, size, all]);
        p.call(GET_AFFINITY, &[0, size, Program::shared(MAY_USE)]);
        p.run(label::MIGRATED, &[Program::area(0), Program::area(1), Program::shared(TWO)]);
        p.exit(3);
    },
    scenario: |t| {
        let (old, new) = (image(0x11), image(0x22));
        t.set_area(0, &old);
        let t = to_breakpoint(t, label::MIGRATED_1)?;
        for (at, mask) in (TWO..).zip(two_processors(&t)?) {
            t.set_word(at, mask);
        }
        check_set(&t, WRITTEN, note::PRFPREG, &old);
        t.check(WRITTEN, "length that is set", Ok(SIZE), t.set_regset(note::PRFPREG, &new));
        check_set(&t, WRITTEN, note::PRFPREG, &new);
        let t = t.cont()?.ends(END, Gone::Exited(3))?;
        t.check_saw(WRITTEN, "sched_setaffinity", Some(Return(0)))?;
        t.check(WRITTEN, "moves that were not made", Some(0), t.saw("migrated")?);
        t.check(
            WRITTEN,
            "bytes that the program stored otherwise",
            vec![],
            differing(&t.area(1, SIZE), &new),
        );
        Ok(())
    },
    ..Case::NEW
}];
