/* The VCM framework for C. The names are those of the VCM RFC of 2010; docs/rfc-calls.md has a table of
 * them, docs/writing-a-driver.md says how to write a driver.
 *
 * Link with libvcm_capi.a. All addresses and sizes are in bytes, and have 32 bits.
 *
 * Errors. A call that returns int returns 0, or a negative number: -VCM_EINVAL and so on. (The RFC's
 * calls that return nothing return int here; who does not look, does as in the RFC.) A call that
 * returns a pointer returns one for which vcm_is_err() is true; vcm_ptr_err() is the number. A call
 * that fails has changed nothing, unless it says so.
 *
 * Pointers. Every call looks its pointers up before it follows them: NULL, a pointer to something that
 * is gone, and one to something else are -VCM_EINVAL. (Only `platform`, `bus`, and where a result is
 * written to, are followed when they are not NULL.) This cannot find out that the memory of something
 * that is gone has become something new; the structures of the framework's own drivers are therefore
 * kept, cleared, until 64 others of their system have ended.
 *
 * Hardware that does not answer. If unbinding fails with -VCM_EIO or -VCM_ETIMEDOUT, hardware may still
 * use the translation: `poisoned` is 1 in the reservation and in the memory, the same call succeeds when
 * it is repeated, and addresses and memory are never used again.
 *
 * Threads. Any thread may make any call. Calls on one context wait for each other (by spinning), so an
 * operation of a driver must not make a call on its own context, nor free memory that it has allocated;
 * vcm_translate() and vcm_resolve() may be called from everywhere. What is marked as "read only" is
 * written by calls, so look at it when no other thread makes one.
 */
#ifndef VCM_H
#define VCM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VCM_MUST_CHECK __attribute__((warn_unused_result))
#else
#define VCM_MUST_CHECK
#endif

/* ---- Errors: the numbers of Linux, whatever the C library says ---- */

enum vcm_errno {
    VCM_EIO = 5,          /* the hardware or a function of the platform has failed */
    VCM_ENOMEM = 12,      /* no memory */
    VCM_EBUSY = 16,       /* still in use */
    VCM_EINVAL = 22,      /* an argument that makes no sense, or a pointer to nothing that exists */
    VCM_ENOSPC = 28,      /* no addresses, or not enough of them; no context bank */
    VCM_EOPNOTSUPP = 95,  /* the driver cannot do this, or not with these arguments */
    VCM_EADDRINUSE = 98,  /* other memory is bound there; the addresses are taken */
    VCM_ETIMEDOUT = 110,  /* the hardware did not confirm in time */
    VCM_EALREADY = 114    /* this memory is bound there already */
};

/* The pointer that says -VCM_EINVAL and the like. */
static inline void *vcm_err_ptr(int error)
{
    return (void *)(intptr_t)error;
}

static inline int vcm_is_err(const void *pointer)
{
    return (uintptr_t)pointer >= (uintptr_t)-4095;
}

/* What a pointer says for which vcm_is_err() is true. */
static inline int vcm_ptr_err(const void *pointer)
{
    return (int)(intptr_t)pointer;
}

/* The RFC's names for the same, for who wants them. */
#ifdef VCM_RFC_NAMES
#define ERR_PTR(error) vcm_err_ptr(error)
#define IS_ERR(pointer) vcm_is_err(pointer)
#define IS_ERR_OR_NULL(pointer) (!(pointer) || vcm_is_err(pointer))
#define PTR_ERR(pointer) vcm_ptr_err(pointer)
#define ERR_CAST(pointer) ((void *)(pointer))
#endif

/* ---- Flags: 0 is the default ---- */

/* Alignment: 2 to this power. For memory (which is then best contiguous), and for addresses. */
#define VCM_ALIGN(log2) ((unsigned)(log2) << 8)

/* alloc_flags */
#define VCM_CONTIGUOUS 1u                               /* one physically contiguous part */
#define VCM_MAX_PAGE(log2) ((unsigned)(log2) << 16)     /* no part larger than 2 to this power */

