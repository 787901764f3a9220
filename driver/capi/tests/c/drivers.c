#include <stdlib.h>
#include <string.h>

#include "drivers.h"

struct answers answers;
struct calls calls;
int live, errors, misuses;

/* ---- Platform ---- */

static unsigned char ram[64 * PAGE];
static uint32_t next_ram;

static int ram_alloc(void *context, uint32_t size, uint32_t align, uint32_t *phys)
{
    uint32_t at = (next_ram + align - 1) & ~(align - 1);

    (void)context;
    if (at + size > sizeof ram)
        return -VCM_ENOMEM;
    next_ram = at + size;
    *phys = RAM + at;
    return 0;
}

static void ram_free(void *context, uint32_t phys, uint32_t size)
{
    (void)context;
    (void)phys;
    (void)size;
}

static int ram_read(void *context, uint32_t phys, void *into, uint32_t size)
{
    (void)context;
    memcpy(into, ram + (phys - RAM), size);
    return 0;
}

static int ram_write(void *context, uint32_t phys, const void *from, uint32_t size)
{
    (void)context;
    memcpy(ram + (phys - RAM), from, size);
    return 0;
}

static uint64_t now(void *context)
{
    static uint64_t time;

    (void)context;
    return time += 1000;
}

static void report(void *context, enum vcm_report kind, int error, const char *text)
{
    (void)context;
    if (kind == VCM_REPORT_MISUSE && error == 0 && text[0])
        misuses++;
    if (kind == VCM_REPORT_ERROR && error < 0 && text[0])
        errors++;
}

const struct vcm_platform platform = {
    .alloc = ram_alloc,
    .free = ram_free,
    .read = ram_read,
    .write = ram_write,
    .now = now,
    .report = report,
};

/* ---- What the drivers share: structures in larger ones of their own, as in the RFC ---- */

struct context {
    struct vcm vcm;
    uint32_t next;      /* address not yet given out */
    uint32_t next_phys;
    struct vcm_res *last_res;
    struct vcm_phys *last_phys;
};

struct reservation {
    long mine;
    struct vcm_res res;
};

#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

static void *take(size_t size)
{
    live++;
    return calloc(1, size);
}

static void give(void *at)
{
    live--;
    free(at);
}

static struct vcm_res *res_at(uint32_t start, uint32_t size)
{
    struct reservation *r = take(sizeof *r);

    r->mine = 42;
    r->res.start = start;
    r->res.res_size = size;
    return &r->res;
}

static void unreserve(struct vcm_res *res)
{
    struct reservation *r = container_of(res, struct reservation, res);

    if (r->mine != 42)
        abort();
    calls.poisoned += res->poisoned;
    give(r);
}

static void phys_free(struct vcm_phys *phys)
{
    calls.poisoned += phys->poisoned;
    give(phys);
}

static struct vcm_phys *phys_at(uint32_t start, uint32_t size, unsigned count)
{
    struct vcm_phys *phys = take(sizeof *phys + count * sizeof phys->parts[0]);

    phys->count = count;
    phys->size = size;
    phys->free = phys_free;
    for (unsigned i = 0; i < count; i++) {
        /* From the back to the front, so that they are in pieces. */
        phys->parts[i].start = start + (count - 1 - i) * (size / count);
        phys->parts[i].size = size / count;
    }
    return phys;
}

static int activate(struct vcm *vcm)
{
    (void)vcm;
    calls.activate++;
    return answers.activate;
}

static int deactivate(struct vcm *vcm)
{
    (void)vcm;
    calls.deactivate++;
    return answers.deactivate;
}

static void cleanup(struct vcm *vcm)
{
    calls.cleanup++;
    give(container_of(vcm, struct context, vcm));
}

struct vcm *context_create(struct vcm_system *system, const struct vcm_driver *driver, uint32_t start,
                           uint32_t size)
{
    struct context *c = take(sizeof *c);
    struct vcm *vcm;

    c->vcm.start = start;
    c->vcm.size = size;
    c->vcm.driver = driver;
    c->vcm.system = system;
    c->next = start;
    c->next_phys = start == RAM ? RAM : 0x20000000u;
    vcm = vcm_init(&c->vcm);
    if (IS_ERR(vcm))
        give(c);
    return vcm;
}

