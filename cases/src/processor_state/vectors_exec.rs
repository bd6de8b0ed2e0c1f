//! The length of vectors that the tracer sets, over an execve(2).

use super::sets::{TRACED_EXEC, differing, to_new_image};
use super::vector_image::{AT_EXEC, HEADER, INHERIT, Length};
use super::vectors::{GET_LENGTH, LONGEST, OF_VECTORS, SET_LENGTH};
use super::{END, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

/// `PR_SVE_VL_INHERIT`, in prctl(2)'s answers.
const INHERITED: u64 = 1 << 17;

/// What is to become of a written length at execve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    Forgotten,
    Inherited,
    Deferred,
}

impl Axis for Stay {
    const VALUES: &'static [(&'static str, Self)] =
        &[("forgotten", Stay::Forgotten), ("inherited", Stay::Inherited), ("deferred", Stay::Deferred)];
}

impl Stay {
    const fn flags(self) -> u16 {
        match self {
            Stay::Forgotten => 0,
            Stay::Inherited => INHERIT,
            Stay::Deferred => AT_EXEC,
        }
    }
}

pub(super) const CASES: &[Case] = &[Case {
    name: "length_over_an_execve",
    title: "A written length ends with the image, unless it is to be inherited, which prctl(2) tells too; one that is to begin with the next image changes nothing before.",
    clauses: &[
        STOPS,
        END,
        "opt.traceexec.stop",
        "sve.exec-default-vl",
        "sve.flags.vl-inherit",
        "sve.flags.onexec-set-only",
    ],
    options: TRACED_EXEC,
    axes: &[ANY_START, axis::<Stay>(&["forgotten", "inherited", "deferred"])],
    program: |p| {
        p.call(Syscall::PRCTL, &[GET_LENGTH]);
        p.call(Syscall::PRCTL, &[SET_LENGTH, LONGEST]);
        p.raise(Signal::USR1);
        p.call(Syscall::PRCTL, &[GET_LENGTH]);
        p.exec(|p| {
            p.call(Syscall::PRCTL, &[GET_LENGTH]);
            p.exit(3);
        });
    },
    scenario: |t| {
        let stay: Stay = t.pick()?;
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
        let (default, most) = (t.saw("prctl")?.unwrap_or(16), t.saw("prctl_2")?.unwrap_or(16) & 0xffff);
        let shortest = Length { bytes: 16, most: most as usize };
        let set = t.set_regset(note::ARM_SVE, &shortest.header(stay.flags(), HEADER));
        t.check("sve.exec-default-vl", "length that is set", Ok(HEADER), set);
        let now = if stay == Stay::Deferred { most } else { 16 };
        let length = Length { bytes: now as usize, ..shortest };
        let flags = stay.flags() & INHERIT;
        let mut header = [0; HEADER];
        t.check("sve.flags.onexec-set-only", "length", Ok(HEADER), t.regset(note::ARM_SVE, &mut header));
        let expected = length.header(flags, HEADER + 528);
        t.check("sve.flags.vl-inherit", "header", vec![], differing(&header, &expected));
        let t = to_new_image(t)?.cont()?.ends(END, Gone::Exited(3))?;
        let inherited = if stay == Stay::Inherited { INHERITED } else { 0 };
        t.check_saw("sve.flags.vl-inherit", "prctl_3", Some(Return(now | inherited)))?;
        let then = match stay {
            Stay::Forgotten => default,
            Stay::Inherited => 16 | INHERITED,
            Stay::Deferred => 16,
        };
        t.check_saw("sve.exec-default-vl", "prctl_4", Some(Return(then)))
    },
    ..OF_VECTORS
}];
