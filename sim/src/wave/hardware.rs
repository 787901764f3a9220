//! What the hardware's own Verilog says of its states: names of values, and the signals that have them.

use std::collections::{BTreeMap, BTreeSet};

/// The hardware, with all blocks that there are.
const VERILOG: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../rtl/vcm_soc.v"));

/// An enumeration of the hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct States {
    /// Its type, such as `LookupStep`.
    pub(super) name: String,
    /// Values and their names.
    pub(super) values: BTreeMap<u64, String>,
    /// Names of the signals that are compared with them.
    pub(super) signals: BTreeSet<String>,
}

/// The enumerations of the hardware.
pub(super) fn states() -> Vec<States> {
    states_of(VERILOG)
}

/// `LookupStep_Idle`: the type, and the variant.
fn label(word: &str) -> Option<(&str, &str)> {
    let (name, variant) = word.split_once('_')?;
    // What is all in capitals is a constant.
    let camel = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.chars().any(|letter| letter.is_ascii_lowercase())
            && text.chars().all(|letter| letter.is_ascii_alphanumeric())
    };
    (camel(name) && camel(variant)).then_some((name, variant))
}

fn words(line: &str) -> Vec<&str> {
    line.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_'=".contains(letter)))
        .filter(|word| !word.is_empty())
        .collect()
}

fn states_of(verilog: &str) -> Vec<States> {
    let mut all: BTreeMap<String, States> = BTreeMap::new();
    let mut case = "";
    for line in verilog.lines() {
        let words = words(line);
        match words[..] {
            ["localparam", .., name, "=", value] => {
                let Some((name, variant)) = label(name) else {
                    continue;
                };
                let digits = value.split_once("'h").map(|(_, digits)| digits);
                let value = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
                let states = all.entry(name.to_owned()).or_default();
                states.name = name.to_owned();
                states
                    .values
                    .extend(value.map(|value| (value, variant.to_owned())));
            }
            ["case", signal] => case = signal,
            _ => {
                let labels = words.iter().enumerate();
                for (at, word) in labels {
                    let Some(states) = label(word).and_then(|(name, _)| all.get_mut(name)) else {
                        continue;
                    };
                    let signal = match at {
                        0 => Some(case),
                        _ if words[at - 1] == "==" => at.checked_sub(2).map(|at| words[at]),
                        // A default, or what is assigned: it is compared elsewhere.
                        _ => None,
                    };
                    let signal = signal.filter(|signal| !signal.is_empty());
                    states.signals.extend(signal.map(str::to_owned));
                }
            }
        }
    }
    all.into_values()
        .filter(|states| !states.values.is_empty() && !states.signals.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_from_the_verilog() {
        let all = states_of(
            "localparam [1:0] Step_Idle = 2'h0;\nlocalparam [1:0] Step_Go = 2'h2;\n\
             localparam [4:0] CODE_X = 5'h3;\nassign idle = (step_q == Step_Idle) & x;\n\
             case (other_q)\nStep_Go: begin\nstep_d = Step_Idle;\n",
        );
        let [states] = &all[..] else {
            panic!("{all:?}")
        };
        assert_eq!(states.name, "Step");
        let values: Vec<_> = states.values.iter().collect();
        assert_eq!(values, [(&0, &"Idle".to_owned()), (&2, &"Go".to_owned())]);
        let signals: Vec<_> = states.signals.iter().collect();
        assert_eq!(signals, ["other_q", "step_q"]);
    }

    #[test]
    fn the_hardware_has_a_lookup_with_steps() {
        let all = states();
        let lookup = all.iter().find(|states| states.name == "LookupStep");
        let lookup = lookup.expect("is there");
        assert_eq!(lookup.values.get(&0).map(String::as_str), Some("Idle"));
        assert!(lookup.signals.contains("state_q"), "{:?}", lookup.signals);
        for states in &all {
            assert!(states.values.len() > 1, "{states:?}");
        }
    }
}
