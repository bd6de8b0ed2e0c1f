//! The gist of an audit's JSON: which checks were seen failing. It can be read again, and kept as evidence.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::exit::Misuse;
use crate::report;
use crate::select::behaviour;
use crate::target::Target;

/// The version of the findings' JSON.
pub const SCHEMA: &str = "ptrace-conformance/audit/2";

/// What the schema of each version begins with.
const SCHEMA_NAME: &str = "ptrace-conformance/audit/";

/// By clause: the behaviours, `family::behaviour`, whose checks of it were seen failing.
pub type Proved = BTreeMap<String, BTreeSet<String>>;

/// What [`Proof`](crate::evidence::Proof) keeps of an audit.
#[derive(Debug, Deserialize)]
pub struct Gist {
    /// Which kernel was made to lie.
    pub target: Target,
    /// Whether all planned cases are in it.
    pub complete: bool,
    /// The clauses.
    pub proved: Proved,
    cases: Vec<Case>,
}

/// A case that was audited.
#[derive(Debug, Deserialize)]
struct Case {
    name: String,
}

impl Gist {
    /// From the JSON of an audit; nothing if it is some other document.
    pub fn read(text: &str) -> anyhow::Result<Option<Gist>> {
        let schema = report::schema(text).ok().flatten();
        let Some(schema) = schema.filter(|schema| schema.starts_with(SCHEMA_NAME)) else { return Ok(None) };
        if schema != SCHEMA {
            return Err(Misuse(format!("its schema is `{schema}`, this version reads `{SCHEMA}`")).into());
        }
        let gist = serde_json::from_str(text).map_err(|error| Misuse(format!("it is no audit: {error}")))?;
        Ok(Some(gist))
    }

    /// The behaviours of which it tells.
    pub fn behaviours(&self) -> BTreeSet<&str> {
        self.cases.iter().map(|case| behaviour(&case.name)).collect()
    }
}

#[cfg(test)]
impl Gist {
    /// That of a whole audit, with these clauses and behaviours.
    pub fn of(target: Target, proved: &[(&str, &str)]) -> Gist {
        let mut by_clause = Proved::new();
        for (clause, behaviour) in proved {
            by_clause.entry((*clause).to_owned()).or_default().insert((*behaviour).to_owned());
        }
        let cases =
            proved.iter().map(|(_, behaviour)| Case { name: format!("{behaviour}::seize") }).collect();
        Gist { target, complete: true, proved: by_clause, cases }
    }
}

#[cfg(test)]
mod tests {
    use super::super::findings::tests::findings;
    use super::*;

    #[test]
    fn its_gist_can_be_read_again() {
        let text = findings().json().unwrap();
        let gist = Gist::read(&text).unwrap().unwrap();
        assert!(!gist.complete);
        assert_eq!(gist.proved, findings().proved());
        let bad = |text: &str| Gist::read(text).expect_err("no audit").to_string();
        assert!(bad(&text.replace("audit/2", "audit/1")).contains("this version reads"));
        assert!(bad(&text.replace("proved", "disproved")).starts_with("it is no audit: "));
        assert!(Gist::read(&text.replace("audit/2", "report/1")).unwrap().is_none());
    }
}
