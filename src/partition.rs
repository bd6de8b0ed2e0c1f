//! Partition: one of several shares of a selection, so that machines can divide a run among them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Every `of`-th case, beginning with the `share`-th, as nextest's `count:m/n` counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    share: usize,
    of: usize,
}

impl Partition {
    /// The cases of this share, in their order.
    pub fn take<T>(self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip(self.share - 1).step_by(self.of).collect()
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Partition, String> {
        let wrong = || "must be SHARE/OF, such as 1/3, with SHARE from 1 to OF".to_owned();
        let (share, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
        let (share, of) = (number(share)?, number(of)?);
        if (1..=of).contains(&share) { Ok(Partition { share, of }) } else { Err(wrong()) }
    }
}

impl std::fmt::Display for Partition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.share, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_disjoint_and_make_up_the_whole() {
        let share = |text: &str| text.parse::<Partition>().unwrap().take((1..=7).collect());
        assert_eq!([share("1/3"), share("2/3"), share("3/3")], [vec![1, 4, 7], vec![2, 5], vec![3, 6]]);
        assert_eq!(share("1/1"), [1, 2, 3, 4, 5, 6, 7]);
        assert!(share("9/9").is_empty());
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["", "1", "0/2", "3/2", "0/0", "1/", "/2", "a/b", "-1/2", "1/2/3"] {
            text.parse::<Partition>().expect_err(text);
        }
    }
}
