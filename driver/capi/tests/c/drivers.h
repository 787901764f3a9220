/* A platform and drivers for tests, in C: memory is an array, and an MMU is a counter. */
#ifndef DRIVERS_H
#define DRIVERS_H

#define VCM_RFC_NAMES
#include "vcm.h"

#define PAGE 4096u
#define SPACE 0x40000000u
#define RAM 0x10000000u

/* What the operations of both drivers do next: 0, or what they return. */
extern struct answers {
    int phys, res, bind, unbind, activate, deactivate, map;
    int no_free;        /* memory without a free operation */
    int part_missing;   /* memory smaller than asked for */
    int parts;          /* memory that says it has so many parts */
    int again;          /* the structure of before once more */
} answers;

/* Calls since the start. */
extern struct calls {
    int activate, deactivate, bind, unbind, cleanup, poisoned;
} calls;

/* Structures that the drivers have allocated and not freed. */
extern int live;

/* Reports since the start. */
extern int errors, misuses;

extern const struct vcm_platform platform;
extern const struct vcm_driver mmu_driver;              /* res, phys, bind */
extern const struct vcm_driver onetoone_driver;         /* alloc, map, bind */
extern const struct vcm_driver reserve_only_driver;     /* res */

/* A context of one of them: the creation function that every driver has. */
struct vcm *context_create(struct vcm_system *system, const struct vcm_driver *driver, uint32_t start,
                           uint32_t size);

#endif
