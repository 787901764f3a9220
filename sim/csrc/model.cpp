// What Rust calls, for one top. The build defines TOP, the module's name, and VTOP, its C++ class.
#include "ports.h"
#include "bindings.h"
#include "verilated.h"
#include "verilated_vcd_c.h"
#include <cstdlib>
#if VM_COVERAGE
#include <atomic>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include "verilated_cov.h"
#endif

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
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
#if VCM_MUTANTS
        // Which of the breaks is on; 0 is none.
        const char* const mutant = std::getenv("VCM_MUTANT");
        top->mutant = mutant ? std::atoi(mutant) : 0;
#endif
    }
    ~Model() {
        enter();
        top->final();
#if VM_COVERAGE
        leave_coverage();
#endif
        delete top;
        // Else the thread would keep a pointer to a context that is gone.
        Verilated::threadContextp(nullptr);
    }
#if VM_COVERAGE
    // A file of its own in the folder that VCM_COVERAGE names.
    void leave_coverage() {
        static std::atomic<unsigned> next{0};
        const char* const folder = std::getenv("VCM_COVERAGE");
        if (!folder || !*folder) return;
        mkdir(folder, 0777);
        const std::string name = std::string{folder} + "/" TEXT(TOP) "-"
            + std::to_string(getpid()) + "-" + std::to_string(next++) + ".dat";
        context.coveragep()->write(name.c_str());
    }
#endif
    // $time, $finish and new traces use the thread's context, not that of the model.
    void enter() {
        if (VL_UNLIKELY(Verilated::threadContextp() != &context)) {
            Verilated::threadContextp(&context);
        }
    }
};

// What a loop of `_native` has come to; the same struct is in sim/src/model/native.rs.
struct Native {
    uint64_t sum;
    uint32_t random;
    uint32_t first, next;
    uint8_t valid;
    uint8_t ids[64];
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

// As many clock cycles in a loop of its own, as plain C++ test benches have it: the yardstick for the
// loop in Rust. Reads come at random, and memory answers them at once.
void FUNCTION(_native)(Model* model, Ports* ports, Native* native, uint64_t cycles) {
    model->enter();
    VTOP* top = model->top;
    for (uint64_t cycle = 0; cycle < cycles; cycle++) {
        if (!native->valid) {
            native->random ^= native->random << 13;
            native->random ^= native->random >> 17;
            native->random ^= native->random << 5;
            native->valid = (native->random & 3) != 0;
        }
        const uint32_t random = native->random;
        const bool answer = native->first != native->next;
        *ports->s_axi.ar.valid = native->valid;
        *ports->s_axi.ar.addr = random & 0xffffff8;
        *ports->s_axi.ar.id = random >> 24;
        *ports->s_axi.ar.size = 3;
        *ports->s_axi.ar.burst = 1;
        *ports->s_axi.r.ready = 1;
        *ports->m_axi.ar.ready = 1;
        *ports->m_axi.r.valid = answer;
        *ports->m_axi.r.id = native->ids[native->first % 64];
        *ports->m_axi.r.data = random;
        *ports->m_axi.r.last = 1;
        *ports->aclk = 0;
        top->eval();
        if (*ports->s_axi.r.valid) native->sum += *ports->s_axi.r.data + *ports->s_axi.r.id;
        if (*ports->s_axi.ar.ready) native->valid = 0;
        if (*ports->m_axi.ar.valid) native->ids[native->next++ % 64] = *ports->m_axi.ar.id;
        if (answer && *ports->m_axi.r.ready) native->first++;
        *ports->aclk = 1;
        top->eval();
    }
}

void FUNCTION(_trace)(Model* model, VerilatedVcdC* vcd) {
    const int all_levels = 99;
    model->top->trace(vcd, all_levels);
}
}