/* res_flags: who may do what with memory that is bound there. One-to-one contexts cannot enforce it. */
#define VCM_READ_ONLY 1u                                /* devices may not write */
#define VCM_EXECUTE 2u                                  /* instruction fetches are allowed */
#define VCM_PRIVILEGED 4u                               /* privileged accesses only */
#define VCM_SECURE 8u                                   /* secure accesses stay secure */
#define VCM_NO_ACCESS (1u << 7)                         /* every access faults */
#define VCM_NON_CACHEABLE (0u << 4)                     /* memory types; this is the default */
#define VCM_STRONGLY_ORDERED (1u << 4)
#define VCM_DEVICE (2u << 4)
#define VCM_WRITE_THROUGH (3u << 4)
#define VCM_WRITE_BACK (4u << 4)

/* ---- Structures ---- */

struct vcm_system;      /* a mapping graph: contexts, and the memory that they share */
struct vcm_iommu;       /* an IOMMU that was probed */
struct vcm_driver;

/* A context: the addresses that masters see. A driver written in C fills in start, size, driver and
 * system before vcm_init(), in a structure that it may have embedded in one of its own. */
struct vcm {
    uint32_t start;                     /* first address; page-aligned; read only */
    uint32_t size;                      /* page-aligned; read only */
    unsigned activations;               /* without deactivation; read only */
    const struct vcm_driver *driver;    /* NULL: one of the framework's own; internal */
    struct vcm_system *system;          /* internal */
};

/* A reservation: a range of a context's addresses. */
struct vcm_res {
    uint32_t start;             /* what the device is given; read only */
    uint32_t bound_size;        /* bytes bound, from start on; read only */
    uint32_t res_size;          /* bytes reserved; read only */
    unsigned poisoned;          /* 1: never use the addresses again; read only */
    struct vcm *vcm;            /* read only */
    struct vcm_phys *phys;      /* what is bound; NULL: nothing; read only */
};

struct vcm_phys_part {
    uint32_t start;             /* physical address; page-aligned */
    uint32_t size;              /* a multiple of the page size */
};

/* Physical memory. */
struct vcm_phys {
    unsigned count;                             /* of parts; 1: contiguous; read only */
    uint32_t size;                              /* of all parts; read only */
    void (*free)(struct vcm_phys *phys);        /* of memory from a driver in C: required; internal */
    unsigned bindings;                          /* to how many reservations; read only */
    unsigned poisoned;                          /* 1: never use the memory again; read only */
    struct vcm_phys_part parts[];               /* in order; read only */
};

/* ---- Platform ---- */

enum vcm_report {
    VCM_REPORT_ERROR = 0,       /* a call has failed; `error` is what it returns */
    VCM_REPORT_MISUSE = 1       /* what the RFC answers with WARN_ON; `error` is 0 */
};

/* Memory, time, and where reports go. Functions must not call the framework. They are called by the
 * thread that makes a call, so several at a time if several do. Those that return int return 0, or
 * anything else if they have failed. */
struct vcm_platform {
    void *context;              /* passed to each of them */

    /* Takes contiguous memory that CPU and devices reach, aligned to `align`, a power of two. Its
     * content does not matter. The framework needs this for page tables and vcm_system_add_memory(). */
    int (*alloc)(void *context, uint32_t size, uint32_t align, uint32_t *phys);
    /* Gives back what alloc has given, with the same size. */
    void (*free)(void *context, uint32_t phys, uint32_t size);

    /* Reads and writes memory by the CPU. Each aligned 32-bit word is to be written by one access, so
     * that the IOMMU sees the old word or the new one. */
    int (*read)(void *context, uint32_t phys, void *into, uint32_t size);
    int (*write)(void *context, uint32_t phys, const void *from, uint32_t size);
    /* Makes the CPU's writes visible to devices: clean the cache, barrier. NULL: nothing to do. */
    void (*sync_for_device)(void *context, uint32_t phys, uint32_t size);
    /* Makes devices' writes visible to the CPU: invalidate the cache. NULL: nothing to do. */
    void (*sync_for_cpu)(void *context, uint32_t phys, uint32_t size);

    /* Nanoseconds since some fixed moment; never goes back. Every wait for hardware ends by it. */
    uint64_t (*now)(void *context);

