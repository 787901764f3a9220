//! The vectors (DDI 0406C B1.8): every exception is reported.

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
    b .
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
    b report
data:
    mov r0, #4
report:
    mov r1, lr
    cps #19
    ldr sp, =stack_top
    bl exception
"#
);
