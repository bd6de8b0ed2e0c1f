//! Which processor a thread runs on, and what it starts: a switch costs a fraction if both sides share theirs.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The calling thread.
const SELF: Pid = Pid::from_raw(0);

/// Keeps the calling thread, and all that it starts from now on, on one of the processors it may use: with as
/// many slots as processors, on one for each. Where the kernel refuses, nothing is changed.
pub fn pin(slot: usize) {
    let Ok(allowed) = sched_getaffinity(SELF) else { return };
    let cpus: Vec<_> = (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu) == Ok(true)).collect();
    let mut one = CpuSet::new();
    if !cpus.is_empty() && one.set(cpus[slot % cpus.len()]).is_ok() {
        let _ = sched_setaffinity(SELF, &one);
    }
}

/// Does some work pinned, and goes back to where the thread might run before.
pub fn pinned<T>(slot: usize, work: impl FnOnce() -> T) -> T {
    let before = sched_getaffinity(SELF);
    pin(slot);
    let done = work();
    if let Ok(before) = before {
        let _ = sched_setaffinity(SELF, &before);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> usize {
        let set = sched_getaffinity(SELF).unwrap();
        (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu) == Ok(true)).count()
    }

    #[test]
    fn a_pinned_thread_has_one_processor_and_gets_the_others_back() {
        let before = allowed();
        for slot in [0, 1, 1000] {
            assert_eq!(pinned(slot, allowed), 1);
        }
        assert_eq!(allowed(), before);
    }
}
