//! `check`: the AXI checkers, over a recording.

use crate::arguments::Check;
use crate::output::{self, line, moment};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Check) -> Result<bool, String> {
    let wave = arguments.file.open()?;
    output::found(&wave);
    let bar = Bar::of(&wave);
    let checked = wave.check().map_err(|error| output::chain(&error));
    drop(bar);
    let (findings, ending) = checked?;
    let mut clean = true;
    for found in &findings {
        let port = &wave.layout().ports[found.port];
        let base = wave.timebase(port.clock);
        for violation in &found.violations {
            let when = moment(&base, violation.cycle);
            let (side, rule, details) = (violation.side, violation.rule, &violation.details);
            line(&format!(
                "{}: {when}: {side} breaks {rule}: {details}",
                port.name
            ));
        }
        for (channel, field, cycle, count) in &found.unknown {
            let name = channel.name();
            let field = field.name().to_uppercase();
            let when = moment(&base, *cycle);
            line(&format!(
                "{}: {when}: {name}{field} is X or Z, {count} times in all",
                port.name
            ));
        }
        let broken = match found.total {
            0 => "no rule broken".to_owned(),
            total => format!("{total} times a rule broken"),
        };
        let before = match found.of_before {
            0 => String::new(),
            count => format!(", {count} answers to what was before the recording"),
        };
        line(&format!(
            "{}: {} cycles, {broken}{before}",
            port.name, found.cycles
        ));
        clean &= found.total == 0 && found.unknown.is_empty();
    }
    Ok(output::ended(&wave, &ending) && clean)
}
