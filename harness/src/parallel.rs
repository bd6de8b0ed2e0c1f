//! Work on many items, some at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Works on the items in order, `jobs` at a time, and hands over each result with the index of its item, on the
/// calling thread. `work` is told which of the jobs it runs in, from 0. Begins no further item once `go_on` says no.
///
/// # Errors
///
/// The first of `done`; what was begun is finished, and nothing else is begun.
pub fn each<T: Sync, R: Send, E>(
    jobs: usize,
    items: &[T],
    go_on: impl Fn() -> bool + Sync,
    work: impl Fn(usize, &T) -> R + Sync,
    mut done: impl FnMut(usize, R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let serve = |job: usize, results: mpsc::Sender<(usize, R)>| {
        while go_on()
            && let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(index)
            && results.send((index, work(job, item))).is_ok()
        {}
    };
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for job in 0..jobs.min(items.len()) {
            let (sender, serve) = (sender.clone(), &serve);
            scope.spawn(move || serve(job, sender));
        }
        drop(sender);
        results.into_iter().try_for_each(|(index, result)| done(index, result))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_knows_its_place() {
        let items: Vec<_> = (0..100).collect();
        let mut results = vec![0; items.len()];
        let keep = |index: usize, result| {
            results[index] = result;
            Ok::<_, ()>(())
        };
        each(3, &items, || true, |job, item| if job < 3 { item + 1000 } else { 0 }, keep).unwrap();
        assert_eq!(results, (1000..1100).collect::<Vec<_>>());
    }

    #[test]
    fn a_failure_ends_the_work() {
        let mut taken = 0;
        let fail = |_, ()| {
            taken += 1;
            Err("full")
        };
        assert_eq!(each(2, &[0; 1000], || true, |_, _| (), fail), Err("full"));
        assert_eq!(taken, 1);
    }

    #[test]
    fn nothing_is_begun_when_nobody_wants_it() {
        each(2, &[0; 10], || false, |_, _| (), |index, ()| Err(index)).unwrap();
    }
}
