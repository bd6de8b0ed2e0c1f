//! The lying kernel: a check that looks notices, one that does not is found out, and nothing is left over.

use ptrace_conformance_harness::case::{Case, Family, Start, Variant, all_variants, axis};
use ptrace_conformance_harness::kernel::Kernel;
use ptrace_conformance_harness::lie::{Liar, Lie, Offer};
use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::run::{list_lies, run_case};
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;

const CASE: Case = Case {
    clauses: &["c"],
    axes: &[axis::<Start>(&["seize"])],
    options: options::TRACESYSGOOD,
    program: |p| {
        p.call(Syscall::GETPID, &[0; 0]);
        p.exit(3);
    },
    ..Case::NEW
};

/// Looks at all it asks for.
const LOOKS: Case = Case {
    scenario: |t| {
        let t = t.syscall()?.expect("c", Stop::SyscallEnter)?;
        t.check("c", "message", Ok(1), t.message());
        t.cont()?.ends("c", Gone::Exited(3)).map(drop)
    },
    ..CASE
};

/// Asks for the message and forgets it.
const FORGETS: Case = Case {
    scenario: |t| {
        let t = t.syscall()?.expect("c", Stop::SyscallEnter)?;
        let _ = t.message();
        t.cont()?.ends("c", Gone::Exited(3)).map(drop)
    },
    ..CASE
};

/// Says that it does not care.
const DECLARES: Case = Case {
    scenario: |t| {
        let t = t.syscall()?.expect("c", Stop::SyscallEnter)?;
        let _ = t.unspecified("this test is about declaring it", |t| t.message());
        t.cont()?.ends("c", Gone::Exited(3)).map(drop)
    },
    ..CASE
};

fn variant(case: &'static Case) -> Variant {
    let family = Family { name: "test", title: "", cases: Box::leak(Box::new([std::slice::from_ref(case)])) };
    all_variants(std::slice::from_ref(Box::leak(Box::new(family))))[0].1
}

fn under(case: &'static Case, lie: &Lie) -> CaseRecord {
    run_case("test::case::seize", variant(case), Kernel::new(false, Some(Liar::telling(lie.clone()))))
}

fn offers(case: &'static Case) -> Vec<Offer> {
    let (record, offers) = list_lies("test::case::seize", variant(case));
    assert_eq!(record.verdict, Verdict::Conforms, "{}", record.reason);
    offers
}

/// The lies whose telling changes nothing.
fn silent(case: &'static Case) -> Vec<String> {
    let all = offers(case)
        .into_iter()
        .flat_map(|offer| offer.lies.into_iter().map(move |what| Lie { answer: offer.answer, what }));
    let mut silent = Vec::new();
    for lie in all {
        match under(case, &lie).verdict {
            Verdict::Conforms => silent.push(lie.to_string()),
            Verdict::Deviates | Verdict::Broken => {}
            other => panic!("{lie}: {other:?}"),
        }
    }
    silent
}

#[test]
fn a_case_that_looks_notices_every_lie() {
    assert_eq!(silent(&LOOKS), [""; 0]);
}

#[test]
fn a_case_that_does_not_look_is_found_out() {
    let expected = ["GETEVENTMSG refused with ESRCH", "event message + 1", "event message 0"];
    assert_eq!(silent(&FORGETS), expected.map(|lie| format!("answer 4: {lie}")));
}

#[test]
fn what_is_of_no_concern_is_declared_at_the_answer() {
    let declared: Vec<_> =
        offers(&DECLARES).into_iter().filter(|offer| offer.unspecified.is_some()).collect();
    let [offer] = &declared[..] else { panic!("{declared:?}") };
    assert_eq!((offer.answer, offer.question.as_str()), (4, "PTRACE_GETEVENTMSG"));
    assert_eq!(offer.unspecified.as_deref(), Some("this test is about declaring it"));
}

#[test]
fn the_same_answers_are_offered_each_time() {
    assert_eq!(offers(&LOOKS), offers(&LOOKS));
}

#[test]
fn a_lie_that_cannot_be_told_is_no_verdict() {
    for lie in ["answer 999: event message 0", "answer 1: no such thing"] {
        let record = under(&LOOKS, &lie.parse().unwrap());
        assert_eq!(record.verdict, Verdict::Broken, "{lie}");
        assert!(record.reason.contains("cannot be told"), "{}", record.reason);
    }
}

/// A tracee that is said to be gone is alive, and stopped where SIGKILL alone does not end it.
#[test]
fn nothing_is_left_of_a_tracee_that_was_said_to_be_gone() {
    const EXITS: Case = Case {
        options: options::TRACEEXIT,
        scenario: |t| t.cont()?.expect("c", Stop::Event(Event::EXIT)).map(drop),
        ..CASE
    };
    let record = under(&EXITS, &"answer 2: exited with 0 instead of a stop".parse().unwrap());
    assert_eq!(record.verdict, Verdict::Deviates, "{}", record.reason);
    // Other tests have children of their own, of other threads.
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap();
    assert_eq!(children, "");
}
