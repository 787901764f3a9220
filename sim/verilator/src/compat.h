// Included before every C++ file of verilated 0.1.2, which speaks the interface of Verilator 4.38.
#undef VERILATOR_VERSION_MAJOR
#undef VERILATOR_VERSION_MINOR
#define VERILATOR_VERSION_MAJOR 4
#define VERILATOR_VERSION_MINOR 38
#define rolloverMB(megabytes) rolloverSize((megabytes) * 1000000ULL)
