// The reference translation: written from ARM ARM DDI 0406C, B3.5 and B3.7, apart from the hardware. Short
// descriptors without TEX remapping, PXN and LPAE: one table base, physical addresses of 32 bits.
module reference (
    input wire [31:0] va,
    input wire write,
    input wire privileged,
    input wire instruction,
    input wire afe, // SCTLR.AFE
    input wire [31:0] dacr,
    input wire [31:0] first, // the first-level descriptor of `va`
    input wire [31:0] second, // the second-level one, if `first` points to a table
    output reg allowed,
    output reg [31:0] pa
);
    // Figure B3-4: bits [1:0] are 0b00 or 0b11: fault, 0b01: table, 0b10: section or supersection.
    wire is_table = first[1:0] == 2'b01;
    wire is_section = first[1:0] == 2'b10 && !first[18];
    wire is_supersection = first[1:0] == 2'b10 && first[18];
    // Figure B3-5: 0b00: fault, 0b01: large page, 0b1x: small page.
    wire is_large = is_table && second[1:0] == 2'b01;
    wire is_small = is_table && second[1];

    reg found;
    reg [2:0] ap;
    reg xn;
    reg [3:0] domain;
    always @(*) begin
        found = 1'b0;
        pa = 32'd0;
        ap = 3'd0;
        xn = 1'b0;
        domain = first[8:5];
        if (is_supersection) begin
            // Bits [23:20] and [8:5] are address bits above the 32nd; a supersection is in domain 0.
            found = first[23:20] == 0 && first[8:5] == 0;
            pa = {first[31:24], va[23:0]};
            ap = {first[15], first[11:10]};
            xn = first[4];
            domain = 4'd0;
        end else if (is_section) begin
            found = 1'b1;
            pa = {first[31:20], va[19:0]};
            ap = {first[15], first[11:10]};
            xn = first[4];
        end else if (is_large) begin
            found = 1'b1;
            pa = {second[31:16], va[15:0]};
            ap = {second[9], second[5:4]};
            xn = second[15];
        end else if (is_small) begin
            found = 1'b1;
            pa = {second[31:12], va[11:0]};
            ap = {second[9], second[5:4]};
            xn = second[0];
        end
    end

    // Table B3-8, and B3-6 with the access flag: may {privileged, user} {read, write}?
    reg [3:0] may;
    always @(*) case (afe ? {ap[2:1], 1'b1} : ap)
        3'b000: may = 4'b00_00;
        3'b001: may = 4'b11_00;
        3'b010: may = 4'b11_10;
        3'b011: may = 4'b11_11;
        3'b100: may = 4'b00_00;
        3'b101: may = 4'b10_00;
        default: may = 4'b10_10;
    endcase
    wire [1:0] own = privileged ? may[3:2] : may[1:0];
    wire permitted = (write ? own[0] : own[1]) && !(instruction && xn);

    wire [1:0] access = dacr >> {domain, 1'b0}; // B3.7.3: 1: client, 3: manager
    always @(*) allowed = found && !(afe && !ap[0]) && (access == 2'd3 || (access == 2'd1 && permitted));
endmodule
