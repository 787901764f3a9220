//! Functional coverage: which of the things that the scoreboard can tell apart have happened.
//!
//! | group | crosses |
//! |---|---|
//! | `translated` | page size × where the descriptors came from × direction × burst type |
//! | `passed` | bypassed or one-to-one × direction × burst type |
//! | `fault` | status × page size (where there is a page) × direction × burst type |
//! | `permission` | level × privileged × instruction × direction |
//! | `stalled` | status in a record that says `STALLED` × direction |
//! | `shape` | burst type × beat size × length × direction, of legal bursts |
//! | `invalidated` | command × with or without bursts under way |
//!
//! The micro-TLB and the main TLB cannot be told apart from the ports: `held` is both.
//!
//! Where `VCM_COVERAGE` names a folder, every scoreboard leaves a file there. [`Functional::merge`] puts
//! them together, and [`Functional::report`] says what has never happened. What cannot happen stands in
//! `excluded.csv`, with the reason.

mod collector;
mod excluded;
mod points;
mod structural;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

pub(crate) use collector::{Collector, Origin, Passage};
pub use excluded::{Exclusion, exclusions};
pub use structural::{ModuleCoverage, Place, Structural};

/// The variable that names the folder.
pub const FOLDER: &str = "VCM_COVERAGE";

/// How often each thing has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Functional {
    /// By name: the group, and a value of each of its dimensions.
    pub points: BTreeMap<String, u64>,
}

/// A file of a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: run the tests with {FOLDER} set to its folder", file.display())]
pub struct MergeError {
    /// The file, or the folder.
    pub file: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// What has been covered of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Points that have been hit.
    pub hit: usize,
    /// Points that can be hit.
    pub all: usize,
    /// Points that can be hit and have not been.
    pub missing: Vec<String>,
    /// Points that cannot be hit, it was thought, and have been.
    pub wrongly_excluded: Vec<String>,
}

impl Functional {
    /// Counts something.
    pub(crate) fn hit(&mut self, point: String) {
        *self.points.entry(point).or_default() += 1;
    }

    /// Both together.
    pub fn add(&mut self, other: &Self) {
        for (point, count) in &other.points {
            *self.points.entry(point.clone()).or_default() += count;
        }
    }

    /// Puts together all that scoreboards have left in a folder.
    ///
    /// # Errors
    /// [`MergeError`]: the folder, or a file in it, cannot be read.
    pub fn merge(folder: &Path) -> Result<Self, MergeError> {
        let error = |file: &Path, source| MergeError {
            file: file.to_owned(),
            source,
        };
        let mut all = Self::default();
        for entry in fs::read_dir(folder).map_err(|e| error(folder, e))? {
            let file = entry.map_err(|e| error(folder, e))?.path();
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(collector::PREFIX) && name.ends_with(".json") {
                let text = fs::read(&file).map_err(|e| error(&file, e))?;
                let part = serde_json::from_slice(&text).map_err(|e| error(&file, e.into()))?;
                all.add(&part);
            }
        }
        Ok(all)
    }

    /// What has been hit of each group.
    pub fn report(&self) -> Vec<Group> {
        let excluded = exclusions();
        let mut groups: Vec<Group> = Vec::new();
        for point in points::all() {
            let name = point.split(' ').next().unwrap_or_default();
            if groups.last().is_none_or(|group| group.name != name) {
                groups.push(Group {
                    name: name.to_owned(),
                    hit: 0,
                    all: 0,
                    missing: Vec::new(),
                    wrongly_excluded: Vec::new(),
                });
            }
            let Some(group) = groups.last_mut() else {
                continue;
            };
            let hit = self.points.contains_key(&point);
            if excluded.iter().any(|exclusion| exclusion.covers(&point)) {
                if hit {
                    group.wrongly_excluded.push(point);
                }
                continue;
            }
            group.all += 1;
            match hit {
                true => group.hit += 1,
                false => group.missing.push(point),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exclusion_is_of_something_and_has_a_reason() {
        let all = points::all();
        for exclusion in exclusions() {
            assert!(
                all.iter().any(|point| exclusion.covers(point)),
                "{exclusion:?}"
            );
            assert!(exclusion.reason.len() > 20, "{exclusion:?}");
        }
    }

    #[test]
    fn points_have_names_of_their_own() {
        let all = points::all();
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert!(all.len() > 300, "{}", all.len());
    }

    #[test]
    fn a_report_has_what_was_never_hit_and_what_was_excluded_wrongly() {
        let mut functional = Functional::default();
        functional.hit("passed bypass read INCR".to_owned());
        functional.hit("translated Section second read INCR".to_owned());
        let report = functional.report();
        let group = |name: &str| report.iter().find(|group| group.name == name).unwrap();
        assert_eq!((group("passed").hit, group("passed").all), (1, 12));
        assert_eq!(group("passed").missing.len(), 11);
        assert_eq!(
            group("translated").wrongly_excluded,
            ["translated Section second read INCR"]
        );
    }

    #[test]
    fn what_was_left_in_a_folder_is_put_together() {
        let folder = tempfile::tempdir().unwrap();
        for count in [1, 2] {
            let mut part = Functional::default();
            for _ in 0..count {
                part.hit("passed bypass read INCR".to_owned());
            }
            collector::leave(&part, folder.path()).unwrap();
        }
        fs::write(folder.path().join("other.txt"), "no").unwrap();
        let all = Functional::merge(folder.path()).unwrap();
        assert_eq!(all.points["passed bypass read INCR"], 3);
        let broken = folder.path().join("functional-0-x.json");
        fs::write(&broken, "{").unwrap();
        let error = Functional::merge(folder.path()).unwrap_err();
        assert!(error.to_string().contains("functional-0-x.json"));
    }
}
