/* The foo device and its driver: the example of the VCM document. */
#ifndef FOO_H
#define FOO_H

#include "vcm.h"

/* What the machine has for this driver, apart from VCM. Each returns 0, or a negative error. */
struct foo_machine {
    void *context;
    /* Memory, by the CPU. */
    int (*write)(void *context, uint32_t phys, const void *from, uint32_t size);
    int (*read)(void *context, uint32_t phys, void *into, uint32_t size);
    /* Has the device copy, from and to addresses as it sees them, and waits for the end. */
    int (*run)(void *context, uint32_t from, uint32_t to, uint32_t size);
};

/* What the platform tells the driver of a device. */
struct foo_platform_data {
    struct vcm *vcm;
    const struct foo_machine *machine;
};

struct foo_private;

struct foo_device {
    struct foo_platform_data *platform;
    struct foo_private *priv;
};

int foo_probe(struct foo_device *dev, const void *firmware, uint32_t size);
int foo_do_something(struct foo_device *dev, void *result, uint32_t size);
int foo_remove(struct foo_device *dev);

#endif
