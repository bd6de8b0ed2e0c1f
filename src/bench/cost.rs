//! What the suite costs against the floor: the same spawns, stops and requests as bare system calls.
//!
//! `cargo bench` prints the price of each bare operation, how many of them the suite makes, their sum, and
//! the time that one worker really took. Everything runs on one core in turn, as a worker and its tracees do.
#![expect(unsafe_code, reason = "the floor is made of bare system calls")]

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Variant, all_variants};
use ptrace_conformance_harness::image::Image;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, note, options};
use ptrace_conformance_harness::spawn::{Opening, spawn};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::worker;
use std::collections::BTreeSet;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Times that each bare operation is repeated in a round.
const TIMES: u32 = 2000;
/// Rounds; the fastest counts, being the least disturbed.
const ROUNDS: usize = 5;

/// Prices of bare operations, or how many of them there are.
#[derive(Clone, Copy, Debug, Default)]
struct Each<T> {
    /// clone(2), execve(2), start-up, one stop, exit, wait4(2).
    spawn: T,
    /// A task that a program makes: fork(2), its first stop, exit, wait4(2); the stops apart.
    task: T,
    /// A resume and the wait for the next stop.
    stop: T,
    /// A request that does not resume.
    request: T,
}

fn main() -> Result<(), Box<dyn Error>> {
    worker::serve_if_asked(FAMILIES);
    let cases = all_variants(FAMILIES);
    let all_workers = timed(&cases, Settings::default());
    pin_to_first_cpu();
    let counts = count(&cases);
    let took = timed(&cases, Settings { jobs: 1, ..Settings::default() });
    let price = floor()?;
    let (tracees, tasks) = (price.spawn * counts.spawn, price.task * counts.task);
    let sum = tracees + tasks + price.stop * counts.stop + price.request * counts.request;
    println!("bare spawn to exit   {:>9.2?} x {:>6}", price.spawn, counts.spawn);
    println!("bare fork to exit    {:>9.2?} x {:>6}", price.task, counts.task);
    println!("bare stop and wait   {:>9.2?} x {:>6}", price.stop, counts.stop);
    println!("bare request         {:>9.2?} x {:>6}", price.request, counts.request);
    println!("floor, the sum       {sum:>9.2?}");
    println!("suite on one worker  {took:>9.2?}, {:.2?} a case", took / cases.len() as u32);
    println!(
        "suite on all workers {all_workers:>9.2?}, {:.0} cases a second",
        per_second(&cases, all_workers)
    );
    println!("ratio to the floor   {:>9.2}", took.as_secs_f64() / sum.as_secs_f64());
    Ok(())
}

fn per_second(cases: &[(String, Variant)], took: Duration) -> f64 {
    cases.len() as f64 / took.as_secs_f64()
}

/// What the suite asks of the kernel, counted in its journals.
fn count(cases: &[(String, Variant)]) -> Each<u32> {
    let pool = Pool::new(Settings { jobs: 1, journal: true, ..Settings::default() });
    let mut counts = Each::default();
    pool.run_all(cases, |_, done| {
        let lines = || done.record.journal.iter();
        let resumes = lines().filter(|line| resumes(line)).count() as u32;
        counts.stop += resumes;
        counts.request += lines().filter(|line| line.contains(": PTRACE_")).count() as u32 - resumes;
        let waited: BTreeSet<_> = lines().filter_map(|line| line.split_once(": wait -> status")).collect();
        let tasks: BTreeSet<_> = waited.into_iter().map(|(task, _)| task).collect();
        let tracees = tasks.iter().filter(|task| ["tracee", "fresh"].contains(task)).count();
        counts.spawn += tracees as u32;
        counts.task += (tasks.len() - tracees) as u32;
    });
    counts
}

fn resumes(line: &str) -> bool {
    ["CONT", "SYSCALL", "SINGLESTEP", "SYSEMU", "SYSEMU_SINGLESTEP", "DETACH"].iter().any(|verb| {
        line.contains(&format!(": PTRACE_{verb} ")) || line.contains(&format!(": PTRACE_{verb},"))
    })
}

