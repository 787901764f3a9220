/* The driver of the foo device. It uses vcm_make_binding() only, so that it works behind an MMU as well as
 * without one: the platform decides, by the context that it passes.
 *
 *     cc -std=c11 -I ../include -c foo.c
 */
#include <stdlib.h>

#define VCM_RFC_NAMES
#include "foo.h"

#define FIRMWARE_SIZE (1u << 20)

struct foo_private {
    struct vcm_res *firmware;
};

static struct vcm_res *foo_alloc(struct foo_device *dev, uint32_t size)
{
    return vcm_make_binding(dev->platform->vcm, size, 0, 0);
}

typedef int (*access_part)(const struct foo_machine *machine, uint32_t phys, char *bytes, uint32_t size);

static int write_part(const struct foo_machine *machine, uint32_t phys, char *bytes, uint32_t size)
{
    return machine->write(machine->context, phys, bytes, size);
}

static int read_part(const struct foo_machine *machine, uint32_t phys, char *bytes, uint32_t size)
{
    return machine->read(machine->context, phys, bytes, size);
}

/* The device sees memory as one piece. The CPU sees it where it lies: part by part. */
static int each_part(struct foo_device *dev, const struct vcm_phys *phys, char *bytes, uint32_t size,
                     access_part access)
{
    for (unsigned i = 0; i < phys->count && size != 0; i++) {
        const struct vcm_phys_part *part = &phys->parts[i];
        uint32_t now = size < part->size ? size : part->size;
        int error = access(dev->platform->machine, part->start, bytes, now);

        if (error)
            return error;
        bytes += now;
        size -= now;
    }
    return size != 0 ? -VCM_EINVAL : 0;
}

int foo_probe(struct foo_device *dev, const void *firmware, uint32_t size)
{
    struct foo_private *priv;
    int error;

    if (IS_ERR_OR_NULL(dev->platform->vcm))
        return dev->platform->vcm ? PTR_ERR(dev->platform->vcm) : -VCM_EINVAL;

    priv = calloc(1, sizeof *priv);
    if (!priv)
        return -VCM_ENOMEM;

    priv->firmware = foo_alloc(dev, FIRMWARE_SIZE);
    if (IS_ERR(priv->firmware)) {
        error = PTR_ERR(priv->firmware);
        goto free_priv;
    }

    error = each_part(dev, priv->firmware->phys, (char *)firmware, size, write_part);
    if (error)
        goto free_firmware;

    error = vcm_activate(dev->platform->vcm);
    if (error)
        goto free_firmware;

    dev->priv = priv;
    return 0;

free_firmware:
    vcm_destroy_binding(priv->firmware);
free_priv:
    free(priv);
    return error;
}

/* Has the device copy its firmware to a buffer, and looks at what has arrived. */
int foo_do_something(struct foo_device *dev, void *result, uint32_t size)
{
    struct foo_private *priv = dev->priv;
    const struct foo_machine *machine = dev->platform->machine;
    struct vcm_res *buffer;
    int error, freed;

    buffer = foo_alloc(dev, size);
    if (IS_ERR(buffer))
        return PTR_ERR(buffer);

    /* start is what the device is given. */
    error = machine->run(machine->context, priv->firmware->start, buffer->start, size);
    if (!error)
        error = each_part(dev, buffer->phys, result, size, read_part);

    freed = vcm_destroy_binding(buffer);
    return error ? error : freed;
}

int foo_remove(struct foo_device *dev)
{
    int error;

    error = vcm_deactivate(dev->platform->vcm);
    if (error)
        return error;
    error = vcm_destroy_binding(dev->priv->firmware);
    if (error)
        return error;
    free(dev->priv);
    dev->priv = NULL;
    return 0;
}