/* ---- A driver of an MMU ---- */

static struct vcm_res *mmu_res(struct vcm *vcm, uint32_t size, unsigned flags)
{
    struct context *c = container_of(vcm, struct context, vcm);
    struct vcm_res *res;

    if (answers.res)
        return ERR_PTR(answers.res);
    if ((flags & ~(unsigned)VCM_READ_ONLY) != 0)
        return ERR_PTR(-VCM_EOPNOTSUPP);
    if (c->next - vcm->start + size > vcm->size)
        return ERR_PTR(-VCM_ENOSPC);
    if (answers.again)
        return c->last_res;
    res = c->last_res = res_at(c->next, size);
    c->next += size;
    return res;
}

static struct vcm_phys *mmu_phys(struct vcm *vcm, uint32_t size, unsigned flags)
{
    struct context *c = container_of(vcm, struct context, vcm);
    unsigned count = flags & VCM_CONTIGUOUS ? 1 : size / PAGE;
    struct vcm_phys *phys;

    if (answers.phys)
        return ERR_PTR(answers.phys);
    if (answers.no_free) {
        static union {
            struct vcm_phys phys;
            char room[64];
        } fixed;

        fixed.phys.count = 1;
        fixed.phys.size = fixed.phys.parts[0].size = PAGE;
        return &fixed.phys;
    }
    if (answers.part_missing)
        count--;
    if (answers.again)
        return c->last_phys;
    phys = c->last_phys = phys_at(c->next_phys, count * PAGE, count);
    if (answers.parts)
        phys->count = answers.parts;
    if (flags & VCM_CONTIGUOUS)
        phys->size = phys->parts[0].size = size;
    c->next_phys += size;
    return phys;
}

static int mmu_bind(struct vcm_res *res, struct vcm_phys *phys)
{
    /* These hold whenever the framework calls this. */
    if (res->phys || res->bound_size || phys->count == 0 || phys->size > res->res_size || !res->vcm)
        abort();
    calls.bind++;
    return answers.bind;
}

static int mmu_unbind(struct vcm_res *res)
{
    if (!res->phys || res->bound_size != res->phys->size)
        abort();
    calls.unbind++;
    return answers.unbind;
}

const struct vcm_driver mmu_driver = {
    .cleanup = cleanup,
    .res = mmu_res,
    .phys = mmu_phys,
    .unreserve = unreserve,
    .bind = mmu_bind,
    .unbind = mmu_unbind,
    .activate = activate,
    .deactivate = deactivate,
};

const struct vcm_driver reserve_only_driver = {
    .cleanup = cleanup,
    .res = mmu_res,
    .unreserve = unreserve,
};

/* ---- A one-to-one driver ---- */

static int onetoone_alloc(struct vcm *vcm, uint32_t size, struct vcm_phys **phys, unsigned alloc_flags,
                          struct vcm_res **res, unsigned res_flags)
{
    struct context *c = container_of(vcm, struct context, vcm);
    uint32_t at = c->next_phys;

    (void)alloc_flags;
    (void)res_flags;
    if (!phys)
        return -VCM_EOPNOTSUPP;
    if (answers.phys)
        return answers.phys;
    *phys = phys_at(at, size, 1);
    if (res)
        *res = res_at(at, size);
    c->next_phys += size;
    return 0;
}

static struct vcm_res *onetoone_map(struct vcm *vcm, struct vcm_phys *phys, unsigned flags)
{
    (void)vcm;
    (void)flags;
    if (answers.map)
        return ERR_PTR(answers.map);
    if (phys->count != 1)
        return ERR_PTR(-VCM_EOPNOTSUPP);
    return res_at(phys->parts[0].start, phys->size);
}

static int onetoone_bind(struct vcm_res *res, struct vcm_phys *phys)
{
    calls.bind++;
    return phys->count == 1 && phys->parts[0].start == res->start ? 0 : -VCM_EOPNOTSUPP;
}

const struct vcm_driver onetoone_driver = {
    .cleanup = cleanup,
    .alloc = onetoone_alloc,
    .unreserve = unreserve,
    .map = onetoone_map,
    .bind = onetoone_bind,
    .aliases = 1,
};