/// The fastest of some runs of the whole suite, workers already started.
fn timed(cases: &[(String, Variant)], settings: Settings) -> Duration {
    let pool = Pool::new(settings);
    let run = || {
        let started = Instant::now();
        pool.run_all(cases, |_, done| {
            black_box(done);
        });
        started.elapsed()
    };
    run();
    (0..ROUNDS).map(|_| run()).min().unwrap_or_default()
}

/// The bare prices on this machine.
fn floor() -> Result<Each<Duration>, Box<dyn Error>> {
    let image = Image::new()?;
    let spawn = fastest(|| {
        let pid = at_gate(&image, |p| {
            p.exit(0);
        })?;
        ask(Request::CONT, pid, 0);
        wait(pid);
        Ok(())
    })?;
    let pid = at_gate(&image, |p| {
        p.call(Syscall::GETPID, &[0; 0]);
        p.again();
    })?;
    let stop = fastest(|| {
        ask(Request::SYSCALL, pid, 0);
        wait(pid);
        Ok(())
    })?;
    let mut message = 0u64;
    let request = fastest(|| {
        ask(Request::GETEVENTMSG, pid, (&raw mut message) as u64);
        Ok(())
    })?;
    ask(Request::KILL, pid, 0);
    wait(pid);
    let forking = fastest(|| fork_to_exit(&image))?;
    let task = forking.saturating_sub(spawn + stop * 3 + request * 2);
    Ok(Each { spawn, task, stop, request })
}

/// A tracee that forks: three stops and two requests more than one that only exits, and the child itself.
fn fork_to_exit(image: &Image) -> Result<(), Box<dyn Error>> {
    let pid = at_gate(image, |p| {
        p.fork("child", |p| {
            p.exit(0);
        });
        p.exit(0);
    })?;
    ask(Request::SETOPTIONS, pid, options::TRACEFORK.into());
    ask(Request::CONT, pid, 0);
    wait(pid);
    let mut child = 0u64;
    ask(Request::GETEVENTMSG, pid, (&raw mut child) as u64);
    let child = i32::try_from(child)?;
    wait(child);
    ask(Request::CONT, child, 0);
    wait(child);
    ask(Request::CONT, pid, 0);
    wait(pid);
    ask(Request::CONT, pid, 0);
    wait(pid);
    // Its parent never waited for it: now it is ours, as sub-reaper.
    wait(child);
    Ok(())
}

/// A tracee that runs this program, stopped in front of its first step.
fn at_gate(image: &Image, program: fn(&mut Program)) -> Result<i32, Box<dyn Error>> {
    image.load(&Program::new(program).encode()?);
    let pid = spawn(image, Opening::Traceme)?;
    wait(pid);
    if label::GATE + arch::BREAKPOINT_ADVANCE != label::GATE_RETURN {
        step_over_gate(pid);
    }
    Ok(pid)
}

/// Where a breakpoint leaves the instruction pointer in front of itself.
fn step_over_gate(pid: i32) {
    let mut words = [0u64; arch::NAMES.len()];
    let vector = libc::iovec { iov_base: words.as_mut_ptr().cast(), iov_len: size_of_val(&words) };
    for request in [Request::GETREGSET, Request::SETREGSET] {
        // SAFETY: the vector describes `words`.
        black_box(unsafe {
            libc::syscall(libc::SYS_ptrace, request.0, pid, note::PRSTATUS, &raw const vector)
        });
        words[arch::IP] = label::GATE_RETURN;
    }
}

fn fastest(mut operation: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..TIMES {
            operation()?;
        }
        best = best.min(started.elapsed() / TIMES);
    }
    Ok(best)
}

fn ask(request: Request, pid: i32, data: u64) {
    // SAFETY: `data` is a number, or points to a word that outlives the call.
    black_box(unsafe { libc::syscall(libc::SYS_ptrace, request.0, pid, 0, data) });
}

fn wait(pid: i32) {
    let mut status = 0;
    // SAFETY: the status is ours.
    black_box(unsafe { libc::waitpid(pid, &raw mut status, libc::__WALL) });
}

/// As workers do; without the right to it the figures are merely less steady.
fn pin_to_first_cpu() {
    // SAFETY: no memory but a set of bits of our own.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(0, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
}
