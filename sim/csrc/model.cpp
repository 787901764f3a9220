// What Rust calls, for one top. The build defines TOP, the module's name, and VTOP, its C++ class.
#include "ports.h"
#include "bindings.h"
#include "verilated.h"
#include "verilated_vcd_c.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define FUNCTION(name) JOIN(TOP, name)

namespace {

// A model with a context of its own: models share nothing, and may live in different threads.
struct Model {
    VerilatedContext context;
    VTOP* top;
    // For ports that this top lacks: inputs are written to `sink`, outputs are read from `zero`.
    uint64_t sink = 0;
    uint64_t zero = 0;

    Model() {
        context.threads(1);
        context.traceEverOn(true);
        top = new VTOP{&context, "TOP"};
    }
    ~Model() {
        enter();
        top->final();
        delete top;
        // Else the thread would keep a pointer to a context that is gone.
        Verilated::threadContextp(nullptr);
    }
    // $time, $finish and new traces use the thread's context, not that of the model.
    void enter() {
        if (VL_UNLIKELY(Verilated::threadContextp() != &context)) {
            Verilated::threadContextp(&context);
        }
    }
};

}  // namespace

extern "C" {

Model* FUNCTION(_new)() { return new Model; }

void FUNCTION(_delete)(Model* model) { delete model; }

void FUNCTION(_ports)(Model* model, Ports* ports) {
    bind_ports(model->top, ports, &model->sink, &model->zero);
}

void FUNCTION(_enter)(Model* model) { model->enter(); }

void FUNCTION(_eval)(Model* model) {
    model->enter();
    model->top->eval();
}

void FUNCTION(_trace)(Model* model, VerilatedVcdC* vcd) {
    const int all_levels = 99;
    model->top->trace(vcd, all_levels);
}
}
