//! The smallest plan that still fails in the same way.

use super::plan::{Numbered, Plan};
use super::run::run;
use super::step::Step;

/// Leaves out of a plan what is not needed for it to fail by a failure of this kind: whole steps first,
/// then bursts. Makes at most `runs` runs, and calls `progress` after each with the number of steps left.
pub fn shrink(plan: &Plan, kind: &str, runs: u32, progress: &mut dyn FnMut(usize)) -> Plan {
    shrink_while(plan, runs, &mut |plan| {
        let failure = run(plan, None).failure;
        progress(plan.steps.len());
        failure.is_some_and(|failure| failure.kind == kind)
    })
}

fn shrink_while(plan: &Plan, runs: u32, fails: &mut dyn FnMut(&Plan) -> bool) -> Plan {
    let mut search = Search { left: runs, fails };
    let plan = search.fewer_steps(plan.clone());
    search.fewer_bursts(plan)
}

struct Search<'a> {
    /// Runs that may still be made.
    left: u32,
    fails: &'a mut dyn FnMut(&Plan) -> bool,
}

impl Search<'_> {
    fn fails(&mut self, plan: &Plan) -> bool {
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        (self.fails)(plan)
    }

    /// Leaves out runs of steps, long ones first.
    fn fewer_steps(&mut self, mut plan: Plan) -> Plan {
        let mut length = plan.steps.len().div_ceil(2);
        while length > 0 && self.left > 0 {
            let mut from = 0;
            while from < plan.steps.len() {
                let mut fewer = plan.clone();
                let until = (from + length).min(plan.steps.len());
                fewer.steps.drain(from..until);
                if self.fails(&fewer) {
                    plan = fewer;
                } else {
                    from += length;
                }
            }
            length /= 2;
        }
        plan
    }

    /// Halves what is sent, step by step.
    fn fewer_bursts(&mut self, mut plan: Plan) -> Plan {
        for index in 0..plan.steps.len() {
            while let Step::Send { bursts: 2.., .. } = plan.steps[index].step {
                let mut fewer = plan.clone();
                fewer.steps[index] = halved(fewer.steps[index]);
                if !self.fails(&fewer) {
                    break;
                }
                plan = fewer;
            }
        }
        plan
    }
}

fn halved(numbered: Numbered) -> Numbered {
    let bursts = match numbered.step {
        Step::Send { bursts, .. } => bursts / 2,
        _ => 0,
    };
    Numbered {
        step: numbered.step.with_at_most(bursts),
        ..numbered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_what_is_left() {
        let whole = Plan::new(11);
        let sends = whole.steps.iter().filter(|n| is_long(&n.step));
        let send = sends.clone().next_back().expect("a plan sends").number;
        let needed = |plan: &Plan| {
            let has = |number| plan.steps.iter().any(|n| n.number == number);
            let bursts = plan.steps.iter().find_map(|n| match n.step {
                Step::Send { bursts, .. } if n.number == send => Some(bursts),
                _ => None,
            });
            has(3) && has(17) && bursts.is_some_and(|bursts| bursts > 4)
        };
        assert!(needed(&whole));
        let small = shrink_while(&whole, 500, &mut { needed });
        let numbers: Vec<u32> = small.steps.iter().map(|n| n.number).collect();
        assert_eq!(numbers, [3, 17, send]);
        let Step::Send { bursts, .. } = small.steps[2].step else {
            panic!("{small:?}");
        };
        assert!((5..10).contains(&bursts), "{bursts}");
        assert_eq!(whole.keep(&small.kept()), small);
    }

    fn is_long(step: &Step) -> bool {
        matches!(step, Step::Send { bursts: 10.., .. })
    }

    #[test]
    fn no_more_runs_are_made_than_were_allowed() {
        let mut runs = 0;
        let mut fails = |_: &Plan| {
            runs += 1;
            runs % 3 == 0
        };
        shrink_while(&Plan::new(2), 25, &mut fails);
        assert_eq!(runs, 25);
    }
}
