//! Requests with made-up arguments, hundreds of them on one stopped tracee, each held against a prediction that is
//! worked out beside the harness from the kernel's source. What fails shrinks to the smallest that still does.

mod lengths;
mod registers;
#[cfg(target_arch = "x86_64")]
mod user_area;
mod vectors;
mod watchpoints;

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestError, TestRunner};
use ptrace_conformance_harness::arch::{NAMES, Registers};
use ptrace_conformance_harness::case::{ANY_START, Case, Family, Variant, all_variants};
use ptrace_conformance_harness::context::{Flow, Halt};
use ptrace_conformance_harness::kernel::Kernel;
use ptrace_conformance_harness::record::Verdict;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::run::{be_plain, run_case};
use ptrace_conformance_harness::tracee::Stopped;

/// A case to put a property in: a tracee that stands in front of its program.
const CASE: Case = Case { name: "random", clauses: &["c"], axes: &[ANY_START], ..Case::NEW };

/// Inputs that each property is tried with.
const INPUTS: u32 = 400;

/// The case for a tracee of each kind.
fn variants(case: Case) -> Vec<(String, Variant)> {
    let cases: &'static [Case] = Box::leak(Box::new([case]));
    let family = Family { name: "random", title: "", cases: Box::leak(Box::new([cases])) };
    all_variants(Box::leak(Box::new([family])))
}

/// Runs the scenario on a tracee of each kind.
fn on_tracees(case: Case) {
    be_plain();
    for (name, variant) in variants(case) {
        let record = run_case(&name, variant, Kernel::default());
        match record.verdict {
            Verdict::Skipped => eprintln!("{name} skipped: {}", record.reason),
            verdict => assert_eq!(verdict, Verdict::Conforms, "{name}: {}", record.reason),
        }
    }
}

/// Tries the property with made-up inputs; fails with the smallest that it does not hold of.
fn holds<S>(t: &Stopped, strategy: &S, property: impl Fn(S::Value) -> TestCaseResult) -> Flow
where
    S: Strategy,
    S::Value: Debug,
{
    let config = ProptestConfig { cases: INPUTS, failure_persistence: None, ..ProptestConfig::default() };
    match TestRunner::new(config).run(strategy, property) {
        Ok(()) => {
            t.check("c", "inputs that fail", 0, 0);
            Ok(())
        }
        Err(TestError::Fail(why, smallest)) => Err(Halt::Broken(format!("{why}\nof {smallest:#x?}"))),
        Err(TestError::Abort(why)) => Err(Halt::Broken(format!("no more inputs: {why}"))),
    }
}

/// The general registers, whatever is in them: no program of ours would have come to such.
fn registers(t: &Stopped) -> Result<Registers, TestCaseError> {
    let mut bytes = [0; 8 * NAMES.len()];
    let read = t.regset(note::PRSTATUS, &mut bytes);
    prop_assert_eq!(read, Ok(bytes.len()));
    let mut words =
        bytes.chunks_exact(8).map(|word| word.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)));
    Ok(Registers { words: std::array::from_fn(|_| words.next().unwrap_or_default()) })
}

/// Writes all of them.
fn reset(t: &Stopped, registers: &Registers) -> TestCaseResult {
    prop_assert_eq!(t.set_regset(note::PRSTATUS, &registers.bytes()).map(drop), Ok(()));
    Ok(())
}

/// A wrong prediction is seen, and its input shrinks.
#[test]
fn what_fails_is_told_with_its_smallest_input() {
    be_plain();
    let scenario = |t: Stopped| {
        holds(&t, &(0..1_000_u64), |value| {
            prop_assert!(value < 77, "too large");
            Ok(())
        })
    };
    let (name, variant) = variants(Case { scenario, ..CASE }).remove(0);
    let record = run_case(&name, variant, Kernel::default());
    assert_eq!(record.verdict, Verdict::Broken);
    assert!(
        record.reason.starts_with("too large at ") && record.reason.ends_with("\nof 0x4d"),
        "{}",
        record.reason
    );
}
