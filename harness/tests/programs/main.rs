//! Programs made up by the hundred: what the tracee reads is what was written, and what does not fit is an
//! error.

mod decode;
mod model;

use std::collections::HashMap;

use proptest::prelude::*;
use ptrace_conformance_harness::abi::{DATA_WORDS, STEPS, TASKS};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::syscalls::Syscall;
use rstest::rstest;

use decode::decode;
use model::{Size, Step, names, size, write};

/// The names that the steps must have: `_2`, `_3` ... where one occurs again.
fn numbered(names: Vec<&'static str>) -> Vec<String> {
    let mut times = HashMap::new();
    let number = |name: &'static str| match times.entry(name).and_modify(|times| *times += 1).or_insert(1) {
        1 => name.to_owned(),
        times => format!("{name}_{times}"),
    };
    names.into_iter().map(number).collect()
}

fn fits(size: &Size) -> bool {
    // The first task is made by nobody, and needs a place too.
    size.steps <= STEPS && size.data <= DATA_WORDS && size.tasks < TASKS
}

/// Encodes these steps; if they fit, what comes out says the same, under the same names.
fn holds(steps: &[Step]) -> Result<(), TestCaseError> {
    let program = write(steps);
    let encoded = match program.encode() {
        Ok(encoded) => encoded,
        Err(why) => {
            prop_assert!(!fits(&size(steps)), "{why}");
            prop_assert!(why.starts_with("the program is too long: "), "{why}");
            return Ok(());
        }
    };
    prop_assert!(fits(&size(steps)));
    let decoded = decode(&encoded);
    prop_assert_eq!(&decoded.steps, steps, "\n{}", program);
    for (name, position) in numbered(names(steps)).iter().zip(&decoded.positions) {
        prop_assert_eq!(encoded.find(name), Some(*position), "{}", name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(steps in model::steps(12)) {
        holds(&steps)?;
    }

    /// Most of these have no room.
    #[test]
    fn what_does_not_fit_is_an_error(steps in model::steps(90)) {
        holds(&steps)?;
    }
}

/// The last that fits, and the first that does not, whose error names what there is too much of.
#[rstest]
#[case::steps(STEPS - 1, "65 steps", |program: &mut Program, _| { program.spin(); })]
#[case::data(DATA_WORDS, "513 words", |program: &mut Program, word| { program.data(&[word]); })]
#[case::tasks(TASKS - 1, "9 tasks", |program: &mut Program, _| { program.fork("task", |_| {}); })]
fn the_limit_itself_fits(#[case] most: usize, #[case] too_much: &str, #[case] write: fn(&mut Program, u64)) {
    let of = |count: usize| {
        let mut program = Program::new(|_| {});
        (0..count as u64).for_each(|word| write(&mut program, word));
        program.encode()
    };
    assert!(of(most).is_ok());
    let error = of(most + 1).expect_err("one too many");
    assert!(error.contains(too_much), "{error}");
}

/// Positions of two digits in the text that execve is given, and in the head of a spawning call.
#[rstest]
fn a_block_may_begin_anywhere(#[values(0, 1, 7, 8, 9, 10, 11, 50)] before: usize) {
    let spins = || std::iter::repeat_n(Step::Spin, before);
    let inner = vec![Step::Call(model::GETPID, vec![]), Step::Breakpoint];
    let image: Vec<_> = spins().chain([Step::Exec(inner.clone())]).collect();
    let task: Vec<_> = spins().chain([Step::Task(0, inner)]).collect();
    for steps in [image, task] {
        assert!(fits(&size(&steps)));
        holds(&steps).unwrap();
    }
    assert_eq!(model::SYSCALLS[model::GETPID], Syscall::GETPID);
}
