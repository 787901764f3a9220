/* One buffer for two masters: see share.c. */
#ifndef SHARE_H
#define SHARE_H

#include "vcm.h"

typedef int (*use_buffer)(void *context, const struct vcm_res *onetoone, const struct vcm_res *iommu);

int share_buffer(struct vcm *vcm_onetoone, struct vcm *vcm_iommu, use_buffer use, void *context);

#endif