    /* Takes a report, in words. NULL: nobody wants it. */
    void (*report)(void *context, enum vcm_report kind, int error, const char *text);
};

/* The register window of an IOMMU. Offsets are multiples of 4. Memory that was written before write32
 * must be visible to the device when the register write arrives. */
struct vcm_bus {
    void *context;
    int (*read32)(void *context, uint32_t offset, uint32_t *value);
    int (*write32)(void *context, uint32_t offset, uint32_t value);
};

/* Makes a system. The structure is copied.
 * -VCM_EINVAL: NULL, or a function is missing. */
struct vcm_system *vcm_system_create(const struct vcm_platform *platform) VCM_MUST_CHECK;

/* Takes memory of the platform for buffers in contexts of the framework's own drivers; as often as
 * wanted. It goes back to the platform with the system.
 * -VCM_EINVAL: the size is no multiple of the page size. -VCM_ENOMEM: the platform has none. */
int vcm_system_add_memory(struct vcm_system *system, uint32_t size) VCM_MUST_CHECK;

/* How often misuse was reported. */
unsigned vcm_system_misuses(const struct vcm_system *system);

/* Ends a system. -VCM_EBUSY: it has contexts, memory or an IOMMU. */
int vcm_system_destroy(struct vcm_system *system);

/* ---- The framework's own drivers ---- */

/* Probes an IOMMU and resets it: nothing passes until a context is active. `timeout_us`: how long it has
 * to confirm an invalidation; 0: 10 ms.
 * -VCM_EOPNOTSUPP: it is no IOMMU for this driver. -VCM_EIO, -VCM_ETIMEDOUT: it does not answer. */
struct vcm_iommu *vcm_iommu_probe(struct vcm_system *system, const struct vcm_bus *bus,
                                  uint32_t timeout_us) VCM_MUST_CHECK;

/* Lets go of it. -VCM_EBUSY: it has contexts. */
int vcm_iommu_release(struct vcm_iommu *iommu);

/* A context of `stream`, with a page table: scattered memory is contiguous in it.
 * -VCM_EINVAL: start or size are not page-aligned, the size is 0, it leaves the 32 bits, there is no
 * such stream. -VCM_EBUSY: the stream has a context. -VCM_ENOSPC: no context bank is free.
 * -VCM_ENOMEM: no memory for the page table. -VCM_EIO. */
struct vcm *vcm_iommu_create(struct vcm_iommu *iommu, uint32_t stream, uint32_t start,
                             uint32_t size) VCM_MUST_CHECK;

/* A context of `stream` whose addresses are physical addresses; the stream passes while it is active.
 * Errors as above. */
struct vcm *vcm_iommu_create_one_to_one(struct vcm_iommu *iommu, uint32_t stream, uint32_t start,
                                        uint32_t size) VCM_MUST_CHECK;

/* A context of masters that are wired to the memory from start on. -VCM_EINVAL as above. */
struct vcm *vcm_one_to_one_create(struct vcm_system *system, uint32_t start,
                                  uint32_t size) VCM_MUST_CHECK;

/* Gives a further stream to a context, or takes one from it.
 * -VCM_EOPNOTSUPP: the context is not behind an IOMMU. -VCM_EINVAL: there is no such stream, or it is
 * not of this context. -VCM_EBUSY: it has a context. -VCM_EIO, -VCM_ETIMEDOUT. */
int vcm_iommu_attach(struct vcm *vcm, uint32_t stream) VCM_MUST_CHECK;
int vcm_iommu_detach(struct vcm *vcm, uint32_t stream);

enum vcm_fault_kind {
    VCM_FAULT_TRANSLATION = 0,          /* nothing is mapped there */
    VCM_FAULT_ACCESS_FLAG = 1,
    VCM_FAULT_DOMAIN = 2,
    VCM_FAULT_PERMISSION = 3,           /* a write to what is read only, say */
    VCM_FAULT_WALK_ABORT = 4,           /* the page table could not be read */
    VCM_FAULT_EXTERNAL_ABORT = 5,       /* the memory answered with an error */
    VCM_FAULT_UNMAPPED_STREAM = 6,      /* the stream has no active context */
    VCM_FAULT_CONTEXT_DISABLED = 7,
    VCM_FAULT_ILLEGAL_BURST = 8,
    VCM_FAULT_STALL_TIMEOUT = 9,
    VCM_FAULT_OTHER = 10
};

