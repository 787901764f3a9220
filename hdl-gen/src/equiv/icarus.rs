//! The Icarus side: a Verilog bench that reads the vectors and checks the outputs itself.

use std::process::Command;

use super::bench::{Bench, DESIGN, VECTORS};
use super::error::{Error, Simulator};
use super::tool;

const BENCH: &str = "bench.v";
const PROGRAM: &str = "bench.vvp";

pub(super) fn run(bench: &Bench) -> Result<(), Error> {
    bench.write(BENCH, &text(bench))?;
    // Legal Verilog-2001, and run as SystemVerilog: there an initial value in a declaration is no
    // event, so that a process which waits for one would never run.
    for (standard, target) in [("-g2001", "null"), ("-g2012", "vvp")] {
        let mut compile = Command::new("iverilog");
        compile.args([standard, "-t", target, "-s", "equivalence_bench"]);
        compile.args(["-o", PROGRAM, DESIGN, BENCH]);
        tool::silent(&mut compile, &bench.directory)?;
    }
    let output = tool::success(Command::new("vvp").args(["-n", PROGRAM]), &bench.directory)?;
    bench.verdict(Simulator::Icarus, &output)
}

fn text(bench: &Bench) -> String {
    let mut declarations = String::new();
    let mut pins = Vec::new();
    let mut read = Vec::new();
    let mut checks = String::new();
    if let Some(clock) = bench.clock {
        declarations += "    reg clock = 0;\n";
        pins.push(format!(".{clock}(clock)"));
    }
    for (i, port) in bench.ports.iter().enumerate() {
        let top = port.width - 1;
        pins.push(format!(".{}(p{i})", port.name));
        if port.input {
            declarations += &format!("    reg [{top}:0] p{i};\n");
            read.push(format!("p{i}"));
        } else {
            declarations += &format!("    wire [{top}:0] p{i};\n    reg [{top}:0] e{i};\n");
            read.push(format!("e{i}"));
            checks += &format!(
                "            if (p{i} !== e{i}) begin $display(\"MISMATCH %0d {i} %h\", cycle, p{i}); $finish; end\n"
            );
        }
    }
    let format = vec!["%h"; read.len()].join(" ");
    let (rise, fall) = match bench.clock {
        Some(_) => ("clock = 1;", "clock = 0;"),
        None => ("", ""),
    };
    let cycles = bench.cycles();
    let count = read.len();
    format!(
        "`timescale 1ns/1ns
module equivalence_bench;
{declarations}    integer file, cycle, count;
    {} dut ({});
    initial begin
        file = $fopen(\"{VECTORS}\", \"r\");
        #1; // the inputs change, from nothing, when every process waits for it
        for (cycle = 0; cycle < {cycles}; cycle = cycle + 1) begin
            count = $fscanf(file, \"{format}\\n\", {});
            if (count != {count}) begin $display(\"cycle %0d: %0d values\", cycle, count); $finish; end
            {fall}
            #5;
{checks}            {rise}
            #5;
        end
        $display(\"DONE {cycles}\");
        $finish;
    end
endmodule
",
        bench.name,
        pins.join(", "),
        read.join(", "),
    )
}
