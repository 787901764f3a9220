// The decoder of descriptors and the check of permissions, together, against the reference: what passes and
// where to is what ARM ARM DDI 0406C says, for all descriptors, registers, accesses and addresses.
// Without state, so that one cycle is every cycle.
module permission (
    input wire [31:0] va,
    input wire write,
    input wire privileged,
    input wire instruction,
    input wire [31:0] first,
    input wire [31:0] second,
    input wire [2:0] context_number,
    input wire [62:0] bank
);
    localparam SLOT_BITS = `WIDTH_FOUND - 84;
    wire afe = bank[2];
    wire [30:0] key = {va[31:12], bank[12:5], context_number};
    wire [5:0] first_decoded, second_decoded;
    wire [67:0] first_page, second_page;
    wire [21:0] table_base;
    wire [3:0] table_domain;
    vcm_iommu_translator_decode level1 (
        .word(first), .level2(1'b0), .bus_error(1'b0), .key(key), .afe(afe), .table_domain(4'd0),
        .decoded(first_decoded), .translation(first_page), .next_table(table_base), .next_domain(table_domain));
    vcm_iommu_translator_decode level2 (
        .word(second), .level2(1'b1), .bus_error(1'b0), .key(key), .afe(afe), .table_domain(table_domain),
        .decoded(second_decoded), .translation(second_page), .next_table(), .next_domain());
    wire is_table = first_decoded[0];
    wire [67:0] page = is_table ? second_page : first_page;
    wire [4:0] status = is_table ? second_decoded[5:1] : first_decoded[5:1];

    // What a walk ends with (`Found` in resolve.rs): whoever asks, in the context, neither to be repeated nor
    // to wait.
    wire [4:0] flags = 5'd0; // walks, learns, sequential, promotes, locked
    wire [7:0] who = {2'd0 /* walk */, 1'b0 /* waits */, 1'b0 /* retry */, 1'b1 /* in_context */, 1'b0 /* direct */,
        instruction, privileged};
    wire [SLOT_BITS+5:0] asker = 0; // kind, slot, stream
    wire [`WIDTH_FOUND-1:0] found = {page[67:63], page[62:59], page[58], page[57:55], page[54:35], page[34:32], page[11],
        page[31:12], page[2:0], status, flags, who, asker};
    wire [`WIDTH_ANSWER-1:0] answer;
    wire [3:0] allow;
    vcm_iommu_translator_resolve resolve (
        .found(found), .bank(bank), .write(write), .flush(1'b0), .wake(4'd0), .answer(answer), .allow(allow));
    wire [1:0] outcome = answer[SLOT_BITS+:2];
    wire [19:0] answer_page = answer[SLOT_BITS+14+:20];

    wire allowed;
    wire [31:0] pa;
    reference expected (
        .va(va), .write(write), .privileged(privileged), .instruction(instruction), .afe(afe), .dacr(bank[62:31]),
        .first(first), .second(second), .allowed(allowed), .pa(pa));

    rule passes_only_what_is_allowed (outcome == 2'd0, allowed);
    rule passes_all_that_is_allowed (allowed, outcome == 2'd0);
    rule goes_to_the_page (outcome == 2'd0, answer_page == pa[31:12]);
    rule second_level_is_read_where_it_is (first[1:0] == 2'b01, is_table && table_base == first[31:10]);
    rule micro_tlb_keeps_what_is_allowed (outcome == 2'd0, allow[{instruction, privileged}]);
    // An entry is kept with the permissions of all four kinds of access: none may be too many.
    wire other_allowed;
    (* anyseq *) wire [1:0] other;
    wire [31:0] other_pa;
    reference of_other (
        .va(va), .write(write), .privileged(other[0]), .instruction(other[1]), .afe(afe), .dacr(bank[62:31]),
        .first(first), .second(second), .allowed(other_allowed), .pa(other_pa));
    rule micro_tlb_allows_no_more (outcome == 2'd0 && allow[other], other_allowed && other_pa == pa);

    seen small_page (outcome == 0 && is_table && second[1]);
    seen large_page (outcome == 0 && is_table && !second[1]);
    seen section (outcome == 0 && !is_table && !first[18]);
    seen supersection (outcome == 0 && !is_table && first[18]);
    seen denied (outcome == 1 && first[1:0] == 2'b10);
    seen manager (outcome == 0 && bank[32:31] == 2'd3 && first[8:5] == 0 && write && !is_table && page[57:55] == 0);
endmodule
