//! Follows a task to its end and tells which stops it came to.

use crate::context::{Flow, Halt};
use crate::signal::Signal;
use crate::tracee::{Resume, Running, Waited};

/// More stops than any program of ours comes to; reached only if a task goes round in circles.
const MOST_STOPS: usize = 100_000;

impl Running {
    /// Resumes the task at every stop in the same way, without a signal, until it is gone. Gives the stops in
    /// order and the end as the last entry, each in the words of [`crate::status::Stop`] and
    /// [`crate::status::Gone`].
    ///
    /// # Errors
    ///
    /// If a request is refused.
    pub fn follow(self, how: Resume) -> Flow<Vec<String>> {
        let mut stops = Vec::new();
        let mut running = self;
        while stops.len() < MOST_STOPS {
            match running.next()? {
                Waited::Stopped(stopped) => {
                    stops.push(stopped.stop.to_string());
                    running = stopped.resume(how, Signal::NONE)?;
                }
                Waited::Gone(_, gone) => {
                    stops.push(gone.to_string());
                    return Ok(stops);
                }
            }
        }
        Err(Halt::Broken(format!("no end after {MOST_STOPS} stops")))
    }
}
