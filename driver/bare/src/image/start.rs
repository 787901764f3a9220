//! The first instructions: one processor, with a stack and empty variables, comes to `run`.

use core::arch::global_asm;

global_asm!(
    r#"
.arm
.section .text.start, "ax"
.global start
start:
    mrc p15, 0, r0, c0, c0, 5   @ MPIDR: one processor runs
    ands r0, r0, #3
1:  wfene
    bne 1b
    cpsid if
    cps #19                     @ supervisor mode
    ldr sp, =stack_top
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0  @ VBAR
    mrc p15, 0, r0, c1, c0, 0   @ SCTLR: V, I, A, C and M off
    bic r0, r0, #0x3000
    bic r0, r0, #7
    mcr p15, 0, r0, c1, c0, 0
    isb
    ldr r0, =bss_start
    ldr r1, =bss_end
    mov r2, #0
2:  cmp r0, r1
    strlo r2, [r0], #4
    blo 2b
    bl run
"#
);
