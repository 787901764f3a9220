//! What cannot happen.

/// The file: a point a line, `*` for any value of a dimension, and the reason.
const FILE: &str = include_str!("excluded.csv");

/// Points that cannot be hit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The points; `*` stands for any value.
    pub points: String,
    /// Why they cannot be hit.
    pub reason: String,
}

impl Exclusion {
    /// Whether a point is one of these.
    pub fn covers(&self, point: &str) -> bool {
        let (mut mine, mut others) = (self.points.split(' '), point.split(' '));
        loop {
            match (mine.next(), others.next()) {
                (None, None) => return true,
                (Some(mine), Some(other)) if mine == "*" || mine == other => {}
                _ => return false,
            }
        }
    }
}

/// All that is excluded.
pub fn exclusions() -> Vec<Exclusion> {
    let lines = FILE.lines().skip(1);
    let read = |line: &str| {
        let (points, reason) = line.split_once(';')?;
        Some(Exclusion {
            points: points.trim().to_owned(),
            reason: reason.trim().to_owned(),
        })
    };
    lines.filter_map(read).collect()
}