/* An access that was refused. */
struct vcm_fault {
    uint32_t address;           /* as the master sent it */
    uint32_t stream;
    enum vcm_fault_kind kind;
    unsigned write;
    unsigned privileged;
    unsigned fetch;
    unsigned lost;              /* faults after this one were lost, because the queue was full */
    unsigned stalled;           /* the access waits for vcm_iommu_resume(); it is no error yet */
    uint32_t offset;            /* of the address in the reservation */
    struct vcm *vcm;            /* the context of the stream; NULL: none */
    struct vcm_res *res;        /* the reservation at the address; NULL: none */
};

/* Takes the oldest fault: 1 if there was one, 0 if not. -VCM_EIO. */
int vcm_iommu_fault(struct vcm_iommu *iommu, struct vcm_fault *fault) VCM_MUST_CHECK;

/* ---- Waiting instead of failing ---- */

/* From now on an access of the context that faults waits until it is resumed (stall = 1), or fails at once
 * (0, as at first). -VCM_EOPNOTSUPP: the context is not behind an IOMMU, or that cannot stall. -VCM_EIO. */
int vcm_iommu_stall(struct vcm *vcm, unsigned stall) VCM_MUST_CHECK;

/* Ends the waiting of all accesses of the context: they are translated again (retry = 1), or fail (0).
 * Errors as above. */
int vcm_iommu_resume(struct vcm *vcm, unsigned retry) VCM_MUST_CHECK;

/* How many reads may wait at a time, and as many writes (up to 15; a further one fails), and how long until
 * they fail, in ticks of 1024 clock cycles (0: until they are resumed; up to 65535). In all contexts of the
 * IOMMU together. -VCM_EINVAL: more than that. -VCM_EOPNOTSUPP, -VCM_EIO. */
int vcm_iommu_stall_limits(struct vcm_iommu *iommu, uint32_t transactions,
                           uint32_t timeout_ticks) VCM_MUST_CHECK;

/* What an interrupt's thread calls until it returns 0: binds memory to where accesses wait in reservations
 * of vcm_reserve_on_demand(), and lets them go on. Takes the oldest fault that is nothing of the sort: 1 if
 * there was one, 0 if not. If it was waiting, it has been ended (unless `stalled` is still 1, because the
 * IOMMU could not be told). No memory left, and the like, is a report, and a fault. -VCM_EIO. */
int vcm_iommu_page_in(struct vcm_iommu *iommu, struct vcm_fault *fault) VCM_MUST_CHECK;

/* ---- The RFC's calls. Every one: -VCM_EINVAL for a pointer to nothing that exists ---- */

/* Destroys a context. Memory that was allocated in it lives on.
 * -VCM_EBUSY, and a report: it has reservations or is active. (In the RFC this was done anyway.) */
int vcm_destroy(struct vcm *vcm);

/* Allocates memory, reserves addresses and binds them; the one call that works with and without an MMU.
 * The size is rounded up to pages. The memory is `phys` of the reservation.
 * Errors as of vcm_alloc(), vcm_reserve() and vcm_bind(). */
struct vcm_res *vcm_make_binding(struct vcm *vcm, uint64_t size, unsigned alloc_flags,
                                 unsigned res_flags) VCM_MUST_CHECK;

/* Unbinds, frees and unreserves. Memory that is bound elsewhere too is freed when it is unbound there.
 * -VCM_EIO, -VCM_ETIMEDOUT: see above, and try again. */
int vcm_destroy_binding(struct vcm_res *res);

/* Reserves addresses and binds memory to them. Errors as of vcm_reserve() and vcm_bind(); in a
 * one-to-one context -VCM_EOPNOTSUPP if the memory is scattered, -VCM_ENOSPC if it is out of reach. */
struct vcm_res *vcm_map(struct vcm *vcm, struct vcm_phys *phys, unsigned res_flags) VCM_MUST_CHECK;

/* Unbinds and unreserves. The memory remains for its owner. Errors as of vcm_destroy_binding(). */
int vcm_unmap(struct vcm_res *res);

