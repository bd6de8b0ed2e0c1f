//! What audits proved: which checks of which clauses were seen failing, for each architecture.
//!
//! A check that no lie ever made fail may be one that cannot fail; a clause counts as covered only where a check of
//! it was executed and some check of it was seen failing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::audit::{Gist, Proved, Totals};
use crate::exit::Misuse;
use crate::output::Place;
use crate::report::Suite;
use crate::target::Target;

/// The file in the directory of evidence.
pub const PROOF: &str = "proof.json";

const SCHEMA: &str = "ptrace-conformance/proof/1";

/// One audit for each architecture, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    schema: String,
    suite: Suite,
    audits: BTreeMap<String, Audit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    target: Target,
    totals: Totals,
    proved: Proved,
}

impl Default for Proof {
    fn default() -> Proof {
        Proof { schema: SCHEMA.to_owned(), suite: Suite::this(), audits: BTreeMap::new() }
    }
}

impl Proof {
    /// From the text of its file.
    pub fn parse(text: &str) -> anyhow::Result<Proof> {
        let proof: Proof =
            serde_json::from_str(text).map_err(|error| Misuse(format!("it is no proof: {error}")))?;
        if proof.schema != SCHEMA {
            let known = format!("this version reads `{SCHEMA}`");
            return Err(Misuse(format!("its schema is `{}`, {known}", proof.schema)).into());
        }
        Ok(proof)
    }

    /// That of a directory of evidence; nothing is proved where there is none.
    pub fn read(dir: &Path) -> anyhow::Result<Proof> {
        let path = dir.join(PROOF);
        match std::fs::read_to_string(&path) {
            Ok(text) => Proof::parse(&text).with_context(|| format!("cannot read {}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Proof::default()),
            Err(error) => Err(Misuse(format!("cannot read {}: {error}", path.display())).into()),
        }
    }

    /// Keeps it there.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        Place::at(&dir.join(PROOF))?.write(&(serde_json::to_string_pretty(self)? + "\n"))
    }

    /// Takes a whole audit in, instead of an older one of the same architecture.
    pub fn take(&mut self, gist: Gist) -> Result<(), Misuse> {
        let Gist { target, complete, totals, proved, .. } = gist;
        if !complete {
            return Err(Misuse("this audit was interrupted; only a whole one can be kept".to_owned()));
        }
        self.suite = Suite::this();
        self.audits.insert(target.arch.clone(), Audit { target, totals, proved });
        Ok(())
    }

    /// The architectures on which one of these cases was seen failing for the clause.
    pub fn arches(&self, clause: &str, cases: &[String]) -> Vec<&str> {
        let by = |proved: &Proved| {
            proved.get(clause).is_some_and(|behaviours| cases.iter().any(|case| behaviours.contains(case)))
        };
        self.audits.iter().filter(|(_, audit)| by(&audit.proved)).map(|(arch, _)| arch.as_str()).collect()
    }

    /// What it has of this architecture and a newer audit has not: clauses with the behaviours that are not seen
    /// failing for them any more.
    pub fn lost(&self, gist: &Gist) -> Vec<String> {
        let none = BTreeSet::new();
        let kept = self.audits.get(&gist.target.arch).into_iter().flat_map(|audit| &audit.proved);
        let lost = |(clause, behaviours): (&String, &BTreeSet<String>)| {
            let now = gist.proved.get(clause).unwrap_or(&none);
            let lost = behaviours.difference(now);
            lost.map(|behaviour| format!("{clause} by {behaviour}")).collect::<Vec<_>>()
        };
        kept.flat_map(lost).collect()
    }
}

#[cfg(test)]
impl Proof {
    /// Every architecture that was audited, with its clauses and their behaviours.
    pub fn audits(&self) -> impl Iterator<Item = (&str, &Proved)> {
        self.audits.iter().map(|(arch, audit)| (arch.as_str(), &audit.proved))
    }

    /// One audit, of these clauses and behaviours.
    pub fn of(arch: &str, proved: &[(&str, &str)]) -> Proof {
        let mut target = crate::report::sample::report(&[]).target;
        target.arch = arch.to_owned();
        let mut proof = Proof::default();
        proof.take(Gist::of(target, proved)).unwrap();
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn gist(proved: &[(&str, &str)]) -> Gist {
        Gist::of(sample::report(&[]).target, proved)
    }

    #[test]
    fn it_survives_in_its_directory() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Proof::read(dir.path()).unwrap(), Proof::default());
        let mut proof = Proof::default();
        proof.take(gist(&[("stop.a", "f::one")])).unwrap();
        proof.write(dir.path()).unwrap();
        assert_eq!(Proof::read(dir.path()).unwrap(), proof);
        std::fs::write(dir.path().join(PROOF), "{").unwrap();
        assert!(
            format!("{:#}", Proof::read(dir.path()).expect_err("torn"))
                .contains("proof.json: it is no proof")
        );
    }

    #[test]
    fn a_newer_audit_takes_the_place_of_an_older_one() {
        let mut proof = Proof::default();
        proof.take(gist(&[("stop.a", "f::one"), ("stop.b", "f::one"), ("stop.b", "f::two")])).unwrap();
        let newer = gist(&[("stop.b", "f::two"), ("stop.c", "f::two")]);
        assert_eq!(proof.lost(&newer), ["stop.a by f::one", "stop.b by f::one"]);
        proof.take(newer).unwrap();
        let two = ["f::two".to_owned()];
        assert_eq!(proof.arches("stop.b", &two), ["x86_64"]);
        assert!(proof.arches("stop.b", &["f::one".to_owned()]).is_empty());
        assert!(proof.arches("stop.a", &two).is_empty());
        let partial = Gist { complete: false, ..gist(&[]) };
        assert!(proof.take(partial).expect_err("it is a part").to_string().contains("whole"));
    }
}
