//! The conformance suite as tests: one per case variant, under `cargo test` and cargo-nextest alike.
//!
//! Listing asks the kernel nothing: nextest lists once and then starts this program once per test.
//! A case for the other architecture is ignored from the outset, any other skip is found out by running
//! and carries its reason.

use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Arch, Variant, all_variants};
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::record::{CaseRecord, Verdict};
use ptrace_conformance_harness::worker;

#[path = "../failure.rs"]
mod failure;
#[path = "../prose.rs"]
mod prose;

fn main() -> std::process::ExitCode {
    worker::serve_if_asked(FAMILIES);
    let args = Arguments::from_args();
    let usual = Settings::default();
    let jobs = args.test_threads.unwrap_or(usual.jobs);
    let pool = Arc::new(Pool::new(Settings { jobs, ..usual }));
    let trials = all_variants(FAMILIES).into_iter().map(|(name, variant)| trial(name, variant, &pool));
    let conclusion = libtest_mimic::run(&args, trials.collect());
    conclusion.exit_code()
}

fn trial(name: String, variant: Variant, pool: &Arc<Pool>) -> Trial {
    let pool = Arc::clone(pool);
    let elsewhere = !variant.case.arches.contains(&Arch::HERE);
    let judged = {
        let name = name.clone();
        move || judge(pool.run_one(&name, variant.case.clauses).record)
    };
    Trial::ignorable_test(name, judged).with_ignored_flag(elsewhere)
}

fn judge(record: CaseRecord) -> Result<Completion, Failed> {
    match record.verdict {
        Verdict::Conforms => Ok(Completion::Completed),
        Verdict::Quirk => {
            eprintln!("{}: recorded quirk: {}", record.name, record.reason);
            Ok(Completion::Completed)
        }
        Verdict::Skipped => {
            // nextest drops the reason that it is given; its capture of standard error keeps this one.
            eprintln!("{}: skipped: {}", record.name, record.reason);
            Ok(Completion::ignored_with(record.reason))
        }
        Verdict::Deviates | Verdict::Broken => {
            Err(Failed::from(format!("{}\n{}", record.verdict.word(), failure::tell(&record))))
        }
    }
}