/* Allocates memory, which can be bound in other contexts too. The size is rounded up to pages.
 * -VCM_EINVAL: a size of 0 or beyond 32 bits, unknown flags. -VCM_ENOMEM. -VCM_EOPNOTSUPP. */
struct vcm_phys *vcm_alloc(struct vcm *vcm, uint64_t size, unsigned alloc_flags) VCM_MUST_CHECK;

/* Frees memory. -VCM_EBUSY, and a report: it is bound. */
int vcm_free(struct vcm_phys *phys);

/* Moves memory elsewhere, to frames that are allocated in `vcm` as alloc_flags say, while it is bound in any
 * number of contexts and masters use it: they wait until it is over. Addresses and contents stay the same.
 * Like realloc, it returns the structure to use from now on, and that of before is gone; `phys` of all
 * reservations follows.
 * An error: all is as before. -VCM_EOPNOTSUPP: it is bound in a one-to-one context, in one of a driver in C, or
 * behind an IOMMU that cannot stall; or `vcm` is of a driver in C. -VCM_EBUSY: it is being moved, bound or
 * unbound. -VCM_ENOMEM, -VCM_EIO, -VCM_ETIMEDOUT. (Where going back fails too, which is reported, the memory
 * is out of reach for masters of that context until it is activated anew.) */
struct vcm_phys *vcm_migrate(struct vcm_phys *phys, struct vcm *vcm, unsigned alloc_flags) VCM_MUST_CHECK;

/* Reserves addresses. The size is rounded up to pages.
 * -VCM_EINVAL as of vcm_alloc(). -VCM_ENOSPC. -VCM_EOPNOTSUPP: in a one-to-one context. */
struct vcm_res *vcm_reserve(struct vcm *vcm, uint64_t size, unsigned res_flags) VCM_MUST_CHECK;

/* The same for the addresses from `start` on. -VCM_EADDRINUSE: they are taken. */
struct vcm_res *vcm_reserve_at(struct vcm *vcm, uint32_t start, uint64_t size,
                               unsigned res_flags) VCM_MUST_CHECK;

/* Reserves addresses that get memory granule by granule, each when a master first touches it: see
 * vcm_iommu_page_in(), and have faults of the context wait, by vcm_iommu_stall(). `granule` is a power of
 * two of a page or more, to which the reservation is aligned. What new memory holds is undefined: it may be
 * what another master has left there. `phys` of the reservation stays NULL, `bound_size` grows. All of it
 * goes back by vcm_unreserve(); vcm_bind(), vcm_unbind(), vcm_unmap() and vcm_destroy_binding() are
 * -VCM_EADDRINUSE.
 * Errors as of vcm_reserve(). -VCM_EINVAL: of the granule too. -VCM_EOPNOTSUPP: in contexts of a driver in C
 * too. */
struct vcm_res *vcm_reserve_on_demand(struct vcm *vcm, uint64_t size, uint32_t granule, unsigned alloc_flags,
                                      unsigned res_flags) VCM_MUST_CHECK;

/* Gives a reservation back. If it is bound, that is reported, and it is unbound first.
 * Errors as of vcm_destroy_binding(). */
int vcm_unreserve(struct vcm_res *res);

/* Binds memory to a reservation; in hardware, if the context is active.
 * -VCM_EALREADY: this memory is bound to it. -VCM_EADDRINUSE: other memory is. -VCM_ENOSPC: the memory
 * is larger. -VCM_EOPNOTSUPP: the driver cannot bind these two. -VCM_ENOMEM: no page table.
 * -VCM_EIO, -VCM_ETIMEDOUT. */
int vcm_bind(struct vcm_res *res, struct vcm_phys *phys) VCM_MUST_CHECK;

/* Unbinds, and returns the memory. NULL, and a report: nothing was bound.
 * -VCM_EIO, -VCM_ETIMEDOUT: see above, and try again. */
struct vcm_phys *vcm_unbind(struct vcm_res *res);

/* Brings all bindings to the hardware, now and from now on. Counted: only the first one calls the
 * driver. -VCM_ENOMEM: no page table. -VCM_EIO, -VCM_ETIMEDOUT. The context stays inactive then. */
