//! The vectors (DDI 0406C B1.8): a data abort is looked at, and the program goes on or is reported; all other
//! exceptions are reported.

use core::arch::global_asm;

global_asm!(
    r#"
.arm
.section .vectors, "ax"
.align 5
.global vectors
vectors:
    b .
    b undefined
    movs pc, lr                 @ semihosting that nobody listens to
    b prefetch
    b data
    b .
    b .
    b .
undefined:
    mov r0, #1
    b report
prefetch:
    mov r0, #3
report:
    mov r1, lr
    cps #19
    ldr sp, =stack_top
    bl exception
data:
    sub lr, lr, #8              @ the instruction itself
    srsdb sp!, #19              @ its address and CPSR, on the program's stack
    cps #19
    push {{r0-r12, lr}}
    mov r0, sp
    mov r4, sp
    bic sp, sp, #7
    bl aborted
    mov sp, r4
    pop {{r0-r12, lr}}
    rfeia sp!
"#
);
