/* Every call and every error number, from C. Exits with 0 if all is as it should be. */
#include <stdio.h>
#include <string.h>

#include "drivers.h"

static int failures;

static void expect(const char *what, int line, long got, long wanted)
{
    if (got != wanted) {
        fprintf(stderr, "calls.c:%d: %s is %ld, not %ld\n", line, what, got, wanted);
        failures++;
    }
}

#define EXPECT(expression, wanted) expect(#expression, __LINE__, (long)(expression), (long)(wanted))

/* What a call says that returns a pointer: 0 for a good one, 1 for NULL. */
static int code(const void *pointer)
{
    return IS_ERR(pointer) ? PTR_ERR(pointer) : pointer ? 0 : 1;
}

static struct vcm_system *sys;

/* A system that must be empty at the end, and drivers that have nothing left. */
static void start(void)
{
    memset(&answers, 0, sizeof answers);
    memset(&calls, 0, sizeof calls);
    errors = misuses = 0;
    sys = vcm_system_create(&platform);
    EXPECT(code(sys), 0);
}

static void finish(void)
{
    EXPECT(vcm_system_misuses(sys), misuses);
    EXPECT(vcm_system_destroy(sys), 0);
    EXPECT(live, 0);
}

static struct vcm *mmu(void)
{
    struct vcm *vcm = context_create(sys, &mmu_driver, SPACE, 64 * PAGE);

    EXPECT(code(vcm), 0);
    return vcm;
}

/* ---- Each call does what it is for ---- */

static void every_call_works(void)
{
    struct vcm *vcm;
    struct vcm_res *res, *other;
    struct vcm_phys *phys;
    uint32_t at = 0;

    start();
    vcm = mmu();

    res = vcm_make_binding(vcm, 2 * PAGE + 1, 0, 0);
    EXPECT(code(res), 0);
    EXPECT(res->start, SPACE);
    EXPECT(res->res_size, 3 * PAGE);
    EXPECT(res->bound_size, 3 * PAGE);
    EXPECT(res->vcm == vcm, 1);
    EXPECT(res->phys->count, 3);
    EXPECT(res->phys->size, 3 * PAGE);
    EXPECT(res->phys->bindings, 1);
    EXPECT(vcm_translate(vcm, res->start + PAGE + 8, &at), 1);
    EXPECT(at, res->phys->parts[1].start + 8);
    EXPECT(vcm_translate(vcm, res->start + 3 * PAGE, &at), 0);
    EXPECT(vcm_resolve(vcm, res->start + 5) == res, 1);
    EXPECT(vcm_resolve(vcm, SPACE + 63 * PAGE) == NULL, 1);

    other = vcm_map(vcm, res->phys, VCM_READ_ONLY);
    EXPECT(code(other), 0);
    EXPECT(other->phys == res->phys, 1);
    EXPECT(res->phys->bindings, 2);
    EXPECT(vcm_unmap(other), 0);
    EXPECT(res->phys->bindings, 1);
    EXPECT(vcm_destroy_binding(res), 0);
    EXPECT(live, 1);

    phys = vcm_alloc(vcm, PAGE, VCM_CONTIGUOUS);
    res = vcm_reserve(vcm, 2 * PAGE, 0);
    EXPECT(code(phys), 0);
    EXPECT(code(res), 0);
    EXPECT(res->phys == NULL, 1);
    EXPECT(res->bound_size, 0);
    EXPECT(vcm_bind(res, phys), 0);
    EXPECT(res->phys == phys, 1);
    EXPECT(res->bound_size, PAGE);
    EXPECT(vcm_activate(vcm), 0);
    EXPECT(vcm_activate(vcm), 0);
    EXPECT(vcm->activations, 2);
    EXPECT(calls.activate, 1);
    EXPECT(vcm_unbind(res) == phys, 1);
    EXPECT(res->phys == NULL, 1);
    EXPECT(phys->bindings, 0);
    EXPECT(vcm_deactivate(vcm), 0);
    EXPECT(calls.deactivate, 0);
    EXPECT(vcm_deactivate(vcm), 0);
    EXPECT(calls.deactivate, 1);
    EXPECT(vcm_unreserve(res), 0);
    EXPECT(vcm_free(phys), 0);
    EXPECT(vcm_destroy(vcm), 0);
    EXPECT(calls.cleanup, 1);
    EXPECT(errors, 0);
    EXPECT(misuses, 0);
    finish();
}

