/* One buffer for a master behind an IOMMU and for one that sees physical addresses: the second example of
 * the VCM document, with its error handling.
 *
 * The memory is allocated in the one-to-one context, so that it is contiguous. `use` is called while both
 * can reach it.
 */
#define VCM_RFC_NAMES
#include "share.h"

int share_buffer(struct vcm *vcm_onetoone, struct vcm *vcm_iommu, use_buffer use, void *context)
{
    struct vcm_res *res_onetoone, *res_iommu;
    int error;

    res_onetoone = vcm_make_binding(vcm_onetoone, (2u << 20) | (4u << 10), 0, 0);
    if (IS_ERR(res_onetoone))
        return PTR_ERR(res_onetoone);

    res_iommu = vcm_map(vcm_iommu, res_onetoone->phys, 0);
    if (IS_ERR(res_iommu)) {
        error = PTR_ERR(res_iommu);
        goto destroy_onetoone;
    }

    error = vcm_activate(vcm_onetoone);
    if (error)
        goto unmap_iommu;
    error = vcm_activate(vcm_iommu);
    if (error)
        goto deactivate_onetoone;

    error = use(context, res_onetoone, res_iommu);

    vcm_deactivate(vcm_iommu);
deactivate_onetoone:
    vcm_deactivate(vcm_onetoone);
unmap_iommu:
    vcm_unmap(res_iommu);
destroy_onetoone:
    vcm_destroy_binding(res_onetoone);
    return error;
}
