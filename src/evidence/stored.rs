//! The stored forms: a report whose records stand elsewhere, and the records, each known by its digest.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::Arc;

use anyhow::Context;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::all_variants;
use ptrace_conformance_harness::record::{CaseRecord, Observation, Verdict};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::exit::Misuse;
use crate::report::{Report, Suite, Totals};
use crate::target::Target;

/// The version of a target's file.
pub const SCHEMA: &str = "ptrace-conformance/evidence/1";
/// The version of the file that the targets share.
pub const RECORDS_SCHEMA: &str = "ptrace-conformance/records/1";

/// A report without its records.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    schema: String,
    suite: Suite,
    target: Target,
    complete: bool,
    totals: Totals,
    /// By behaviour: the digest of each record, and the variants that gave it.
    cases: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Every distinct observation and every distinct record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    schema: String,
    observations: BTreeMap<String, Observation>,
    records: BTreeMap<String, Recorded>,
}

/// Records by digest, as they stand in reports but for the names of cases: put together once for all reports.
pub type Whole<'a> = HashMap<&'a str, CaseRecord>;

/// A record without the name of its case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    verdict: Verdict,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    reason: String,
    clauses: Arc<[String]>,
    /// Digests of the observations, in order.
    observations: Vec<String>,
}

impl Default for Records {
    fn default() -> Records {
        let schema = RECORDS_SCHEMA.to_owned();
        Records { schema, observations: BTreeMap::new(), records: BTreeMap::new() }
    }
}

/// The name by which a piece of evidence is known: it follows from what it says, so that it never changes.
fn digest<T: Serialize>(what: &T) -> anyhow::Result<String> {
    let hash = Sha256::digest(serde_json::to_vec(what).context("cannot write a record as JSON")?);
    Ok(hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect())
}

/// Adds something under its digest; what stands there already must be the same.
fn add<T: Serialize + PartialEq>(table: &mut BTreeMap<String, T>, what: T) -> anyhow::Result<String> {
    let name = digest(&what)?;
    match table.get(&name) {
        Some(known) if *known != what => anyhow::bail!("two different records have the digest {name}"),
        Some(_) => {}
        None => drop(table.insert(name.clone(), what)),
    }
    Ok(name)
}

impl Records {
    /// Takes in a case's record and says by which name it is known.
    fn add(&mut self, record: &CaseRecord) -> anyhow::Result<String> {
        let seen = record.observations.iter().cloned();
        let observations = seen.map(|seen| add(&mut self.observations, seen)).collect::<Result<_, _>>()?;
        let CaseRecord { verdict, reason, clauses, .. } = record.clone();
        add(&mut self.records, Recorded { verdict, reason, clauses, observations })
    }

    /// Each record that has all its observations, for a case without a name.
    pub fn whole(&self) -> Whole<'_> {
        let seen = |digest: &String| self.observations.get(digest).cloned();
        let whole = |record: &Recorded| {
            let Recorded { verdict, reason, clauses, observations } = record.clone();
            let observations = observations.iter().map(seen).collect::<Option<_>>()?;
            let (name, journal) = (String::new(), Vec::new());
            Some(CaseRecord { name, verdict, reason, clauses, observations, journal })
        };
        self.records.iter().filter_map(|(digest, record)| Some((&**digest, whole(record)?))).collect()
    }

    /// Takes in all of the other one.
    pub fn join(&mut self, other: Records) -> anyhow::Result<()> {
        other.observations.into_values().try_for_each(|seen| add(&mut self.observations, seen).map(drop))?;
        other.records.into_values().try_for_each(|record| add(&mut self.records, record).map(drop))
    }

    /// Its JSON: one line for each observation and each record.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let mut text = format!("{{\n  \"schema\": {},\n", serde_json::to_string(&self.schema)?);
        text += &format!("  \"observations\": {},\n", lines(&self.observations)?);
        text += &format!("  \"records\": {}\n}}\n", lines(&self.records)?);
        Ok(text)
    }

    /// Reads its JSON, or says what is wrong with it.
    pub fn parse(text: &str) -> anyhow::Result<Records> {
        let records: Records = serde_json::from_str(text).map_err(|error| Misuse(unreadable(&error)))?;
        for (name, right) in records.digests()? {
            if *name != right {
                return Err(Misuse(format!("`{name}` does not say what it said when it was stored")).into());
            }
        }
        Ok(records)
    }

    /// For each name the digest of what stands there.
    fn digests(&self) -> anyhow::Result<Vec<(&String, String)>> {
        let observations = self.observations.iter().map(|(name, seen)| Ok((name, digest(seen)?)));
        observations.chain(self.records.iter().map(|(name, record)| Ok((name, digest(record)?)))).collect()
    }
}

