/* What a firmware defines for the library without std; here over the C library. */
#define VCM_BARE_METAL
#include "vcm.h"

#include <stdlib.h>

void *vcm_heap_alloc(size_t size, size_t align)
{
    size_t least = align < sizeof(void *) ? sizeof(void *) : align;

    return aligned_alloc(least, (size + least - 1) & ~(least - 1));
}

void vcm_heap_free(void *at, size_t size, size_t align)
{
    (void)size;
    (void)align;
    free(at);
}

void vcm_panic(void)
{
    abort();
}

/* Only on targets such as this one, for which the core library was built with unwinding. */
void rust_eh_personality(void);

void rust_eh_personality(void)
{
    abort();
}
