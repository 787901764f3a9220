//! Which instructions the program forwards: by their encodings (DDI 0406C A5.3).

#[path = "../../../driver/bare/src/bin/demo/instruction.rs"]
mod instruction;

use instruction::Access;

#[test]
fn words_at_an_offset_are_forwarded() {
    let all = [
        (0xE591_0000, Access::Load(0), "ldr r0, [r1]"),
        (0xE513_C008, Access::Load(12), "ldr r12, [r3, #-8]"),
        (0xE791_E002, Access::Load(14), "ldr lr, [r1, r2]"),
        (0x0791_7182, Access::Load(7), "ldreq r7, [r1, r2, lsl #3]"),
        (0xE504_3008, Access::Store(3), "str r3, [r4, #-8]"),
        (0xE784_D005, Access::Store(13), "str sp, [r4, r5]"),
    ];
    for (word, access, text) in all {
        assert_eq!(Access::decode(word), Some(access), "{text}");
    }
}

#[test]
fn nothing_else_is_taken_for_one_of_these() {
    let all = [
        (0xE5D1_0000, "ldrb r0, [r1]"),
        (0xE1D1_00B0, "ldrh r0, [r1]"),
        (0xE1C1_00D0, "ldrd r0, r1, [r1]"),
        (0xE5B1_0004, "ldr r0, [r1, #4]!"),
        (0xE491_0004, "ldr r0, [r1], #4"),
        (0xE591_F000, "ldr pc, [r1]"),
        (0xE891_000C, "ldm r1, {r2, r3}"),
        (0xE711_F110, "sdiv r1, r0, r1"),
        (0xF5D1_F000, "pld [r1]"),
        (0xE191_0F9F, "ldrex r0, [r1]"),
        (0xE081_0002, "add r0, r1, r2"),
    ];
    for (word, text) in all {
        assert_eq!(instruction::Access::decode(word), None, "{text}");
    }
}