impl Stored {
    /// A report with its records taken out.
    pub fn of(report: &Report, records: &mut Records) -> anyhow::Result<Stored> {
        let mut cases: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        for record in &report.cases {
            let (behaviour, variant) = record.name.rsplit_once("::").unwrap_or(("", &record.name));
            let digest = records.add(record)?;
            cases
                .entry(behaviour.to_owned())
                .or_default()
                .entry(digest)
                .or_default()
                .push(variant.to_owned());
        }
        Ok(Stored {
            schema: SCHEMA.to_owned(),
            suite: report.suite.clone(),
            target: report.target.clone(),
            complete: report.complete,
            totals: report.totals.clone(),
            cases,
        })
    }

    /// The report with its records back in place, in the suite's order.
    pub fn report(self, records: &Whole<'_>) -> anyhow::Result<Report> {
        let Stored { suite, target, complete, totals, cases: stored, .. } = self;
        let mut cases = Vec::new();
        for (behaviour, recorded) in stored {
            for (digest, variants) in recorded {
                for variant in variants {
                    let name = format!("{behaviour}::{variant}");
                    let record = records.get(&*digest).ok_or_else(|| {
                        Misuse(format!("`{digest}`, the record of {behaviour}, is not in records.json"))
                    })?;
                    cases.push(CaseRecord { name, ..record.clone() });
                }
            }
        }
        in_the_suites_order(&mut cases);
        let (schema, times) = (crate::report::SCHEMA.to_owned(), None);
        Report { schema, suite, target, complete, cases, totals, times }.checked()
    }

    /// Its JSON: one line for each behaviour.
    pub fn into_json(mut self) -> anyhow::Result<String> {
        let cases = lines(&std::mem::take(&mut self.cases))?;
        let head = serde_json::to_string_pretty(&self).context("cannot write a report as JSON")?;
        Ok(head.replace("\"cases\": {}", &format!("\"cases\": {cases}")) + "\n")
    }

    /// Reads its JSON, or says what is wrong with it.
    pub fn parse(text: &str) -> anyhow::Result<Stored> {
        serde_json::from_str(text).map_err(|error| Misuse(unreadable(&error)).into())
    }
}

fn unreadable(error: &serde_json::Error) -> String {
    if error.is_eof() {
        format!("it is torn: the JSON ends too early ({error})")
    } else {
        format!("it does not follow its schema: {error}")
    }
}

/// A JSON object with one line for each of its members.
fn lines<T: Serialize>(table: &BTreeMap<String, T>) -> anyhow::Result<String> {
    let mut text = "{".to_owned();
    for (at, (name, value)) in table.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let (name, value) = (serde_json::to_string(name)?, serde_json::to_string(value)?);
        write!(text, "{comma}\n    {name}: {value}").context("cannot write JSON")?;
    }
    Ok(text + "\n  }")
}

/// Sorts as the suite lists its cases; what it does not know comes last, by name.
fn in_the_suites_order(cases: &mut [CaseRecord]) {
    let order: BTreeMap<_, _> =
        all_variants(FAMILIES).into_iter().zip(0..).map(|((name, _), at)| (name, at)).collect();
    cases.sort_by_cached_key(|record| {
        (order.get(&record.name).copied().unwrap_or(usize::MAX), record.name.clone())
    });
}
