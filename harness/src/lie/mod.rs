//! The lying kernel: what a wrong kernel would answer, one falsehood in one answer of one run.
//!
//! A suite is worth what its checks notice. Every answer of the kernel comes through [`crate::kernel`]; there a
//! liar may replace one fact of one answer by another. Lies are typed ([`Fact`]), enumerable (an honest run lists
//! them as [`Offer`]s), named, and the same on every run: `answer 7: event message + 1`.

mod answers;
mod fact;
mod falsehoods;
mod liar;

pub use answers::{Place, of_memory, of_request, read, write};
pub use fact::{Fact, Word};
pub use falsehoods::falsehoods;
pub use liar::{Liar, Noticed};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One lie, in the answer of this number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lie {
    /// Which answer of the run, from 1.
    pub answer: usize,
    /// What is said of it: `event message + 1`.
    pub what: String,
}

impl fmt::Display for Lie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answer {}: {}", self.answer, self.what)
    }
}

impl FromStr for Lie {
    type Err = String;

    fn from_str(text: &str) -> Result<Lie, String> {
        let lie = text.strip_prefix("answer ").and_then(|rest| {
            let (number, what) = rest.split_once(": ")?;
            Some(Lie { answer: number.parse().ok()?, what: what.to_owned() })
        });
        lie.ok_or_else(|| format!("`{text}` names no lie; they look like `answer 7: event message + 1`"))
    }
}

/// What can be falsified in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which answer of the run, from 1.
    pub answer: usize,
    /// To what question, such as `PTRACE_GETEVENTMSG` or `wait`.
    pub question: String,
    /// What each lie says.
    pub lies: Vec<String>,
    /// Why the case does not care about this answer, if it has said so.
    pub unspecified: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_go_by_their_names() {
        let lie = Lie { answer: 7, what: "event message + 1".to_owned() };
        assert_eq!(lie.to_string(), "answer 7: event message + 1");
        assert_eq!("answer 7: event message + 1".parse(), Ok(lie));
        for wrong in ["", "answer 7", "answer x: y", "7: y"] {
            assert!(wrong.parse::<Lie>().is_err(), "{wrong}");
        }
    }
}