static void memory_outlives_its_context(void)
{
    struct vcm *first, *second;
    struct vcm_phys *phys;
    struct vcm_res *res;

    start();
    first = mmu();
    second = mmu();
    phys = vcm_alloc(first, PAGE, 0);
    EXPECT(vcm_destroy(first), 0);
    res = vcm_map(second, phys, 0);
    EXPECT(code(res), 0);
    EXPECT(vcm_unmap(res), 0);
    EXPECT(vcm_free(phys), 0);
    EXPECT(vcm_destroy(second), 0);
    finish();
}

static void shared_memory_is_freed_with_its_last_binding(void)
{
    struct vcm *first, *second;
    struct vcm_res *one, *two;

    start();
    first = mmu();
    second = context_create(sys, &mmu_driver, SPACE, 4 * PAGE);
    one = vcm_make_binding(first, PAGE, 0, 0);
    two = vcm_map(second, one->phys, 0);
    EXPECT(vcm_destroy_binding(one), 0);
    EXPECT(two->phys->bindings, 1);
    EXPECT(vcm_destroy_binding(two), 0);
    EXPECT(live, 2);
    EXPECT(misuses, 0);
    EXPECT(vcm_destroy(first), 0);
    EXPECT(vcm_destroy(second), 0);
    finish();
}

