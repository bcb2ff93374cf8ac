/**
 * What we change in tfjs-node's binding before it is compiled.
 *
 * List attributes: `AssignOpAttr` of tfjs-node 4.22 takes lists of integers, floats and booleans, but only single types and single
 * shapes. TensorFlow's `XlaCallModule` (the op that runs a compiled StableHLO module) needs lists of both:
 * `Tin`, `Tout` and `Sout`. With this patch a JavaScript array of types becomes `list(type)`, and an array of arrays
 * becomes `list(shape)`; single values mean what they meant before.
 *
 * Memory: a compiled program takes and gives back all its memory at each call. glibc returns large blocks to the
 * system, which clears each page again at the next call: a quarter of a training step. Up to 1 GiB stays with the
 * process instead.
 */

const typeCase = `    case TF_ATTR_TYPE: {
      TF_DataType tf_data_type;`;

const typeListCase = `    case TF_ATTR_TYPE: {
      if (IsArray(env, nstatus, &js_value)) {
        std::vector<int64_t> values;
        ExtractArrayShape(env, js_value, &values);
        std::vector<TF_DataType> types;
        for (int64_t value : values) {
          types.push_back(static_cast<TF_DataType>(value));
        }
        TFE_OpSetAttrTypeList(tfe_op, attr_name, types.data(),
                              static_cast<int>(types.size()));
        break;
      }
      TF_DataType tf_data_type;`;

const shapeCase = `    case TF_ATTR_SHAPE: {
      std::vector<int64_t> shape_vector;`;

// An array whose first element is an array is a list of shapes; an empty array stays the shape of a scalar.
const shapeListCase = `    case TF_ATTR_SHAPE: {
      uint32_t length;
      nstatus = napi_get_array_length(env, js_value, &length);
      ENSURE_NAPI_OK(env, nstatus);
      bool is_list = false;
      if (length > 0) {
        napi_value first;
        nstatus = napi_get_element(env, js_value, 0, &first);
        ENSURE_NAPI_OK(env, nstatus);
        nstatus = napi_is_array(env, first, &is_list);
        ENSURE_NAPI_OK(env, nstatus);
      }
      if (is_list) {
        std::vector<std::vector<int64_t>> shapes(length);
        std::vector<const int64_t *> dims;
        std::vector<int> ranks;
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          ExtractArrayShape(env, element, &shapes[i]);
          dims.push_back(shapes[i].data());
          ranks.push_back(static_cast<int>(shapes[i].size()));
        }
        TF_AutoStatus list_status;
        TFE_OpSetAttrShapeList(tfe_op, attr_name, dims.data(), ranks.data(),
                               static_cast<int>(length), list_status.status);
        ENSURE_TF_OK(env, list_status);
        break;
      }
      std::vector<int64_t> shape_vector;`;

const keptMemory = `
#ifdef __GLIBC__
#include <malloc.h>
#include <stdlib.h>
namespace {
// Runs when the library is loaded. What the user has set in the environment stays.
const bool memory_is_kept = getenv("MALLOC_TRIM_THRESHOLD_") != nullptr ||
                            (mallopt(M_MMAP_THRESHOLD, 1 << 30) == 1 &&
                             mallopt(M_TRIM_THRESHOLD, 1 << 30) == 1);
}  // namespace
#endif
`;

/**
 * `tfjs_backend.cc` with list attributes and kept memory.
 * @param {string} source the file as tfjs-node ships it
 * @throws when the source is not the one that this patch was written for
 */
export function patchedBackend(source) {
  let out = source + keptMemory;
  for (const [before, after] of [
    [typeCase, typeListCase],
    [shapeCase, shapeListCase],
  ]) {
    if (out.split(before).length !== 2) {
      throw new Error(
        "tfjs-node's binding/tfjs_backend.cc is not the version that the list-attribute patch was written for (4.22.0)",
      );
    }
    out = out.replace(before, () => after);
  }
  return out;
}
