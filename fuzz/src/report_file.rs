//! The report reader.

use crate::exit::Misuse;
use crate::report::Report;

/// Reads this as a report: it is refused with a reason that names the user's input, or it says the same when
/// it is written and read again.
pub fn check(input: &str) {
    match Report::parse(input) {
        Ok(report) => {
            let text = report.to_json().expect("a report can be written");
            assert_eq!(Report::parse(&text).expect("what was written is read"), report);
        }
        Err(error) => assert!(error.is::<Misuse>() && !error.to_string().is_empty()),
    }
}
