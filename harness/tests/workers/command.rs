//! The part of the command: a pool, driven by the judge.

use crate::cases::{REGISTRY, full};
use crate::os;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::pool::{Done, Pool, Settings};
use std::io::stdin;
use std::time::Duration;

/// `ask MILLISECONDS`, `frugal MILLISECONDS` or `all MILLISECONDS JOBS TIMES`.
pub fn run(args: &[String]) {
    let number = |at: usize| args[at].parse::<u32>().unwrap();
    let settings = Settings {
        time_limit: Duration::from_millis(number(1).into()),
        jobs: if args[0] == "all" { number(2) as usize } else { 1 },
        journal: false,
    };
    if args[0] == "frugal" {
        os::forbid(OPTIONAL);
    }
    let pool = Pool::new(settings);
    match args[0].as_str() {
        "all" => all(&pool, number(3) as usize),
        _ => ask(&pool),
    }
}

/// What the workers use if it is there. (The kernel must have poll(2): Rust's runtime does not start without.)
const OPTIONAL: &[libc::c_long] = &[
    libc::SYS_close_range,
    libc::SYS_prlimit64,
    libc::SYS_prctl,
    libc::SYS_readlinkat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity,
    libc::SYS_setpgid,
    libc::SYS_setsid,
];

/// Runs the case that each line names, and answers each with a line.
fn ask(pool: &Pool) {
    for name in stdin().lines().map(Result::unwrap) {
        say(&pool.run_one(&full(&name), &[]));
    }
}

/// Runs the well-behaved case so many times; answers in the order in which they finish.
fn all(pool: &Pool, times: usize) {
    let well = all_variants(REGISTRY).into_iter().find(|(name, _)| *name == full("well")).unwrap();
    let mut seen = vec![false; times];
    pool.run_all(&vec![well; times], |index, done| {
        assert!(!std::mem::replace(&mut seen[index], true), "case {index} finished twice");
        say(&done);
    });
    assert!(seen.iter().all(|&seen| seen), "a case was forgotten");
}

fn say(done: &Done) {
    let record = &done.record;
    println!("{} {}", record.verdict.word(), record.reason);
}