static void a_one_to_one_driver_in_c(void)
{
    struct vcm *vcm, *mapped, *own;
    struct vcm_res *res, *again, *far;
    struct vcm_phys *scattered;

    start();
    EXPECT(vcm_system_add_memory(sys, 16 * PAGE), 0);
    vcm = context_create(sys, &onetoone_driver, RAM, 64 * PAGE);
    mapped = mmu();
    own = vcm_one_to_one_create(sys, RAM, 64 * PAGE);
    res = vcm_make_binding(vcm, PAGE, 0, 0);
    EXPECT(code(res), 0);
    EXPECT(res->start, res->phys->parts[0].start);

    /* The same memory at the same address: which of the two is given back is not mixed up. */
    again = vcm_map(vcm, res->phys, 0);
    EXPECT(code(again), 0);
    EXPECT(again->start, res->start);
    EXPECT(again != res, 1);
    far = vcm_map(mapped, res->phys, 0);
    EXPECT(res->phys->bindings, 3);
    EXPECT(vcm_unmap(res), 0);
    EXPECT(again->start, far->phys->parts[0].start);
    EXPECT(vcm_unmap(far), 0);

    EXPECT(code(vcm_reserve(vcm, PAGE, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_reserve(own, PAGE, 0)), -VCM_EOPNOTSUPP);
    scattered = vcm_alloc(mapped, 2 * PAGE, 0);
    EXPECT(code(vcm_map(vcm, scattered, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_map(own, scattered, 0)), -VCM_EOPNOTSUPP);
    EXPECT(vcm_free(scattered), 0);

    /* Through a driver of the framework, and back. */
    far = vcm_map(own, again->phys, 0);
    EXPECT(code(far), 0);
    EXPECT(vcm_destroy_binding(again), 0);
    EXPECT(vcm_unmap(far), 0);
    far = vcm_make_binding(own, PAGE, 0, 0);
    again = vcm_map(mapped, far->phys, 0);
    EXPECT(code(again), 0);
    EXPECT(vcm_unmap(again), 0);
    EXPECT(vcm_destroy_binding(far), 0);

    EXPECT(vcm_destroy(own), 0);
    EXPECT(vcm_destroy(mapped), 0);
    EXPECT(vcm_destroy(vcm), 0);
    finish();
}

/* ---- What cannot be done is an error, changes nothing, and is reported ---- */

static void pointers_to_nothing(void)
{
    static char nothing[256];
    struct vcm *vcm;
    struct vcm_res *res;
    struct vcm_phys *phys;
    struct vcm_system *wrong;

    start();
    vcm = vcm_one_to_one_create(sys, RAM, 64 * PAGE);
    EXPECT(vcm_system_add_memory(sys, 4 * PAGE), 0);
    EXPECT(vcm_system_add_memory(sys, 5), -VCM_EINVAL);
    res = vcm_make_binding(vcm, PAGE, 0, 0);
    EXPECT(code(res), 0);
    phys = res->phys;
    EXPECT(vcm_destroy_binding(res), 0);
    EXPECT(res->start | res->res_size | (res->phys != NULL) | phys->count, 0);
    EXPECT(vcm_destroy(vcm), 0);

    void *bad[] = { NULL, nothing, res, phys, vcm, sys, ERR_PTR(-VCM_ENOMEM), (void *)3 };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        void *p = bad[i];

        EXPECT(vcm_destroy(p), -VCM_EINVAL);
        EXPECT(code(vcm_make_binding(p, PAGE, 0, 0)), -VCM_EINVAL);
        EXPECT(code(vcm_alloc(p, PAGE, 0)), -VCM_EINVAL);
        EXPECT(code(vcm_reserve(p, PAGE, 0)), -VCM_EINVAL);
        EXPECT(code(vcm_reserve_at(p, SPACE, PAGE, 0)), -VCM_EINVAL);
        EXPECT(code(vcm_map(p, p, 0)), -VCM_EINVAL);
        EXPECT(vcm_activate(p), -VCM_EINVAL);
        EXPECT(vcm_deactivate(p), -VCM_EINVAL);
        EXPECT(vcm_unmap(p), -VCM_EINVAL);
        EXPECT(vcm_unreserve(p), -VCM_EINVAL);
        EXPECT(vcm_destroy_binding(p), -VCM_EINVAL);
        EXPECT(vcm_bind(p, p), -VCM_EINVAL);
        EXPECT(code(vcm_unbind(p)), -VCM_EINVAL);
        EXPECT(vcm_free(p), -VCM_EINVAL);
        EXPECT(vcm_translate(p, 0, NULL), -VCM_EINVAL);
        EXPECT(code(vcm_resolve(p, 0)), -VCM_EINVAL);
        EXPECT(vcm_iommu_attach(p, 0), -VCM_EINVAL);
        EXPECT(vcm_iommu_detach(p, 0), -VCM_EINVAL);
        EXPECT(code(vcm_iommu_create(p, 0, 0, PAGE)), -VCM_EINVAL);
        EXPECT(code(vcm_iommu_create_one_to_one(p, 0, 0, PAGE)), -VCM_EINVAL);
        EXPECT(vcm_iommu_fault(p, NULL), -VCM_EINVAL);
        EXPECT(vcm_iommu_release(p), -VCM_EINVAL);
        EXPECT(vcm_iommu_stall(p, 1), -VCM_EINVAL);
        EXPECT(vcm_iommu_resume(p, 1), -VCM_EINVAL);
        EXPECT(vcm_iommu_stall_limits(p, 1, 1), -VCM_EINVAL);
        EXPECT(vcm_iommu_page_in(p, NULL), -VCM_EINVAL);
        EXPECT(code(vcm_reserve_on_demand(p, PAGE, PAGE, 0, 0)), -VCM_EINVAL);
        EXPECT(code(vcm_migrate(p, p, 0)), -VCM_EINVAL);
        if (p == sys)
            continue;
        wrong = p;
        EXPECT(code(vcm_one_to_one_create(wrong, RAM, PAGE)), -VCM_EINVAL);
        EXPECT(code(vcm_iommu_probe(wrong, NULL, 0)), -VCM_EINVAL);
        EXPECT(vcm_system_add_memory(wrong, PAGE), -VCM_EINVAL);
        EXPECT(vcm_system_misuses(wrong), 0);
        EXPECT(vcm_system_destroy(wrong), -VCM_EINVAL);
    }
    EXPECT(code(vcm_iommu_probe(sys, NULL, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_system_create(NULL)), -VCM_EINVAL);
    EXPECT(code(vcm_init(NULL)), -VCM_EINVAL);
    finish();
}

static void contexts_that_make_no_sense(void)
{
    static const struct {
        uint32_t start, size;
    } ranges[] = { { SPACE, 0 }, { SPACE + 1, PAGE }, { SPACE, PAGE + 1 }, { 0xFFFFF000u, 2 * PAGE } };
    static const struct vcm_driver empty, no_unreserve = { .aliases = 1 };
    struct vcm_platform lacking = platform;
    struct vcm_driver only_unreserve = { .unreserve = mmu_driver.unreserve };
    struct vcm *vcm;

    start();
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        uint32_t at = ranges[i].start, size = ranges[i].size;

        EXPECT(code(context_create(sys, &mmu_driver, at, size)), -VCM_EINVAL);
        EXPECT(code(vcm_one_to_one_create(sys, at, size)), -VCM_EINVAL);
    }
    EXPECT(code(context_create(sys, NULL, SPACE, PAGE)), -VCM_EINVAL);
    EXPECT(code(context_create(sys, &empty, SPACE, PAGE)), -VCM_EINVAL);
    EXPECT(code(context_create(sys, &no_unreserve, SPACE, PAGE)), -VCM_EINVAL);
    EXPECT(code(context_create(sys, &only_unreserve, SPACE, PAGE)), -VCM_EINVAL);
    EXPECT(code(context_create(NULL, &mmu_driver, SPACE, PAGE)), -VCM_EINVAL);
    vcm = mmu();
    EXPECT(code(vcm_init(vcm)), -VCM_EBUSY);
    EXPECT(vcm_system_destroy(sys), -VCM_EBUSY);
    EXPECT(vcm_iommu_attach(vcm, 0), -VCM_EOPNOTSUPP);
    EXPECT(vcm_destroy(vcm), 0);
    lacking.now = NULL;
    EXPECT(code(vcm_system_create(&lacking)), -VCM_EINVAL);
    finish();
}

static void every_errno(void)
{
    struct vcm *vcm, *small, *reserves;
    struct vcm_res *res, *bound, *only;
    struct vcm_phys *phys, *large, *once;
    int before;

    start();
    vcm = mmu();
    small = vcm_one_to_one_create(sys, RAM, PAGE);
    reserves = context_create(sys, &reserve_only_driver, SPACE, 8 * PAGE);
    phys = vcm_alloc(vcm, PAGE, 0);
    large = vcm_alloc(vcm, 4 * PAGE, 0);
    res = vcm_reserve(vcm, PAGE, 0);
    bound = vcm_make_binding(vcm, PAGE, 0, 0);
    EXPECT(code(phys) | code(large) | code(res) | code(bound), 0);

    /* -VCM_EINVAL */
    EXPECT(code(vcm_make_binding(vcm, 0, 0, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_alloc(vcm, 0, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_reserve(vcm, 0, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_alloc(vcm, 0xFFFFF001u, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_alloc(vcm, 0x100000000u + PAGE, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_reserve(vcm, 0x100000000u + PAGE, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_alloc(vcm, PAGE, 1u << 31)), -VCM_EINVAL);
    EXPECT(code(vcm_alloc(vcm, PAGE, VCM_MAX_PAGE(11))), -VCM_EINVAL);
    EXPECT(code(vcm_reserve(vcm, PAGE, 1u << 13)), -VCM_EINVAL);
    EXPECT(code(vcm_reserve_at(vcm, SPACE + 1, PAGE, 0)), -VCM_EINVAL);
    EXPECT(vcm_bind(res, NULL), -VCM_EINVAL);
    EXPECT(code(vcm_map(vcm, NULL, 0)), -VCM_EINVAL);
    EXPECT(vcm_translate(vcm, SPACE, NULL), -VCM_EINVAL);
    before = misuses;
    EXPECT(vcm_deactivate(vcm), -VCM_EINVAL);
    EXPECT(code(vcm_unbind(res)), 1);
    EXPECT(misuses, before + 2);

    /* -VCM_EOPNOTSUPP */
    EXPECT(code(vcm_alloc(reserves, PAGE, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_make_binding(reserves, PAGE, 0, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_map(reserves, phys, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_reserve_at(vcm, SPACE + PAGE, PAGE, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_reserve(vcm, PAGE, VCM_ALIGN(16))), -VCM_EOPNOTSUPP);

    /* -VCM_EALREADY, -VCM_EADDRINUSE, -VCM_ENOSPC, -VCM_ENOMEM, -VCM_EBUSY */
    EXPECT(vcm_bind(bound, bound->phys), -VCM_EALREADY);
    EXPECT(vcm_bind(bound, phys), -VCM_EADDRINUSE);
    EXPECT(vcm_bind(res, large), -VCM_ENOSPC);
    EXPECT(code(vcm_reserve(vcm, 64 * PAGE, 0)), -VCM_ENOSPC);
    EXPECT(code(vcm_make_binding(small, PAGE, 0, 0)), -VCM_ENOMEM);
    EXPECT(vcm_system_add_memory(sys, 128 * PAGE), -VCM_ENOMEM);
    before = misuses;
    EXPECT(vcm_free(bound->phys), -VCM_EBUSY);
    EXPECT(vcm_destroy(vcm), -VCM_EBUSY);
    EXPECT(misuses, before + 2);

    /* -VCM_EIO, -VCM_ETIMEDOUT, and whatever else a driver says */
    answers.bind = -VCM_EIO;
    EXPECT(vcm_bind(res, phys), -VCM_EIO);
    EXPECT(res->phys == NULL, 1);
    EXPECT(phys->bindings, 0);
    before = live;
    EXPECT(code(vcm_make_binding(vcm, PAGE, 0, 0)), -VCM_EIO);
    EXPECT(code(vcm_map(vcm, phys, 0)), -VCM_EIO);
    answers.bind = 0;
    answers.phys = -VCM_ENOMEM;
    EXPECT(code(vcm_make_binding(vcm, PAGE, 0, 0)), -VCM_ENOMEM);
    EXPECT(code(vcm_alloc(vcm, PAGE, 0)), -VCM_ENOMEM);
    answers.phys = 0;
    answers.part_missing = 1;
    EXPECT(code(vcm_alloc(vcm, 2 * PAGE, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_make_binding(vcm, 2 * PAGE, 0, 0)), -VCM_EINVAL);
    answers.part_missing = 0;
    answers.no_free = 1;
    EXPECT(code(vcm_alloc(vcm, PAGE, 0)), -VCM_EINVAL);
    answers.no_free = 0;
    answers.parts = -1;
    EXPECT(code(vcm_alloc(vcm, PAGE, 0)), -VCM_EINVAL);
    answers.parts = 0;
    EXPECT(live, before);
    once = vcm_alloc(vcm, PAGE, 0);
    only = vcm_reserve(vcm, PAGE, 0);
    answers.again = 1;
    EXPECT(code(vcm_alloc(vcm, PAGE, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_reserve(vcm, PAGE, 0)), -VCM_EINVAL);
    answers.again = 0;
    EXPECT(vcm_bind(only, once), 0);
    EXPECT(vcm_destroy_binding(only), 0);
    answers.res = -4095;
    EXPECT(code(vcm_reserve(vcm, PAGE, 0)), -VCM_EIO);
    answers.res = 0;
    EXPECT(live, before);
    answers.activate = -VCM_ETIMEDOUT;
    EXPECT(vcm_activate(vcm), -VCM_ETIMEDOUT);
    EXPECT(vcm->activations, 0);
    answers.activate = 1; /* positive: it has worked */
    EXPECT(vcm_activate(vcm), 0);
    EXPECT(vcm->activations, 1);
    answers.deactivate = -VCM_EIO;
    EXPECT(vcm_deactivate(vcm), -VCM_EIO);
    answers.deactivate = 0;
    EXPECT(vcm_deactivate(vcm), 0);

    /* What is still bound after an error can be unbound later. */
    answers.unbind = -VCM_EBUSY;
    EXPECT(vcm_unmap(bound), -VCM_EBUSY);
    EXPECT(bound->phys->bindings, 1);
    /* What was not confirmed is poisoned, and goes back as such. */
    answers.unbind = -VCM_ETIMEDOUT;
    EXPECT(vcm_destroy_binding(bound), -VCM_ETIMEDOUT);
    EXPECT(bound->poisoned, 1);
    EXPECT(bound->phys->poisoned, 1);
    before = calls.unbind;
    EXPECT(vcm_destroy_binding(bound), 0);
    EXPECT(calls.unbind, before);
    EXPECT(calls.poisoned, 2);
    answers.unbind = 0;

    /* Unreserving what is bound is misuse, and is done. */
    EXPECT(vcm_bind(res, phys), 0);
    before = misuses;
    EXPECT(vcm_unreserve(res), 0);
    EXPECT(misuses, before + 1);
    EXPECT(phys->bindings, 0);

    EXPECT(errors > 30, 1);
    EXPECT(vcm_free(phys), 0);
    EXPECT(vcm_free(large), 0);
    EXPECT(vcm_destroy(vcm), 0);
    EXPECT(vcm_destroy(small), 0);
    EXPECT(vcm_destroy(reserves), 0);
    finish();
}

static void memory_of_another_system(void)
{
    struct vcm_system *first;
    struct vcm *vcm, *stranger;
    struct vcm_phys *phys;
    struct vcm_res *res;

    start();
    first = sys;
    vcm = mmu();
    phys = vcm_alloc(vcm, PAGE, 0);
    sys = vcm_system_create(&platform);
    stranger = mmu();
    res = vcm_reserve(stranger, PAGE, 0);
    EXPECT(code(vcm_map(stranger, phys, 0)), -VCM_EINVAL);
    EXPECT(vcm_bind(res, phys), -VCM_EINVAL);
    EXPECT(vcm_unreserve(res), 0);
    EXPECT(vcm_destroy(stranger), 0);
    EXPECT(vcm_system_destroy(sys), 0);
    sys = first;
    EXPECT(vcm_free(phys), 0);
    EXPECT(vcm_destroy(vcm), 0);
    finish();
}

/* Memory that nothing is bound to, or only contexts of the framework's own drivers. */
static void memory_moves(void)
{
    static const unsigned char text[] = "what is in it";
    unsigned char seen[sizeof text];
    struct vcm *own, *mapped, *near;
    struct vcm_phys *phys, *moved;
    struct vcm_res *res;

    start();
    EXPECT(vcm_system_add_memory(sys, 16 * PAGE), 0);
    own = vcm_one_to_one_create(sys, RAM, 64 * PAGE);
    mapped = mmu();
    phys = vcm_alloc(own, 2 * PAGE, 0);
    EXPECT(code(phys), 0);
    EXPECT(platform.write(NULL, phys->parts[0].start + PAGE, text, sizeof text), 0);
    EXPECT(code(vcm_migrate(phys, mapped, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_migrate(phys, own, 1u << 31)), -VCM_EINVAL);
    EXPECT(code(vcm_migrate(NULL, own, 0)), -VCM_EINVAL);
    EXPECT(code(vcm_migrate(phys, NULL, 0)), -VCM_EINVAL);
    moved = vcm_migrate(phys, own, VCM_ALIGN(14));
    EXPECT(code(moved), 0);
    EXPECT(moved != phys, 1);
    EXPECT(phys->count, 0);
    EXPECT(vcm_free(phys), -VCM_EINVAL);
    EXPECT(moved->size, 2 * PAGE);
    EXPECT(moved->parts[0].start % (4 * PAGE), 0);
    EXPECT(platform.read(NULL, moved->parts[0].start + PAGE, seen, sizeof seen), 0);
    EXPECT(memcmp(seen, text, sizeof text), 0);

    /* Where it is bound, its driver has to be able to. */
    res = vcm_map(own, moved, 0);
    EXPECT(code(vcm_migrate(moved, own, 0)), -VCM_EOPNOTSUPP);
    EXPECT(res->phys == moved, 1);
    EXPECT(vcm_unmap(res), 0);
    res = vcm_map(mapped, moved, 0);
    EXPECT(code(vcm_migrate(moved, own, 0)), -VCM_EOPNOTSUPP);
    EXPECT(vcm_unmap(res), 0);
    EXPECT(vcm_free(moved), 0);

    /* What a driver in C has allocated goes back to it. */
    near = context_create(sys, &mmu_driver, RAM, 64 * PAGE);
    phys = vcm_alloc(near, 2 * PAGE, 0);
    EXPECT(phys->count, 2);
    EXPECT(platform.write(NULL, phys->parts[1].start, text, sizeof text), 0);
    EXPECT(live, 3);
    moved = vcm_migrate(phys, own, 0);
    EXPECT(code(moved), 0);
    EXPECT(live, 2);
    EXPECT(moved->count, 1);
    EXPECT(platform.read(NULL, moved->parts[0].start + PAGE, seen, sizeof seen), 0);
    EXPECT(memcmp(seen, text, sizeof text), 0);
    EXPECT(vcm_free(moved), 0);
    EXPECT(vcm_destroy(near), 0);

    EXPECT(code(vcm_reserve_on_demand(own, PAGE, PAGE, 0, 0)), -VCM_EOPNOTSUPP);
    EXPECT(code(vcm_reserve_on_demand(mapped, PAGE, PAGE, 0, 0)), -VCM_EOPNOTSUPP);
    EXPECT(vcm_iommu_stall(own, 1), -VCM_EOPNOTSUPP);
    EXPECT(vcm_iommu_resume(mapped, 1), -VCM_EOPNOTSUPP);
    EXPECT(vcm_destroy(mapped), 0);
    EXPECT(vcm_destroy(own), 0);
    finish();
}

int main(void)
{
    every_call_works();
    memory_outlives_its_context();
    shared_memory_is_freed_with_its_last_binding();
    a_one_to_one_driver_in_c();
    pointers_to_nothing();
    contexts_that_make_no_sense();
    every_errno();
    memory_of_another_system();
    memory_moves();
    if (failures == 0)
        puts("calls.c: all is well");
    return failures != 0;
}
