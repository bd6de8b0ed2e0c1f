//! What audits proved: which checks of which clauses were seen failing, for each architecture.
//!
//! A check that no lie ever made fail may be one that cannot fail; a clause counts as covered only where a check of
//! it was executed and some check of it was seen failing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::audit::{Gist, Proved};
use crate::exit::Misuse;
use crate::output::Place;
use crate::report::Suite;
use crate::target::Target;

/// The file in the directory of evidence.
pub const PROOF: &str = "proof.json";

const SCHEMA: &str = "ptrace-conformance/proof/2";

/// What was proved on each kind of target, such as `qemu-aarch64`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    schema: String,
    suite: Suite,
    audits: BTreeMap<String, Audit>,
}

/// All audits of one kind of target, the newest of each behaviour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    /// Of the newest audit.
    target: Target,
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

    /// Takes an audit in: what it says of its behaviours stands instead of what older ones of such a target said.
    pub fn take(&mut self, gist: Gist) -> Result<(), Misuse> {
        if !gist.complete {
            return Err(Misuse("this audit was interrupted; only a whole one can be kept".to_owned()));
        }
        self.suite = Suite::this();
        let audit = self
            .audits
            .entry(kind(&gist.target))
            .or_insert_with(|| Audit { target: gist.target.clone(), proved: Proved::new() });
        let behaviours = gist.behaviours();
        for old in audit.proved.values_mut() {
            old.retain(|behaviour| !behaviours.contains(behaviour.as_str()));
        }
        for (clause, new) in &gist.proved {
            audit.proved.entry(clause.clone()).or_default().extend(new.iter().cloned());
        }
        audit.proved.retain(|_, behaviours| !behaviours.is_empty());
        audit.target = gist.target;
        Ok(())
    }

    /// Forgets what was proved of cases that are no more.
    pub fn forget_all_but(&mut self, behaviours: &HashSet<&str>) {
        for audit in self.audits.values_mut() {
            audit
                .proved
                .values_mut()
                .for_each(|proved| proved.retain(|one| behaviours.contains(one.as_str())));
            audit.proved.retain(|_, proved| !proved.is_empty());
        }
    }

    /// The architectures on which one of these cases was seen failing for the clause.
    pub fn arches(&self, clause: &str, cases: &[String]) -> Vec<&str> {
        let by = |proved: &Proved| {
            proved.get(clause).is_some_and(|behaviours| cases.iter().any(|case| behaviours.contains(case)))
        };
        let proving = self.audits.values().filter(|audit| by(&audit.proved));
        proving.map(|audit| audit.target.arch.as_str()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What it has of such a target and a newer audit of the same behaviours has not: clauses with the behaviours that
    /// are not seen failing for them any more.
    pub fn lost(&self, gist: &Gist) -> Vec<String> {
        let none = BTreeSet::new();
        let again = gist.behaviours();
        let kept = self.audits.get(&kind(&gist.target)).into_iter().flat_map(|audit| &audit.proved);
        let lost = |(clause, behaviours): (&String, &BTreeSet<String>)| {
            let now = gist.proved.get(clause).unwrap_or(&none);
            let lost = behaviours.difference(now).filter(|behaviour| again.contains(behaviour.as_str()));
            lost.map(|behaviour| format!("{clause} by {behaviour}")).collect::<Vec<_>>()
        };
        kept.flat_map(lost).collect()
    }
}

/// What tells targets apart whose audits stand beside each other.
fn kind(target: &Target) -> String {
    format!("{}-{}", target.platform, target.arch)
}

#[cfg(test)]
impl Proof {
    /// Every architecture that was audited, with clauses and their behaviours; once for each kind of target.
    pub fn audits(&self) -> impl Iterator<Item = (&str, &Proved)> {
        self.audits.values().map(|audit| (audit.target.arch.as_str(), &audit.proved))
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
        assert!(proof.lost(&newer).is_empty(), "of another behaviour nothing is said");
        let poorer = gist(&[("stop.a", "f::one")]);
        assert_eq!(proof.lost(&poorer), ["stop.b by f::one"]);
        proof.take(newer).unwrap();
        proof.take(poorer).unwrap();
        let (one, two) = (["f::one".to_owned()], ["f::two".to_owned()]);
        assert_eq!(proof.arches("stop.a", &one), ["x86_64"]);
        assert_eq!(proof.arches("stop.c", &two), ["x86_64"]);
        assert!(proof.arches("stop.b", &one).is_empty());
        proof.forget_all_but(&["f::one"].into());
        assert!(proof.arches("stop.c", &two).is_empty());
        assert_eq!(proof.arches("stop.a", &one), ["x86_64"]);
        let mut partial = gist(&[]);
        partial.complete = false;
        assert!(proof.take(partial).expect_err("it is a part").to_string().contains("whole"));
    }

    #[test]
    fn kinds_of_targets_stand_beside_each_other() {
        let mut proof = Proof::default();
        proof.take(gist(&[("stop.a", "f::one")])).unwrap();
        let mut guest = gist(&[("stop.b", "f::one")]);
        guest.target.platform = "qemu".to_owned();
        assert!(proof.lost(&guest).is_empty());
        proof.take(guest).unwrap();
        let one = ["f::one".to_owned()];
        assert_eq!([proof.arches("stop.a", &one), proof.arches("stop.b", &one)], [["x86_64"], ["x86_64"]]);
    }
}