int vcm_activate(struct vcm *vcm) VCM_MUST_CHECK;

/* The reverse. -VCM_EINVAL, and a report: the context is not active. -VCM_EIO, -VCM_ETIMEDOUT: it still
 * counts as active, but its masters may have been stopped. */
int vcm_deactivate(struct vcm *vcm);

/* ---- Looking addresses up ---- */

/* The physical address that a device address is bound to: 1 if there is one, 0 if not. */
int vcm_translate(struct vcm *vcm, uint32_t address, uint32_t *phys) VCM_MUST_CHECK;

/* The reservation that a device address lies in; NULL: in none. */
struct vcm_res *vcm_resolve(struct vcm *vcm, uint32_t address);

/* ---- Drivers written in C ---- */

/* The operations of a driver. All but unreserve may be NULL; what the framework does then depends on
 * which are there. Sizes are non-zero multiples of the page size. What a driver returns is checked
 * before it is used: sizes, addresses, overlaps.
 *
 * A driver allocates struct vcm_res and struct vcm_phys, as part of larger structures if it likes, and
 * frees them in `unreserve` and in `free` of the memory. Where int is returned, a positive number is
 * success. Where `poisoned` is 1 when one of them is given back, hardware may still use what it
 * stands for: never use it again. */
struct vcm_driver {
    /* The context was destroyed: free it. NULL: it is not the framework's to free. */
    void (*cleanup)(struct vcm *vcm);

    /* Memory, addresses that fit it, or both; phys or res is NULL if only the other is wanted. If this
     * is there, res and phys below are not called. Sets *phys and *res, and returns 0; or returns a
     * negative error and allocates nothing. */
    int (*alloc)(struct vcm *vcm, uint32_t size, struct vcm_phys **phys, unsigned alloc_flags,
                 struct vcm_res **res, unsigned res_flags);
    /* A reservation, of which start and res_size are set; or an error pointer. */
    struct vcm_res *(*res)(struct vcm *vcm, uint32_t size, unsigned res_flags);
    /* Memory, of which count, size, free and parts are set; or an error pointer. */
    struct vcm_phys *(*phys)(struct vcm *vcm, uint32_t size, unsigned alloc_flags);

    /* Gives back a reservation that alloc, res or map has made. Required. */
    void (*unreserve)(struct vcm_res *res);

    /* A reservation to which the memory is bound. NULL: reserving and binding instead. */
    struct vcm_res *(*map)(struct vcm *vcm, struct vcm_phys *phys, unsigned res_flags);
    /* Binds, at once in hardware if the context is active. NULL: -VCM_EOPNOTSUPP. */
    int (*bind)(struct vcm_res *res, struct vcm_phys *phys);
    /* Unbinds; when it returns, no hardware uses the translation. An error: the memory is still bound;
     * but -VCM_ETIMEDOUT: it is not, and the hardware has not confirmed it. NULL: nothing to do. */
    int (*unbind)(struct vcm_res *res);

    /* Called on the first activation and on the last deactivation. NULL: nothing to do. */
    int (*activate)(struct vcm *vcm);
    int (*deactivate)(struct vcm *vcm);

    /* 1: reservations may overlap, because an address always means the same memory (one-to-one). */
    unsigned aliases;
};

/* Enters a context of a driver written in C into its system, and returns it. Its structure and its
 * driver's must live until cleanup.
 * -VCM_EINVAL: start or size are not page-aligned, the size is 0, it leaves the 32 bits, there is no
 * system, no driver, no unreserve, or nothing that allocates or reserves. -VCM_EBUSY: it is entered. */
struct vcm *vcm_init(struct vcm *vcm) VCM_MUST_CHECK;

/* ---- What the firmware provides if the library was built with the feature bare-metal ---- */

#ifdef VCM_BARE_METAL
void *vcm_heap_alloc(size_t size, size_t align);        /* NULL: none; the framework then panics */
void vcm_heap_free(void *at, size_t size, size_t align);
void vcm_panic(void) __attribute__((noreturn));         /* a bug in the framework, or no heap */
#endif

#ifdef __cplusplus
}
#endif

#endif
